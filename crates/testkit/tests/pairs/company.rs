//! Who is here, over gateways; and limits that hold for all nodes together.

use std::time::Duration;

use domain::{Key, Stamp};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use live::presence::{Change, Presence};
use live::redis::{Patience, Redis, Settings, SharedHall};
use live::{Bus, Face, Here};
use serde_json::json;
use testkit::bus::{account, channel, workspace};
use testkit::redises::{is_there, node};
use testkit::{Redises, Shape};
use tokio::task::JoinHandle;

use crate::pair::Pair;

fn key(number: u8) -> Key {
    Key::new(Stamp(0), [number; 10])
}

fn at(device: u8, face: Face) -> Here {
    Here { workspace: workspace(1), account: account(1), device: key(device), face }
}

/// A node's hall, and what ends its telling.
async fn hall(settings: Settings) -> (Redis, SharedHall, JoinHandle<()>) {
    let redis = node(settings);
    is_there(&redis).await;
    let (hall, porter) = SharedHall::new(redis.clone());
    (redis, hall, tokio::spawn(porter.run(std::future::pending())))
}

/// Until it is seen everywhere.
async fn shows(hall: &SharedHall, face: Face) {
    let wanted = [(account(1), face), (account(2), Face::Off)];
    while hall.look(workspace(1), &[account(1), account(2)]).await.ok().as_deref() != Some(&wanted) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What is told next and was not told just before: of one person two nodes may have told, the first tells once more.
async fn news(changes: &mut BoxStream<'static, Change>, last: &mut Option<Change>) -> Change {
    loop {
        let change = changes.next().await.expect("it goes on");
        if last.replace(change.clone()) != Some(change.clone()) {
            return change;
        }
    }
}

async fn faces_over_nodes(shape: Shape) {
    let redises = Redises::start(shape);
    let (_, ones, _) = hall(redises.settings()).await;
    let (other, others, _) = hall(redises.settings()).await;
    let _hearing = other.subscribe(workspace(1)).await.expect("it is there");
    let (mut changes, mut last) = (others.changes(), None);
    let shown = |face| Change::Face(workspace(1), account(1), face);
    // Two nodes may tell of one person in either order, so each is heard before the next.
    ones.report(key(8), &[at(1, Face::Away)]).await.expect("told");
    assert_eq!(news(&mut changes, &mut last).await, shown(Face::Away));
    others.report(key(9), &[at(2, Face::Here)]).await.expect("told");
    assert_eq!(news(&mut changes, &mut last).await, shown(Face::Here));
    shows(&ones, Face::Here).await;
    // Nothing of this changes what there is to see.
    ones.report(key(8), &[at(1, Face::Here)]).await.expect("told");
    others.report(key(9), &[at(2, Face::Off), at(3, Face::Here)]).await.expect("told");
    ones.typing(workspace(1), channel(1), 0, account(1)).await.expect("told");
    assert_eq!(news(&mut changes, &mut last).await, Change::Typing(workspace(1), channel(1), 0, account(1)));
    ones.report(key(8), &[at(1, Face::Off)]).await.expect("told");
    others.report(key(9), &[at(3, Face::Off)]).await.expect("told");
    shows(&ones, Face::Off).await;
    while news(&mut changes, &mut last).await != shown(Face::Off) {}
    assert_eq!(news(&mut changes, &mut last).now_or_never(), None, "nothing else changed");
}

/// Of what two nodes told of one person a third may hear either last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_told_what_another_node_changed_at_once_tells_what_it_is_by_now() {
    let redises = Redises::start(Shape::Single);
    let (_, ones, _) = hall(redises.settings()).await;
    let (other, others, _) = hall(redises.settings()).await;
    let _hearing = other.subscribe(workspace(1)).await.expect("it is there");
    let mut changes = others.changes();
    let shown = |face| Some(Change::Face(workspace(1), account(1), face));
    // Where the machine stood still meanwhile, the first looked before the second spoke: then once more.
    for _ in 0..5 {
        ones.report(key(8), &[at(1, Face::Away)]).await.expect("told");
        assert_eq!(changes.next().await, shown(Face::Away));
        others.report(key(9), &[at(2, Face::Here)]).await.expect("told");
        assert_eq!(changes.next().await, shown(Face::Here));
        match tokio::time::timeout(Duration::from_secs(4), changes.next()).await {
            Ok(again) => return assert_eq!(again, shown(Face::Here), "by whoever told what is so no longer"),
            Err(_) => others.report(key(9), &[at(2, Face::Off)]).await.expect("told"),
        }
        assert_eq!(changes.next().await, shown(Face::Away));
        ones.report(key(8), &[at(1, Face::Off)]).await.expect("told");
        assert_eq!(changes.next().await, shown(Face::Off));
    }
    panic!("what was told stayed as it was told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_of_ones_devices_on_all_nodes_is_ones_face() {
    faces_over_nodes(Shape::Single).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_of_ones_devices_on_all_nodes_is_ones_face_in_a_cluster() {
    faces_over_nodes(Shape::Cluster).await;
}

/// With a lease that a test can wait for, and that a busy machine renews in time.
fn impatient(redises: &Redises) -> Settings {
    let patience = Patience { lease: Duration::from_secs(3), ..Patience::default() };
    Settings { patience, ..redises.settings() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_falls_silent_takes_its_people_with_it() {
    let redises = Redises::start(Shape::Single);
    let (_, ones, telling) = hall(impatient(&redises)).await;
    let (other, others, _) = hall(impatient(&redises)).await;
    let _hearing = other.subscribe(workspace(1)).await.expect("it is there");
    let mut changes = others.changes();
    ones.report(key(8), &[at(1, Face::Here)]).await.expect("told");
    shows(&others, Face::Here).await;
    others.report(key(9), &[at(2, Face::Away)]).await.expect("told");
    assert_eq!(changes.next().await, Some(Change::Face(workspace(1), account(1), Face::Here)));
    telling.abort();
    assert_eq!(changes.next().await, Some(Change::Face(workspace(1), account(1), Face::Away)));
    shows(&others, Face::Away).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_forgot_it_is_told_again_and_while_it_is_away_nobody_can_say() {
    let redises = Redises::start(Shape::Single);
    let (redis, hall, _) = hall(impatient(&redises)).await;
    hall.report(key(8), &[at(1, Face::Here)]).await.expect("told");
    shows(&hall, Face::Here).await;
    redises.kill(1);
    while redis.trouble().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(hall.look(workspace(1), &[account(1)]).await.is_err(), "unknown stays unknown");
    hall.report(key(8), &[at(2, Face::Away), at(1, Face::Off)]).await.expect("kept");
    redises.start_again(1);
    shows(&hall, Face::Away).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_at_another_gateway_is_seen_and_seen_to_type() {
    let pair = Pair::on(Shape::Single).await;
    let [one, other] = &pair.plazas;
    let general = one.town.team.general;
    let person = one.town.welcomes("Bob").await;
    let mut ada = one.enters(one.town.team.owner).await;
    ada.phone.say(&json!({ "look": { "channels": [general], "people": [person.account()] } })).await;
    assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "off"]]));
    let mut bob = other.enters(person).await;
    assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "here"]]));
    bob.phone.say(&json!({ "typing": { "channel": general } })).await;
    assert_eq!(ada.phone.hears("faces").await["typing"], json!([[general, 0, person.account()]]));
    drop(bob);
    assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "off"]]));
}

/// Five a minute, whichever node one asks.
async fn counted_on_all_nodes(shape: Shape) {
    let redises = Redises::start(shape);
    let nodes = [redises.node().await, redises.node().await];
    let second = |second: i64| Stamp((1_800_000_000 + second) * Stamp::SECOND);
    let mut told = Vec::new();
    for (turn, at) in [0, 0, 0, 0, 0, 0, 11, 12, 13, 100].into_iter().enumerate() {
        let counted = nodes[turn % 2].count("ada", second(at), 12 * Stamp::SECOND, Stamp::MINUTE).await;
        told.push(counted.expect("it is there").early_us.map(|us| us / Stamp::SECOND));
    }
    assert_eq!(told, [None, None, None, None, None, Some(12), Some(1), None, Some(11), None]);
    for _ in 0..5 {
        nodes[0].count("bob", second(86_400), 12 * Stamp::SECOND, Stamp::MINUTE).await.expect("it is there");
    }
    let back =
        nodes[1].count("bob", second(0), 12 * Stamp::SECOND, Stamp::MINUTE).await.expect("it is there");
    assert!(back.early_us.is_some_and(|early| early <= Stamp::MINUTE), "a clock that went back: {back:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_holds_for_all_nodes_together() {
    counted_on_all_nodes(Shape::Single).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_holds_for_all_nodes_together_in_a_cluster() {
    counted_on_all_nodes(Shape::Cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_ask_at_once_for_ten_places_ten_come_in() {
    let redises = Redises::start(Shape::Single);
    let nodes = [redises.node().await, redises.node().await];
    let now = Stamp(1_800_000_000 * Stamp::SECOND);
    let asked = (0..50).map(|turn| nodes[turn % 2].count("door", now, 6 * Stamp::SECOND, Stamp::MINUTE));
    let counted = futures_util::future::join_all(asked).await;
    let came_in = counted.iter().filter(|counted| counted.as_ref().expect("it is there").early_us.is_none());
    assert_eq!(came_in.count(), 10);
}
