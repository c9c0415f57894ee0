//! Two servers behind a pooler, a primary and two replicas of which one must have each commit. Servers are killed, and
//! the primary; the replica that is further on takes its place, the other follows it, the dead one comes back behind it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::{Postgres, PostgresOptions};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::storm::{PAUSE_MS, SILENCE_MAX, judge, settle};
use super::{Cluster, Server, Stop, Tally};
use crate::clock::FakeClock;
use crate::fault::Faulty;
use crate::ground::database::{Witness, until};
use crate::ledger::Ledger;
use crate::node::Node;
use crate::process::{Place, Process, Talk};
use crate::team::Team;

const SENDERS: usize = 8;
/// Acknowledged between two deaths, at most.
const BETWEEN_KILLS_MAX: usize = 1_500;

struct Storm<'a> {
    writer: &'a Path,
    place: Place,
    team: Team,
    ledger: Ledger,
    chance: StdRng,
    tally: Tally,
    /// Names of servers are never used again.
    started: u64,
}

/// `writer` is the program to kill. Goes on for so long, then looks at what is left.
pub async fn storm_on_a_quorum(writer: &Path, seed: u64, long: Duration) -> Tally {
    let cluster = blocking(Cluster::with_quorum).await;
    let team = founded(&cluster).await;
    let place = Place::Server(cluster.pooled_dsn());
    let chance = StdRng::seed_from_u64(seed);
    let (ledger, tally) = (Ledger::default(), Tally::default());
    let mut storm = Storm { writer, place, team, ledger, chance, tally, started: 0 };
    let cluster = storm.rages(cluster, Instant::now() + long).await;
    settle(writer, &storm.place, team, &storm.ledger).await;
    let engine = Postgres::new(PostgresOptions::new(cluster.dsn(cluster.primary)));
    storm.tally.settles(&storm.ledger, judge(&storm.ledger, &engine).await);
    blocking(move || drop(cluster)).await;
    storm.tally
}

async fn founded(cluster: &Cluster) -> Team {
    let options = PostgresOptions::new(cluster.dsn(cluster.primary));
    let engine = Postgres::open(options).await.expect("the database is made ready");
    let node = Node::start(Faulty::over(Arc::new(engine)), FakeClock::going()).await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    team
}

impl Storm<'_> {
    async fn start(&mut self) -> Process {
        self.started += 1;
        let talk = Talk { team: self.team, name: self.started, senders: SENDERS, pause_ms: PAUSE_MS };
        Process::start(self.writer, &self.place, talk, &self.ledger).await
    }

    async fn kill(&mut self, server: &mut Process) {
        let fresh = self.start().await;
        std::mem::replace(server, fresh).kill(&self.ledger).await;
        self.tally.servers_killed += 1;
    }

    async fn rages(&mut self, cluster: Cluster, end: Instant) -> Cluster {
        let (mut one, mut two) = (self.start().await, self.start().await);
        let (mut cluster, mut failing_over) = (Some(cluster), None);
        let mut next = self.next();
        while Instant::now() < end || failing_over.is_some() {
            let said = timeout(SILENCE_MAX, async {
                tokio::select! {
                    said = one.says(&self.ledger) => Some(said),
                    said = two.says(&self.ledger) => Some(said),
                    back = over(&mut failing_over) => { cluster = Some(back); None }
                }
            });
            match said.await.expect("nobody is silent for long") {
                Some(said) => self.tally.hears(&said.expect("they serve until they are killed")),
                None => (failing_over, self.tally.rejoined) = (None, self.tally.rejoined + 1),
            }
            if self.tally.acknowledged < next {
                continue;
            }
            next = self.next();
            match (self.chance.random_range(0..4), cluster.take()) {
                (0, Some(whole)) => {
                    self.tally.primaries_killed += 1;
                    self.tally.promoted += 1;
                    failing_over = Some(spawn(move || fail_over(whole)));
                }
                (even, kept) => {
                    cluster = kept;
                    self.kill(if even % 2 == 0 { &mut one } else { &mut two }).await;
                }
            }
        }
        one.kill(&self.ledger).await;
        two.kill(&self.ledger).await;
        cluster.expect("it is whole again")
    }

    fn next(&mut self) -> usize {
        self.tally.acknowledged + self.chance.random_range(1..BETWEEN_KILLS_MAX)
    }
}

async fn over(failing_over: &mut Option<JoinHandle<Cluster>>) -> Cluster {
    match failing_over {
        Some(task) => task.await.expect("it fails over"),
        None => std::future::pending().await,
    }
}

/// What an operator's tool does. The primary dies first, so that nobody is asked before.
pub fn fail_over(mut cluster: Cluster) -> Cluster {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(both_stream(&cluster));
    let dead = cluster.primary;
    cluster.stop(dead, Stop::Kill);
    let heir = runtime.block_on(furthest(&cluster));
    cluster.promote(heir);
    for other in cluster.standbys().into_iter().filter(|other| *other != dead) {
        cluster.follow(other);
    }
    cluster.rejoin(dead);
    cluster
}

/// With one replica missing the other might be the only one to have a commit: then both must not be lost at once.
async fn both_stream(cluster: &Cluster) {
    const STREAMING: &str = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
    let primary = cluster.dsn(cluster.primary);
    until("both replicas stream", async || match Witness::try_of(&primary).await {
        Some(mut witness) => witness.try_number(STREAMING).await == Some(2),
        None => false,
    })
    .await;
}

/// One of the two has every commit that was acknowledged: the one that received more.
async fn furthest(cluster: &Cluster) -> Server {
    const RECEIVED: &str = "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint";
    let mut received = Vec::new();
    for standby in cluster.standbys() {
        let mut witness = Witness::of(&cluster.dsn(standby)).await;
        received.push((witness.number(RECEIVED).await, standby));
    }
    received.into_iter().max_by_key(|(bytes, _)| *bytes).expect("there are two").1
}

#[allow(clippy::disallowed_methods, reason = "awaited by whoever asks for it: the work has an owner")]
fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    tokio::task::spawn_blocking(work)
}

/// For what starts and stops servers.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    spawn(work).await.expect("it is done")
}
