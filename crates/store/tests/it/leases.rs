//! A right that one node holds, and nobody beside it.

use std::time::Duration;

use domain::{Key, Stamp};
use store::lease::{Lease, acquire};
use store::secrets::digest_key;
use testkit::{Ground, on_every_engine};

const LENGTH: Duration = Duration::from_secs(30);
const ADA: Key = Key([1; 16]);
const BOB: Key = Key([2; 16]);

async fn tries(ground: &Ground, holder: Key) -> Option<Lease> {
    acquire(ground.engine().await.as_ref(), "relay", holder, LENGTH).await.expect("the database answers")
}

on_every_engine! {
    async fn of_many_nodes_that_want_a_lease_at_once_one_gets_it(ground: Ground) {
        let engine = ground.engine().await;
        let nodes = (0..16u8).map(|node| {
            let engine = engine.clone();
            tokio::spawn(async move { acquire(engine.as_ref(), "relay", Key([node; 16]), LENGTH).await })
        });
        let mut held = Vec::new();
        for node in nodes.collect::<Vec<_>>() {
            held.extend(node.await.expect("it ends").expect("the database answers"));
        }
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].term, 1);
        assert!(acquire(engine.as_ref(), "trim", ADA, LENGTH).await.expect("asked").is_some(), "another name");
    }

    async fn a_holder_that_paused_too_long_finds_its_term_gone(ground: Ground) {
        let engine = ground.engine().await;
        let first = tries(&ground, ADA).await.expect("it is free");
        let almost = ground.clock.almost(30 * Stamp::SECOND);
        ground.clock.advance(almost);
        assert!(first.renew(engine.as_ref(), LENGTH).await.expect("asked"), "renewed in time");
        ground.clock.advance(almost);
        assert_eq!(tries(&ground, BOB).await, None, "it is held");
        ground.clock.advance(31 * Stamp::SECOND - almost);
        let second = tries(&ground, BOB).await.expect("its time is over");
        assert!(second.term > first.term);
        assert!(!first.is_held(engine.as_ref()).await.expect("asked"));
        assert!(!first.renew(engine.as_ref(), LENGTH).await.expect("asked"), "somebody else has it");
        assert!(!first.release(engine.as_ref()).await.expect("asked"), "and keeps it");
        assert!(second.is_held(engine.as_ref()).await.expect("asked"));
    }

    async fn a_lease_given_back_is_free_at_once_and_its_term_still_grows(ground: Ground) {
        let engine = ground.engine().await;
        let first = tries(&ground, ADA).await.expect("it is free");
        assert!(first.clone().release(engine.as_ref()).await.expect("asked"));
        let second = tries(&ground, BOB).await.expect("it is free");
        assert_eq!(second.term, first.term + 1);
    }

    async fn a_clock_set_back_gives_a_lease_to_nobody_else(ground: Ground) {
        let engine = ground.engine().await;
        let held = tries(&ground, ADA).await.expect("it is free");
        ground.clock.advance(-Stamp::HOUR);
        assert_eq!(tries(&ground, BOB).await, None);
        assert!(held.renew(engine.as_ref(), LENGTH).await.expect("asked"));
        ground.clock.advance(31 * Stamp::SECOND);
        assert!(tries(&ground, BOB).await.is_some(), "renewed, it ends by the new clock");
        assert!(!held.is_held(engine.as_ref()).await.expect("asked"));
    }

    async fn two_nodes_that_start_at_once_share_one_secret(ground: Ground) {
        let (one, two) = (ground.engine().await, ground.engine().await);
        let (first, second) = tokio::join!(digest_key(one.as_ref()), digest_key(two.as_ref()));
        let key = first.expect("a key").0;
        assert_eq!(key, second.expect("a key").0);
        assert_eq!(key, digest_key(ground.engine().await.as_ref()).await.expect("a key").0, "and keep it");
        assert_ne!(key, [0; 32]);
    }
}
