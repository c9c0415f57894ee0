//! Both replicas are gone for a while: nobody can promise anything, and nothing piles up behind a promise.

use std::time::Duration;

use futures_util::future::join_all;
use store::NotDone;
use testkit::chaos::{Stop, blocking};
use testkit::ground::database::{Witness, until};
use testkit::{Cluster, Server, Wrongs};

use crate::town::{Talk, founded, impatient};

/// Lanes of a node.
const LANES: i64 = 2;
/// How often each sender is turned away before a replica returns.
const TRIES: usize = 6;
const SENDERS: usize = 12;
/// Whoever waits for the quorum on the server, its client gone or not.
const PINNED: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

async fn lost_for_a_while(is_pooled: bool) {
    let cluster = blocking(Cluster::with_quorum).await;
    let dsn = if is_pooled { cluster.pooled_dsn() } else { cluster.dsn(Server::One) };
    let team = founded(&cluster).await;
    let talk = Talk::with(impatient(dsn).await, team);
    talk.insists("with a quorum").await;
    let cluster = blocking(move || {
        cluster.stop(Server::Two, Stop::Immediate);
        cluster.stop(Server::Three, Stop::Immediate);
        cluster
    })
    .await;

    let mut witness = Witness::of(&cluster.dsn(Server::One)).await;
    let mut pinned = Vec::new();
    for round in 0..TRIES {
        let talk = &talk;
        let senders = (0..SENDERS).map(|sender| async move {
            let outcome = talk.says(&format!("{sender} tries {round}")).await;
            assert!(outcome.is_err(), "nothing is acknowledged without a replica: {outcome:?}");
        });
        join_all(senders).await;
        assert!(talk.node.store.is_shut(), "read only");
        pinned.push(witness.number(PINNED).await);
    }
    assert!(pinned.iter().all(|count| (1..=LANES).contains(count)), "one commit a lane at most: {pinned:?}");
    assert!(pinned.windows(2).all(|pair| pair[0] >= pair[1]), "retries pin nothing more: {pinned:?}");
    for told in talk.told.lock().iter() {
        let comes_back = match told {
            NotDone::Unknown => true,
            NotDone::ReadOnly { retry_after } => *retry_after > Duration::ZERO,
            _ => false,
        };
        assert!(comes_back, "told to come back, not {told:?}");
    }
    assert!(
        talk.told.lock().iter().any(|told| matches!(told, NotDone::ReadOnly { .. })),
        "some were not tried"
    );

    let cluster = blocking(move || {
        cluster.start(Server::Three);
        cluster
    })
    .await;
    talk.settles().await;
    talk.insists("with a quorum again").await;
    until("nobody waits any more", async || !talk.node.store.is_shut()).await;
    assert_eq!(talk.ledger.judge(talk.node.store.engine().as_ref()).await, Wrongs::default());
    assert_eq!(witness.number(PINNED).await, 0);
    blocking(move || drop(cluster)).await;
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn while_the_quorum_is_lost_the_store_is_read_only_and_pins_one_commit_a_lane() {
        super::lost_for_a_while(false).await;
    }
}

mod pgbouncer {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn while_the_quorum_is_lost_the_store_is_read_only_and_pins_one_commit_a_lane() {
        super::lost_for_a_while(true).await;
    }
}
