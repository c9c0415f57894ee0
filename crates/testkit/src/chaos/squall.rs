//! A fleet of real processes with people at sockets, in which one thing after another is killed outright: a gateway, an API
//! node, Redis, the primary of PostgreSQL. Everything that was said is held against the journal, and everything that was
//! heard against what was said.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::cell::Value;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reading::mine::{self, VERSIONS_MAX};
use store::{Engine, Freshness, Postgres, PostgresOptions, Query};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::count::{Count, Kill};
use super::doorkeeper::Doorkeeper;
use super::nodes::Nodes;
use super::person::Person;
use super::poster::Poster;
use super::world::{Founded, Goal, Phase, World};
use super::{Cluster, blocking, fail_over};
use crate::redises::{Redises, Shape};

const CHANNELS: usize = 40;
/// At sockets, and the first of them only listen, come and go.
const AT_SOCKETS: usize = 210;
const GUESTS: usize = 10;
const BY_HTTP: usize = 20;
/// Everybody is there and has heard something.
const BEGIN: Duration = Duration::from_secs(8);
/// Between one kill's end and the next kill.
const CALM_MS: std::ops::Range<u64> = 4_000..7_000;
/// A node stays away for so long.
const AWAY: Duration = Duration::from_secs(2);
/// In which everyone is answered, and in which everyone hears the rest.
const END_MAX: Duration = Duration::from_secs(90);
const MESSAGES: &str = "SELECT text, position FROM message WHERE channel = $1 AND thread = 0 \
    ORDER BY number LIMIT 10000000";

/// What the journal holds in the end.
pub struct Journal {
    /// By channel: text and position of each message, in the order of their numbers.
    pub channels: Vec<Vec<(String, u64)>>,
    pub position: u64,
    /// By person: the version of what is their own. Marks may still move it.
    pub versions: Vec<u64>,
}

/// Everybody who is about, each a task.
struct Crowd {
    people: Vec<JoinHandle<Person>>,
    posters: Vec<JoinHandle<Poster>>,
    doorkeeper: JoinHandle<Doorkeeper>,
}

impl Crowd {
    fn gathers(world: &Arc<World>) -> Self {
        let person = |number| spawn(Person::of(number, Arc::clone(world)).lives());
        let poster = |number| spawn(Poster::of(number, Arc::clone(world)).lives());
        Self {
            people: (0..AT_SOCKETS).map(person).collect(),
            posters: (AT_SOCKETS..AT_SOCKETS + BY_HTTP).map(poster).collect(),
            doorkeeper: spawn(Doorkeeper::of(Arc::clone(world)).lives()),
        }
    }

    fn count(&self) -> usize {
        self.people.len() + self.posters.len() + 1
    }

    fn is_gone(&self) -> bool {
        self.people.iter().all(JoinHandle::is_finished)
    }

    async fn counts_into(self, count: &mut Count, journal: &Journal) {
        let mut people = Vec::new();
        for person in self.people {
            people.push(person.await.expect("nobody panics"));
        }
        people.iter().for_each(|person| count.person(person, journal));
        for poster in self.posters {
            count.poster(&poster.await.expect("nobody panics"), journal);
        }
        count.doorkeeper(&self.doorkeeper.await.expect("nobody panics"), &people);
        count.journal(journal);
    }
}

/// `binary` is the server to kill; `rate` messages a second are said while it lasts.
pub async fn storm_on_a_fleet(binary: &Path, seed: u64, long: Duration, rate: f64) -> Count {
    let cluster = blocking(Cluster::with_quorum).await;
    let redises = blocking(|| Redises::start(Shape::Single)).await;
    let founded = Founded::on(&cluster, CHANNELS, GUESTS, AT_SOCKETS + BY_HTTP).await;
    let nodes = Nodes::start(binary, &cluster.pooled_dsn(), redises.settings().servers[0].port).await;
    let (tell, phase) = watch::channel(Phase::Talking);
    let addresses =
        [&nodes.apis, &nodes.gateways].map(|nodes| nodes.iter().map(|node| node.address).collect());
    let every = Duration::from_secs_f64((AT_SOCKETS - GUESTS + BY_HTTP) as f64 / rate);
    let world = Arc::new(World::new(founded, addresses, every, phase));
    let began = Instant::now();
    let crowd = Crowd::gathers(&world);
    let mut squall = Squall { nodes, redises, world, chance: StdRng::seed_from_u64(seed), kills: Vec::new() };
    let cluster = squall.rages(cluster, began + long).await;
    let said_for = began.elapsed();
    let journal = squall.ends(&tell, &crowd, &cluster).await;
    let mut count = Count::new(squall.kills, said_for);
    crowd.counts_into(&mut count, &journal).await;
    blocking(move || drop((cluster, squall.redises))).await;
    count
}

struct Squall {
    nodes: Nodes,
    redises: Arc<Redises>,
    world: Arc<World>,
    chance: StdRng,
    kills: Vec<Kill>,
}

impl Squall {
    async fn rages(&mut self, mut cluster: Cluster, end: Instant) -> Cluster {
        tokio::time::sleep(BEGIN).await;
        for number in 0.. {
            if Instant::now() >= end {
                break;
            }
            let (kill, which) = (Kill::ALL[number % Kill::ALL.len()], number / Kill::ALL.len() % 2);
            eprintln!("{} is killed", kill.word());
            self.kills.push(kill);
            self.world.killed();
            cluster = self.strikes(kill, which, cluster).await;
            tokio::time::sleep(AWAY).await;
            self.nodes.start_again().await;
            if kill == Kill::Redis {
                let redises = Arc::clone(&self.redises);
                blocking(move || redises.start_again(1)).await;
            }
            let calm = self.chance.random_range(CALM_MS);
            tokio::time::sleep(Duration::from_millis(calm)).await;
        }
        cluster
    }

    async fn strikes(&mut self, kill: Kill, which: usize, cluster: Cluster) -> Cluster {
        match kill {
            Kill::Gateway => self.nodes.gateways[which].kill().await,
            Kill::Api => self.nodes.apis[which].kill().await,
            Kill::Redis => {
                let redises = Arc::clone(&self.redises);
                blocking(move || redises.kill(1)).await;
            }
            Kill::Primary => return blocking(move || fail_over(cluster)).await,
        }
        cluster
    }

    /// Nothing new is said; then everyone may hear what was.
    async fn ends(&self, tell: &watch::Sender<Phase>, crowd: &Crowd, cluster: &Cluster) -> Journal {
        tell.send_replace(Phase::Ending);
        waits(|| self.world.quiet.load(Ordering::Relaxed) == crowd.count()).await;
        let journal = self.read(cluster).await;
        let numbers = journal.channels.iter().map(|messages| messages.len() as u64).collect();
        let (position, versions) = (journal.position, journal.versions.clone());
        tell.send_replace(Phase::Over(Arc::new(Goal { numbers, position, versions })));
        waits(|| crowd.is_gone()).await;
        tell.send_replace(Phase::Abandoned);
        journal
    }

    async fn read(&self, cluster: &Cluster) -> Journal {
        let engine = Postgres::new(PostgresOptions::new(cluster.dsn(cluster.primary)));
        let Founded { workspace, channels, people, .. } = &self.world.founded;
        let ask =
            async |query: Query| engine.read(*workspace, Freshness::Newest, &query).await.expect("it reads");
        let mut journal = Journal { channels: Vec::new(), position: 0, versions: Vec::new() };
        for channel in channels {
            let seen = ask(Query { sql: MESSAGES, values: vec![Value::of(channel)] }).await;
            journal.position = seen.position.0;
            journal.channels.push(seen.value.values().into_iter().map(said).collect());
        }
        let mut versions = BTreeMap::new();
        for some in people.chunks(VERSIONS_MAX) {
            let accounts: Vec<_> = some.iter().map(|citizen| citizen.account).collect();
            let seen = ask(mine::versions(*workspace, &accounts)).await;
            versions.extend(mine::versions_in(&seen.value).expect("versions"));
        }
        journal.versions = people.iter().map(|citizen| versions[&citizen.account]).collect();
        journal
    }
}

/// Until it holds, or for as long as one may.
async fn waits(holds: impl Fn() -> bool) {
    let end = Instant::now() + END_MAX;
    while !holds() && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn said(row: Vec<Value>) -> (String, u64) {
    let row: Result<[Value; 2], _> = row.try_into();
    match row {
        Ok([Value::Text(text), Value::Int(position)]) => (text, position as u64),
        other => panic!("a message, not {other:?}"),
    }
}

#[allow(clippy::disallowed_methods, reason = "awaited at the end: the task has an owner")]
fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(work)
}
