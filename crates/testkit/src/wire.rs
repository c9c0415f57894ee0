//! Every message of a batch meets every mishap: enumerated, not drawn.
//!
//! A batch is a reply with a mention and a message in one workspace, and two in another; two flights. Each run is on
//! fresh messages: the store retries by itself, who was told nothing asks again under the same key, and all that was
//! acknowledged must be found there and then, past the engine.

mod stage;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::By;
use parking_lot::Mutex;
use store::Engine;
use store::check::check;
use store::migrate::Part;
use tokio::task::JoinSet;

use self::stage::Stage;
use crate::ground::Ground;
use crate::ledger::{Ledger, Wrongs};
use crate::node::Node;
use crate::proxy::{Mishap, Place, Record, Way};
use crate::team::{Person, Team};

/// One place, one mishap, for so many transactions in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    pub place: Place,
    pub mishap: Mishap,
    pub times: usize,
}

/// How much of all there is.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Of the places, one in so many.
    pub places: usize,
    /// Of those, how many are met by the retry as well: one in so many.
    pub twice: usize,
    /// Batches on their way at the same time, each on a line and in workspaces of its own.
    pub stages: usize,
    /// On sessions that keep their statements, warmed anew before each run; else each batch parses its own.
    pub kept: bool,
}

impl Share {
    pub const ALL: Self = Self { places: 1, twice: 1, stages: 24, kept: false };
    /// Every place once, and now and then twice.
    pub const ONCE: Self = Self { places: 1, twice: 12, stages: 24, kept: false };
    /// Where nothing is expected to differ.
    pub const FEW: Self = Self { places: 5, twice: 4, stages: 8, kept: false };
    /// Where there is less to parse, and so less to meet.
    pub const KEPT: Self = Self { kept: true, ..Self::FEW };
}

/// What happened, counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub to_server: usize,
    pub to_client: usize,
    /// Runs by mishap.
    pub runs: BTreeMap<Mishap, usize>,
    pub acknowledged: usize,
    /// Of those, found by their key: they had happened in a transaction whose answer never came.
    pub found: usize,
    /// Told that the outcome is unknown, or to come back; asked again under the same key.
    pub asked_again: usize,
    /// Acknowledged, and not there.
    pub not_durable: usize,
    /// Acknowledged, and not answered the same when asked once more.
    pub not_found: usize,
    /// Told that it failed, where the same asked again went well.
    pub failed: usize,
    pub wrongs: Wrongs,
    /// What the consistency check found afterwards.
    pub findings: usize,
}

impl Tally {
    pub fn is_right(&self) -> bool {
        self.wrongs == Wrongs::default()
            && self.not_durable + self.not_found + self.failed + self.findings == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to_server, to_client, acknowledged, found, asked_again, .. } = self;
        let all: usize = self.runs.values().sum();
        writeln!(
            to,
            "proxy: {} places ({to_server} messages to the server, {to_client} to the client) × {} mishaps: {all} runs",
            to_server + to_client,
            self.runs.len()
        )?;
        for (mishap, runs) in &self.runs {
            writeln!(to, "mishap {mishap:?} {runs}")?;
        }
        writeln!(to, "acknowledged {acknowledged} ({found} found by their key), asked again {asked_again}")?;
        let Wrongs { lost, doubled, reordered, holes } = self.wrongs;
        writeln!(to, "{lost} lost, {doubled} doubled, {reordered} reordered, {holes} holes")?;
        let Self { not_durable, not_found, failed, findings, .. } = self;
        write!(
            to,
            "{not_durable} acknowledged without being durable, {not_found} not found by their key, {failed} failed, {findings} findings of the check"
        )
    }
}

/// All cases of a batch that passes as this record says.
pub fn cases(record: &Record, share: Share) -> Vec<Case> {
    let ways = [(Way::ToServer, &record.to_server), (Way::ToClient, &record.to_client)];
    let places = ways.into_iter().flat_map(|(way, passed)| {
        passed.iter().enumerate().map(move |(index, passed)| (Place { way, index }, *passed))
    });
    let mut cases = Vec::new();
    // The end of the last flight is never left out.
    let end = record.to_server.len() + record.to_client.len();
    let is_kept = |number: usize| number.is_multiple_of(share.places) || number + 3 > end;
    for (number, (place, passed)) in places.enumerate().filter(|(number, _)| is_kept(*number)) {
        let both =
            [Mishap::Cut, Mishap::Truncated, Mishap::Deaf, Mishap::Late, Mishap::Silence, Mishap::InCrumbs];
        let own = match place.way {
            Way::ToServer => Mishap::Refused,
            Way::ToClient => Mishap::Ended,
        };
        let rollback = passed.is_commit.then_some(Mishap::SaidRollback);
        for mishap in both.into_iter().chain([own]).chain(rollback) {
            cases.push(Case { place, mishap, times: 1 });
            if mishap != Mishap::InCrumbs && number.is_multiple_of(share.places * share.twice) {
                cases.push(Case { place, mishap, times: 2 });
            }
        }
    }
    cases
}

/// What is put before the engine, to see whether its mistakes are found.
pub type Over = fn(Arc<dyn Engine>) -> Arc<dyn Engine>;

/// On a fresh ground, directly or through the pooler.
pub async fn enumerate(ground: &Ground, share: Share) -> Tally {
    enumerate_over(ground, share, |engine| engine).await
}

pub async fn enumerate_over(ground: &Ground, share: Share, over: Over) -> Tally {
    let (ledger, tally) = (Arc::new(Ledger::default()), Arc::new(Mutex::new(Tally::default())));
    let mut stages = set_up(ground, share, over, &ledger).await;
    let record = stages[0].record().await;
    let again = stages[1].record().await;
    assert_eq!(record.to_server, again.to_server, "a batch is always the same messages");
    assert_eq!(record.to_client, again.to_client, "and so are its answers");
    {
        let mut tally = tally.lock();
        (tally.to_server, tally.to_client) = (record.to_server.len(), record.to_client.len());
    }
    let mut waiting = cases(&record, share);
    waiting.reverse();
    let waiting = Arc::new(Mutex::new(waiting));
    let mut running = JoinSet::new();
    for mut stage in stages.drain(..) {
        let (waiting, tally) = (Arc::clone(&waiting), Arc::clone(&tally));
        running.spawn(async move {
            loop {
                let Some(case) = waiting.lock().pop() else { return };
                stage.run(case, &tally).await;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("a stage came to its end");
    }
    let engine = ground.engine().await;
    let mut tally = tally.lock().clone();
    tally.wrongs = ledger.judge(engine.as_ref()).await;
    tally.wrongs.lost += ledger.unanswered().len();
    let findings = check(engine.as_ref(), Part::ALL, &mut |_| ()).await.expect("the check ends");
    findings.iter().for_each(|finding| println!("{finding:?}"));
    tally.findings = findings.len();
    tally
}

/// Two workspaces each, with a message to reply to.
async fn set_up(ground: &Ground, share: Share, over: Over, ledger: &Arc<Ledger>) -> Vec<Stage> {
    let node = ground.node().await;
    let mut stages = Vec::with_capacity(share.stages);
    Team::set_up(&node).await;
    for number in 0..share.stages {
        let teams = [another(&node, number, "a").await, another(&node, number, "b").await];
        stages.push(Stage::at(ground, number, teams, share.kept, over, Arc::clone(ledger)).await);
    }
    node.stop().await;
    for stage in &mut stages {
        // From the second batch on every row is there, and all batches are alike.
        stage.record().await;
        stage.warm().await;
    }
    stages
}

/// Its owner, another member, and a root.
async fn another(node: &Node, number: usize, name: &str) -> (Team, Person) {
    let team = Team::another(node, &format!("Team {number}{name}")).await;
    let bob = team.welcomes(node, "Bob").await;
    team.owner.says(node, team.general, "a root").await.expect("said");
    (team, bob)
}

/// What a stage asks for at once.
#[derive(Clone)]
struct Asked {
    by: By,
    text: String,
    thread: u64,
}
