//! Where an engine keeps its data, and whose turn it is there.

use std::time::Duration;

use load::noise::Watch;

use crate::args::Engine;
use crate::database::Database;
use crate::outcome::Outcome;
use crate::plan::{Contestant, Plan};
use crate::postgres::Postgres;
use crate::{disk, ours, pgbench, raw_sqlite};
use load::trouble::Trouble;

/// Gone when dropped.
pub enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(Postgres),
}

impl Place {
    pub fn open(engine: Engine) -> Result<Self, Trouble> {
        match engine {
            Engine::Sqlite => disk::folder().map(Self::Sqlite),
            Engine::Postgres => Postgres::find().map(Self::Postgres),
        }
    }

    fn servers(&self) -> Vec<u32> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(postgres) => vec![postgres.process],
        }
    }

    pub fn run(&self, plan: &Plan, contestant: Contestant) -> Result<Outcome, Trouble> {
        match contestant {
            Contestant::Ours(cell) => ours::run(plan, cell, &self.database()?, &self.servers()),
            Contestant::Generator(load) => ours::run_alone(plan, load),
            Contestant::Peer { rows } => self.watched(|| self.peer(rows, plan.measure)),
            Contestant::Unqueued => self.watched(|| self.unqueued(plan.measure)),
        }
    }

    fn watched(&self, run: impl FnOnce() -> Result<Outcome, Trouble>) -> Result<Outcome, Trouble> {
        let watch = Watch::start(&self.servers());
        let outcome = run()?;
        Ok(Outcome { noise: watch.stop(), ..outcome })
    }

    fn peer(&self, rows: usize, measure: Duration) -> Result<Outcome, Trouble> {
        match self {
            Self::Sqlite(folder) => raw_sqlite::run(folder.path(), rows, measure),
            Self::Postgres(postgres) => pgbench::run(postgres, rows, measure),
        }
    }

    fn unqueued(&self, measure: Duration) -> Result<Outcome, Trouble> {
        match self {
            Self::Sqlite(folder) => raw_sqlite::unqueued(folder.path(), measure),
            Self::Postgres(postgres) => pgbench::unqueued(postgres, measure),
        }
    }

    fn database(&self) -> Result<Database, Trouble> {
        match self {
            Self::Sqlite(folder) => Ok(Database::in_folder(folder.path())),
            Self::Postgres(postgres) => Database::on(postgres),
        }
    }
}
