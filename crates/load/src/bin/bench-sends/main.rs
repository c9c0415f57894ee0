//! `make bench-sends`: durable sends a second and what their senders wait, beside what the databases do without us.
//!
//! **Invariant.** Every run is checked against what the database holds before its figure is shown, and nothing is
//! measured on a store that does not wait for its disk.

mod args;
mod database;
mod disk;
mod figures;
mod ledger;
mod ours;
mod outcome;
mod pgbench;
mod plan;
mod postgres;
mod raw_sqlite;
mod report;
mod serving;
mod stored;
mod teams;
mod trouble;

use std::process::ExitCode;
use std::time::Duration;

use args::{Args, Engine};
use clap::Parser;
use database::Database;
use load::noise::Watch;
use load::rounds::turns;
use outcome::Outcome;
use plan::{Contestant, Plan};
use postgres::Postgres;
use report::Report;
use trouble::Trouble;

fn main() -> ExitCode {
    let args = Args::parse();
    match bench(&args) {
        Ok(report) => {
            report.print(args.json);
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("bench-sends: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn bench(args: &Args) -> Result<Report, Trouble> {
    let plan = Plan::of(args);
    if args.engines().contains(&Engine::Postgres) {
        postgres::begin_again_with_a_server()?;
    }
    let mut report = Report::default();
    for engine in args.engines() {
        let place = Place::open(engine)?;
        for turn in turns(plan.contestants().len(), plan.rounds) {
            let contestant = plan.contestants()[turn.contestant];
            let outcome = place.run(&plan, contestant)?;
            eprintln!("round {} {engine} {contestant}: {outcome}", turn.round + 1);
            outcome.counters.verdict().map_err(Trouble::at(format!("{engine} {contestant}")))?;
            report.add(engine, contestant, &outcome);
        }
    }
    Ok(report)
}

/// Where an engine keeps its data for this bench; gone when dropped.
enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(Postgres),
}

impl Place {
    fn open(engine: Engine) -> Result<Self, Trouble> {
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

    fn run(&self, plan: &Plan, contestant: Contestant) -> Result<Outcome, Trouble> {
        match contestant {
            Contestant::Ours(cell) => ours::run(plan, cell, &self.database()?, &self.servers()),
            Contestant::Generator(load) => ours::run_alone(plan, load),
            Contestant::Peer { rows } => {
                let watch = Watch::start(&self.servers());
                let outcome = self.peer(rows, plan.measure)?;
                Ok(Outcome { noise: watch.stop(), ..outcome })
            }
        }
    }

    fn peer(&self, rows: usize, measure: Duration) -> Result<Outcome, Trouble> {
        match self {
            Self::Sqlite(folder) => raw_sqlite::run(folder.path(), rows, measure),
            Self::Postgres(postgres) => pgbench::run(postgres, rows, measure),
        }
    }

    fn database(&self) -> Result<Database, Trouble> {
        match self {
            Self::Sqlite(folder) => Ok(Database::in_folder(folder.path())),
            Self::Postgres(postgres) => Database::on(postgres),
        }
    }
}
