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
mod place;
mod plan;
mod postgres;
mod raw_sqlite;
mod report;
mod serving;
mod sheet;
mod stored;
mod teams;

use std::process::ExitCode;

use args::{Args, Engine};
use clap::Parser;
use load::rounds::turns;
use load::trouble::Trouble;
use place::Place;
use plan::Plan;
use report::Report;

fn main() -> ExitCode {
    let args = Args::parse();
    match bench(&args) {
        Ok(report) => {
            report.print(args.json, args.lines);
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
        bench::services::begin_again_with_postgres()?;
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
