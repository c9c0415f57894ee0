//! Who is here: the best of one's devices, told when it changes.

use std::time::Duration;

use domain::{Key, Stamp};
use futures_util::{FutureExt, StreamExt};
use live::presence::{Change, LEASE, Presence};
use live::{Face, Hall, Here};
use testkit::bus::{account, channel, workspace};

fn key(number: u8) -> Key {
    Key::new(Stamp(0), [number; 10])
}

fn at(device: u8, face: Face) -> Here {
    Here { workspace: workspace(1), account: account(1), device: key(device), face }
}

#[tokio::test]
async fn the_best_of_ones_devices_is_ones_face_and_only_changes_are_told() {
    let (hall, node) = (Hall::default(), key(9));
    let mut changes = hall.changes();
    hall.report(node, &[at(1, Face::Here), at(2, Face::Away)]).await.expect("told");
    hall.report(node, &[at(2, Face::Here)]).await.expect("told");
    hall.report(node, &[at(1, Face::Off)]).await.expect("told");
    let looked = hall.look(workspace(1), &[account(1), account(2)]).await.expect("seen");
    assert_eq!(looked, [(account(1), Face::Here), (account(2), Face::Off)]);
    hall.report(node, &[at(2, Face::Off)]).await.expect("told");
    hall.typing(workspace(1), channel(1), 0, account(1)).await.expect("told");
    for face in [Face::Here, Face::Off] {
        assert_eq!(changes.next().await, Some(Change::Face(workspace(1), account(1), face)));
    }
    assert_eq!(changes.next().await, Some(Change::Typing(workspace(1), channel(1), 0, account(1))));
    assert_eq!(changes.next().now_or_never(), None, "nothing else changed");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_falls_silent_takes_its_people_with_it() {
    let hall = Hall::default();
    hall.report(key(8), &[at(1, Face::Here)]).await.expect("told");
    hall.report(key(9), &[at(2, Face::Away)]).await.expect("told");
    tokio::time::advance(LEASE / 2).await;
    hall.report(key(9), &[]).await.expect("it lives");
    tokio::time::advance(LEASE / 2 + Duration::from_secs(1)).await;
    hall.report(key(9), &[]).await.expect("it lives");
    let looked = hall.look(workspace(1), &[account(1)]).await.expect("seen");
    assert_eq!(looked, [(account(1), Face::Away)]);
}
