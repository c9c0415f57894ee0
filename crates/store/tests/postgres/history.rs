use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::Stamp;
use store::port::{Ask, Wait};
use store::{Engine, PostgresOptions, StoreError};

use crate::node::Node;
use crate::place::Place;
use crate::team::Team;

#[tokio::test]
async fn a_new_database_is_recorded_without_a_new_epoch() {
    let place = Place::empty().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let again = Node::at(place.direct()).await;
    team.says(&again, "hello").await.unwrap();
    let mut witness = place.witness().await;
    assert_eq!(witness.number("SELECT count(*) FROM head WHERE epoch_before IS NULL").await, 1);
    assert_eq!(witness.number("SELECT count(*) FROM origin").await, 2);
}

/// A dump put into another server: the ids that came along are those of the old one.
#[tokio::test]
async fn a_database_of_another_system_is_not_written_before_its_new_epoch() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let before = team.says(&node, "before").await.unwrap();
    let mut witness = place.witness().await;
    witness.does("UPDATE origin SET value = '4711' WHERE name = 'system'").await;

    let ask = [Ask { workspace: team.workspace, needs: domain::Needs::default(), founding: false }];
    let refused = node.engine.open(&ask, Wait::Skip).await.err();
    assert!(matches!(&refused, Some(StoreError::NewHistory(why)) if why.contains("4711")), "{refused:?}");
    let after = team.says(&node, "after").await.unwrap();
    assert!(after.epoch > before.epoch);
    assert_eq!(after.position, before.position.next());
    let from = "SELECT epoch_from FROM head WHERE workspace = $1";
    assert_eq!(witness.numbers(from, team.workspace.bytes()).await, [before.position.0 as i64]);
    node.engine.begin_epoch().await.unwrap();
    assert_eq!(team.says(&node, "once is enough").await.unwrap().epoch, after.epoch);
}

#[tokio::test]
async fn a_clock_that_goes_back_never_turns_a_stamp_back() {
    let place = Place::fresh().await;
    let skew_us = Arc::new(AtomicI64::new(0));
    let options = PostgresOptions { skew_us: Arc::clone(&skew_us), ..PostgresOptions::new(place.direct()) };
    let node = Node::with(options).await;
    let team = Team::founded_on(&node).await;
    let first = team.says(&node, "now").await.unwrap();
    let now = node.engine.now().await.unwrap();
    assert!(now >= first.stamp);
    skew_us.store(-3 * Stamp::MINUTE, Ordering::Relaxed);
    assert!(node.engine.now().await.unwrap() < now);
    let second = team.says(&node, "earlier").await.unwrap();
    assert_eq!(second.stamp, first.stamp.next());
}
