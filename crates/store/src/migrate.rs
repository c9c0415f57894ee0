//! Embedded migrations: forward only, each once, in order, remembered in the database itself. What changes a table
//! in use comes in two steps: *expand* adds what newer nodes need and older ones overlook, *contract* takes away what
//! only older ones used, once the fleet's level says that there are none. An expand step never relies on a contract
//! step, so that a waiting one holds nobody up.

mod words;

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::Stamp;

use crate::port::StoreError;
use crate::statement::Dialect;

/// What this build reads and writes. The fleet's level is the least of its nodes', and only rises.
pub const LEVEL: i32 = 1;

/// What a database holds. A small installation keeps all three in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Journal,
    Directory,
    Shard,
}

impl Part {
    /// A small installation.
    pub const ALL: &'static [Self] = &[Self::Journal, Self::Directory, Self::Shard];
    pub const OF_DIRECTORY: &'static [Self] = &[Self::Journal, Self::Directory];
    pub const OF_SHARD: &'static [Self] = &[Self::Journal, Self::Shard];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Taken by the first node that knows it.
    Expand,
    /// Taken once no node of a lower level is left.
    Contract,
}

#[derive(Debug, Clone, Copy)]
enum Work {
    /// Statements in one transaction.
    Statements(&'static str),
    /// An index on a table that may be full: built beside whoever writes.
    Index { name: &'static str, on: &'static str },
}

/// One step, applied whole or not at all.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub name: &'static str,
    pub part: Part,
    pub phase: Phase,
    /// The level of the build that brought it.
    pub level: i32,
    work: Work,
}

impl Step {
    pub const fn expand(name: &'static str, part: Part, level: i32, sql: &'static str) -> Self {
        Self { name, part, phase: Phase::Expand, level, work: Work::Statements(sql) }
    }
    pub const fn contract(name: &'static str, part: Part, level: i32, sql: &'static str) -> Self {
        Self { name, part, phase: Phase::Contract, level, work: Work::Statements(sql) }
    }
    /// `on` is the table with its columns and condition, as after the word ON.
    pub const fn index(
        name: &'static str,
        part: Part,
        level: i32,
        index: &'static str,
        on: &'static str,
    ) -> Self {
        Self { name, part, phase: Phase::Expand, level, work: Work::Index { name: index, on } }
    }

    /// The statements of the step, in the words of one database.
    pub fn statements(&self, dialect: Dialect) -> Vec<String> {
        match self.work {
            Work::Statements(sql) => words::statements(sql, dialect),
            Work::Index { name, on } => vec![format!("CREATE INDEX IF NOT EXISTS {name} ON {on}")],
        }
    }
}

pub static STEPS: &[Step] = &[
    Step::expand("0001_journal", Part::Journal, 1, include_str!("migrations/0001_journal.sql")),
    Step::expand("0001_directory", Part::Directory, 1, include_str!("migrations/0001_directory.sql")),
    Step::expand("0001_shard", Part::Shard, 1, include_str!("migrations/0001_shard.sql")),
    // The most connections a node takes, so that all nodes together stay below what the database has.
    Step::expand(
        "0002_node_pool",
        Part::Directory,
        1,
        "ALTER TABLE node ADD COLUMN pool INTEGER NOT NULL DEFAULT 0",
    ),
    // Removed private rows leave after 30 days; nobody reads the whole table to find them.
    Step::index(
        "0003_private_removed",
        Part::Shard,
        1,
        "private_removed",
        "private (at_us) WHERE value IS NULL",
    ),
    // The event a job was made for: once the floor has passed it, a finished one is not needed to know it again.
    Step::expand(
        "0004_job_position",
        Part::Journal,
        1,
        "ALTER TABLE job ADD COLUMN position BIGINT NOT NULL DEFAULT 0",
    ),
    Step::index(
        "0005_job_done",
        Part::Journal,
        1,
        "job_done",
        "job (workspace, position) WHERE state = 'done'",
    ),
    Step::index("0006_job_dead", Part::Journal, 1, "job_dead", "job (id) WHERE state = 'dead'"),
    // The directory of public channels never walks past what is private.
    Step::index(
        "0007_channel_public",
        Part::Shard,
        1,
        "channel_public",
        "channel (workspace, state, name_key) WHERE kind = 'public'",
    ),
    // Nobody wrote into it before: what is not seen yet gets an index of its own, and a value instead of none.
    Step::expand(
        "0008_notification_unseen",
        Part::Shard,
        1,
        include_str!("migrations/0008_notification_unseen.sql"),
    ),
    // Who shows it is counted from now on; what was kept before nobody counted, and it stays.
    Step::expand(
        "0009_picture_uses",
        Part::Shard,
        1,
        "ALTER TABLE picture ADD COLUMN uses BIGINT NOT NULL DEFAULT 1000000",
    ),
];

/// Remembers which steps were taken.
pub const LEDGER: &str =
    "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at_us BIGINT NOT NULL)";

/// A database that takes steps. Each engine's own connection is one.
#[async_trait]
pub trait Migratable: Send {
    fn dialect(&self) -> Dialect;
    /// The steps taken so far; none where there is no ledger yet. Changes nothing.
    async fn taken(&mut self) -> Result<BTreeMap<String, Stamp>, StoreError>;
    /// All statements and the entry in the ledger, together or not at all; the ledger is made where there is none.
    /// False when another node took the step meanwhile.
    async fn take(&mut self, name: &str, statements: &[String]) -> Result<bool, StoreError>;
    /// Builds an index while others write. What a crash left half built is dropped and built again.
    async fn build(&mut self, index: &str, on: &str) -> Result<(), StoreError>;
}

/// What a database should come to.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    pub steps: &'a [Step],
    pub parts: &'a [Part],
    /// The fleet's; contract steps above it wait.
    pub fleet: i32,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self { steps: STEPS, parts: Part::ALL, fleet: 0 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Taken(Stamp),
    /// To be taken by the next `up`.
    Waiting,
    /// Not before every node is of its level.
    Blocked {
        fleet: i32,
    },
}

#[derive(Debug, Clone)]
pub struct Standing {
    pub step: Step,
    pub state: State,
}

impl Standing {
    /// In words, for whoever asked how far the database is.
    pub fn words(&self) -> String {
        let Step { name, level, .. } = self.step;
        match self.state {
            State::Taken(_) => format!("{name}: taken"),
            State::Waiting => format!("{name}: waiting for `migrate up`"),
            State::Blocked { fleet } => format!(
                "{name}: blocked, it needs every node at level {level} and the fleet is at {fleet}; \
                 replace the older nodes, then `admin level`"
            ),
        }
    }
}

/// Where a database stands.
#[derive(Debug, Clone)]
pub struct Status {
    pub steps: Vec<Standing>,
    /// Steps taken by a newer build than this one.
    pub newer: Vec<String>,
}

/// Changes nothing.
pub async fn status(database: &mut dyn Migratable, plan: &Plan<'_>) -> Result<Status, StoreError> {
    let taken = database.taken().await?;
    let state = |step: &Step| match taken.get(step.name) {
        Some(at) => State::Taken(*at),
        None if step.phase == Phase::Contract && step.level > plan.fleet => {
            State::Blocked { fleet: plan.fleet }
        }
        None => State::Waiting,
    };
    let mine = plan.steps.iter().filter(|step| plan.parts.contains(&step.part));
    let steps = mine.map(|step| Standing { step: *step, state: state(step) }).collect();
    let known = |name: &String| plan.steps.iter().any(|step| step.name == name);
    let newer = taken.into_keys().filter(|name| !known(name)).collect();
    Ok(Status { steps, newer })
}

/// Takes what waits, in order. Gives the names of the steps taken here. Stopped anywhere, it goes on from there.
pub async fn up(database: &mut dyn Migratable, plan: &Plan<'_>) -> Result<Vec<&'static str>, StoreError> {
    let standing = status(database, plan).await?.steps;
    let dialect = database.dialect();
    let mut taken = Vec::new();
    for Standing { step, .. } in standing.into_iter().filter(|standing| standing.state == State::Waiting) {
        let statements = match step.work {
            Work::Statements(_) => step.statements(dialect),
            Work::Index { name, on } => {
                database.build(name, on).await?;
                Vec::new()
            }
        };
        if database.take(step.name, &statements).await? {
            tracing::info!(step = step.name, "migration {} was taken", step.name);
            taken.push(step.name);
        }
    }
    Ok(taken)
}
