//! Invariant 2. Positions are dense and in commit order, whoever writes and whatever is thrown away.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use testkit::ledger::holes;
use testkit::{Fault, Ground, Ledger, Node, Team, Wrongs, on_every_engine};

const WRITERS: usize = 12;
const LINES: usize = 25;
const ABORTS: [Fault; 4] = [Fault::WriteFails, Fault::LostBeforeCommit, Fault::AnswerLost, Fault::CommitLost];

async fn writes_a_lot(node: Arc<Node>, team: Team, ledger: Arc<Ledger>, writer: usize) {
    for line in 0..LINES {
        let (text, key) = (format!("{writer} says {line}"), node.new_key());
        ledger.tries(&text, key, team.workspace, team.general);
        // A write that was turned away or thrown back is sent again under its key.
        loop {
            let outcome = team.owner.says_under(&node, key, team.general, &text).await;
            if outcome.is_ok() {
                ledger.hears(&text, &outcome);
                break;
            }
        }
    }
}

on_every_engine! {
    async fn positions_are_dense_and_in_commit_order_with_many_writers_and_random_aborts(ground: Ground) {
        let node = Arc::new(ground.node().await);
        let teams = [Team::set_up(&node).await, Team::another(&node, "Second").await];
        let mut chance = StdRng::seed_from_u64(42);
        for _ in 0..20 {
            let fault = ABORTS[chance.random_range(0..ABORTS.len())];
            node.faults.plan(chance.random_range(0..8), fault);
        }
        let mut heard = node.store.committed();
        let listener = tokio::spawn(async move {
            let mut last = std::collections::BTreeMap::new();
            while let Ok(commit) = heard.recv().await {
                // One whose outcome was unknown is not handed out: the journal has it, the bus is a hint.
                let end = commit.first.0 + commit.events.len() as u64;
                let before = last.insert(commit.workspace, end);
                assert!(before.unwrap_or(1) <= commit.first.0, "commits are handed out in order");
            }
        });
        let ledger = Arc::new(Ledger::default());
        let writers = (0..WRITERS).map(|writer| {
            tokio::spawn(writes_a_lot(Arc::clone(&node), teams[writer % 2], Arc::clone(&ledger), writer))
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("a writer is done");
        }
        assert_eq!(ledger.len(), WRITERS * LINES);
        assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default());
        assert_eq!(holes(node.store.engine().as_ref(), domain::WorkspaceId::INSTALLATION).await, 0);
        Arc::into_inner(node).expect("one owner").stop().await;
        listener.await.expect("nothing was out of order");
    }
}
