//! The database is gone for a while, gives two connections to many, or comes back with what it had not promised yet.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use store::pg::{Dsn, PoolConfig};
use store::{Limits, NotDone, Postgres, PostgresOptions};
use testkit::chaos::{Pooler, Stop};
use testkit::ground::database::until;
use testkit::process::{Place, Talk};
use testkit::{Backend, Cluster, FakeClock, Faulty, Ground, Ledger, Node, Process, Server, Team, Wrongs};

use crate::grounds::WRITER;

/// Long enough for a commit on a slow disk, short enough for a test that waits for some that do not come.
const PATIENCE: Duration = Duration::from_secs(3);

async fn node(dsn: Dsn) -> Node {
    let pool = PoolConfig { wait_max: PATIENCE, ..PoolConfig::default() };
    let options = PostgresOptions { commit_max: PATIENCE, pool, ..PostgresOptions::new(dsn) };
    let limits = Limits { patience: PATIENCE, ..Limits::default() };
    let engine = Faulty::over(Arc::new(Postgres::new(options)));
    Node::with_limits(engine, FakeClock::going(), limits).await
}

async fn founded(cluster: &Cluster) -> (Node, Team) {
    let dsn = cluster.dsn(Server::One);
    Postgres::open(PostgresOptions::new(dsn.clone())).await.expect("the database is made ready");
    let node = node(dsn).await;
    let team = Team::set_up(&node).await;
    (node, team)
}

async fn says(node: &Node, team: &Team, ledger: &Ledger, text: &str) -> Result<store::Done, NotDone> {
    let key = node.new_key();
    ledger.tries(text, key, team.workspace, team.general);
    asks_again(node, team, ledger, key, text).await
}

async fn asks_again(
    node: &Node,
    team: &Team,
    ledger: &Ledger,
    key: domain::Key,
    text: &str,
) -> Result<store::Done, NotDone> {
    let outcome = team.owner.says_under(node, key, team.general, text).await;
    ledger.hears(text, &outcome);
    outcome
}

/// What a client does: the same key until there is an answer.
async fn settle(node: &Node, team: &Team, ledger: &Ledger) {
    until("everybody is answered", async || {
        for (text, entry) in ledger.unanswered() {
            drop(asks_again(node, team, ledger, entry.key, &text).await);
        }
        ledger.unanswered().is_empty()
    })
    .await;
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn while_the_database_is_gone_sends_wait_then_are_turned_away_and_go_on_when_it_is_back() {
        let cluster = Cluster::alone();
        let ((node, team), ledger) = (founded(&cluster).await, Ledger::default());
        says(&node, &team, &ledger, "before").await.expect("said");
        for round in 0..2 {
            let talk = join_all((0..20).map(|line| {
                let (node, team, ledger) = (&node, &team, &ledger);
                async move { says(node, team, ledger, &format!("{round}, as it goes {line}")).await }
            }));
            let (outcomes, ()) = tokio::join!(talk, async { cluster.stop(Server::One, Stop::Immediate) });
            let meanwhile = says(&node, &team, &ledger, &format!("{round}, while it is gone")).await;
            let told = outcomes.iter().chain([&meanwhile]).filter_map(|outcome| outcome.as_ref().err());
            for no in told {
                let passing =
                    matches!(no, NotDone::ReadOnly { .. } | NotDone::Saturated { .. } | NotDone::Unknown);
                assert!(passing, "told to come back, not {no:?}");
            }
            assert!(meanwhile.is_err(), "there is no database");
            cluster.start(Server::One);
            settle(&node, &team, &ledger).await;
        }
        says(&node, &team, &ledger, "after").await.expect("said");
        assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default());
        node.stop().await;
    }

    /// Its primary crashed while the commit waited for a replica, and shows it now that it is back. No replica has it:
    /// were it acknowledged, the next failover would lose it.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_receipt_found_after_a_crash_is_acknowledged_only_once_a_replica_has_it() {
        let mut cluster = Cluster::with_quorum();
        let ((node, team), ledger) = (founded(&cluster).await, Ledger::default());
        says(&node, &team, &ledger, "with a quorum").await.expect("said");
        cluster.stop(Server::Two, Stop::Immediate);
        cluster.stop(Server::Three, Stop::Immediate);
        let alone = says(&node, &team, &ledger, "alone").await;
        assert!(matches!(alone, Err(NotDone::Unknown)), "{alone:?}");
        node.die().await;

        cluster.stop(Server::One, Stop::Kill);
        cluster.start(Server::One);
        let node = super::node(cluster.dsn(Server::One)).await;
        let key = ledger.unanswered()[0].1.key;
        let still = asks_again(&node, &team, &ledger, key, "alone").await;
        assert!(matches!(still, Err(NotDone::Unknown)), "seen, and on no replica: {still:?}");

        cluster.start(Server::Two);
        settle(&node, &team, &ledger).await;
        node.die().await;
        cluster.stop(Server::One, Stop::Kill);
        cluster.start(Server::Three);
        cluster.promote(Server::Two);
        cluster.follow(Server::Three);
        let node = super::node(cluster.pooled_dsn()).await;
        says(&node, &team, &ledger, "on the promoted one").await.expect("said");
        assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default());
        node.stop().await;
    }
}

mod pgbouncer {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_servers_with_many_senders_share_two_connections() {
        let mut ground = Ground::on(Backend::Postgres).await;
        ground.clock = FakeClock::going();
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        node.stop().await;
        let direct = ground.database().direct();
        let pooler = Pooler::before(&direct, 2);
        let (place, ledger) = (Place::Server(pooler.dsn(&direct.database)), Ledger::default());
        let start = |name| {
            let talk = Talk { team, name, senders: 100, pause_ms: 0 };
            Process::start(Path::new(WRITER), &place, talk, &ledger)
        };
        let (mut one, mut two) = (start(1).await, start(2).await);
        let (first, second) = tokio::join!(one.acknowledges(500, &ledger), two.acknowledges(500, &ledger));
        assert!(first && second, "both serve");
        one.kill(&ledger).await;
        two.kill(&ledger).await;
        let last = Talk { team, name: 3, senders: 0, pause_ms: 0 };
        assert!(Process::start(Path::new(WRITER), &place, last, &ledger).await.ends(&ledger).await);
        assert_eq!(ledger.judge(ground.engine().await.as_ref()).await, Wrongs::default());
    }
}
