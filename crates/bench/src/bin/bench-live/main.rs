//! `make bench-live`: what a socket costs, and how fast one message reaches many; beside peers in the same run.
//!
//! **Invariant.** Servers and sockets are processes of their own, charged by the kernel; a stretch in which anything was
//! lost, doubled, out of order, torn or heard by the wrong one has no figure, and where it was ours the run fails.

#![allow(
    clippy::disallowed_methods,
    reason = "the generator stands outside of what it measures: its clock is the machine's, its threads are its own"
)]

mod args;
mod asking;
mod contestant;
mod course;
mod figures;
mod fleet;
mod floor;
mod recovery;
mod report;
mod rooms;
mod rows;
mod stand;
mod storm;
mod team;

use std::path::PathBuf;
use std::process::ExitCode;

use args::{Args, Helper, Row};
use clap::Parser;
use load::swarm::errand;
use load::trouble::Trouble;
use report::Report;
use rows::Bench;
use stand::Ground;

const BENCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench");

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("bench-live: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Trouble> {
    match args.helper {
        Some(Helper::Party) => {
            return errand::serve(std::io::stdin().lock(), std::io::stdout().lock())
                .map_err(Trouble::at("a party of sockets"));
        }
        Some(Helper::Floor { port }) => return floor::serve(port).map_err(Trouble::at("the floor")),
        None => {}
    }
    if args.rows.iter().any(|row| matches!(row, Row::Tail | Row::Many)) {
        bench::services::begin_again_with_postgres()?;
    }
    let temporary = tempfile::tempdir().map_err(Trouble::at("a folder"))?;
    let folder = args.folder.clone().unwrap_or_else(|| temporary.path().to_owned());
    let folder = std::path::absolute(folder).map_err(Trouble::at("a folder"))?;
    std::fs::create_dir_all(&folder).map_err(Trouble::at("a folder"))?;
    let ground = Ground { rookery: course::rookery(args)?, bench: PathBuf::from(BENCH), folder };
    let mut bench = Bench { ground: &ground, args, sizes: args.sizes(), report: Report::default() };
    let done = course::run(&mut bench);
    bench.report.print(args.lines);
    done?;
    match figures::slopes(&bench.report).as_slice() {
        [] => Ok(()),
        slopes => Err(Trouble::new(format!("something grows over time: {}", slopes.join(", ")))),
    }
}
