//! The primary dies and a replica takes its place, while people write.

use std::sync::Arc;

use futures_util::future::join_all;
use store::{Freshness, Query, StoreError};
use testkit::chaos::{blocking, fail_over};
use testkit::ground::database::{Witness, until};
use testkit::{Cluster, Wrongs};

use crate::town::{Talk, founded, impatient};

const SENDERS: usize = 6;
const LINES: usize = 60;
const ACKNOWLEDGED_FIRST: usize = 60;

mod pgbouncer {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_primary_killed_under_a_quorum_takes_nothing_acknowledged_with_it() {
        let cluster = blocking(Cluster::with_quorum).await;
        let team = founded(&cluster).await;
        let one = Talk::with(impatient(cluster.pooled_dsn()).await, team);
        let two = Talk { node: Arc::new(impatient(cluster.pooled_dsn()).await), ..one.clone() };
        let before = one.insists("before").await;

        let senders = (0..SENDERS).map(|sender| {
            let talk = if sender % 2 == 0 { &one } else { &two };
            async move {
                for line in 0..LINES {
                    talk.insists(&format!("{sender} says {line}")).await;
                }
            }
        });
        let fails_over = async {
            until("they talk", async || one.done.lock().len() > ACKNOWLEDGED_FIRST).await;
            blocking(move || fail_over(cluster)).await
        };
        let (cluster, _) = tokio::join!(fails_over, join_all(senders));

        let after = one.insists("after").await;
        assert!(after.epoch > before.epoch, "another timeline is another history");
        let engine = two.node.store.engine().as_ref();
        assert_eq!(one.ledger.judge(engine).await, Wrongs::default());

        // Every journal says where its histories part, and everybody was told the epoch they were written in.
        let mut witness = Witness::of(&cluster.dsn(cluster.primary)).await;
        let head = |column: &str| format!("SELECT {column} FROM head WHERE workspace = $1");
        let workspace = team.workspace.bytes();
        assert_eq!(witness.numbers(&head("epoch_before"), workspace).await, [before.epoch.0 as i64]);
        let parted = witness.numbers(&head("epoch_from"), workspace).await[0] as u64;
        for done in one.done.lock().iter() {
            let is_after = done.position.0 > parted;
            assert_eq!(done.epoch == after.epoch, is_after, "{done:?} and the histories part at {parted}");
        }
        let query = Query { sql: "SELECT position FROM head", values: Vec::new() };
        let old = Freshness::AtLeast(before.epoch, before.position);
        let refused = one.node.store.read(team.workspace, old, &query).await;
        assert_eq!(
            refused,
            Err(StoreError::OtherEpoch),
            "a position of the old epoch means nothing any more"
        );
        let new = Freshness::AtLeast(after.epoch, after.position);
        two.node.store.read(team.workspace, new, &query).await.expect("one of the new epoch does");
        blocking(move || drop(cluster)).await;
    }
}
