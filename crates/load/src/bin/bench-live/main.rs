//! `make bench-live`: what a socket costs, and how fast one message reaches many; beside peers in the same run.
//!
//! **Invariant.** Servers and sockets are processes of their own, charged by the kernel; a stretch in which anything was
//! lost, doubled, out of order, torn or heard by the wrong one ends the run without a figure.

#![allow(
    clippy::disallowed_methods,
    reason = "the generator stands outside of what it measures: its clock is the machine's, its threads are its own"
)]

mod args;
mod contestant;
mod figures;
mod fleet;
mod floor;
mod report;
mod rows;
mod stand;
mod storm;
mod team;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use args::{Args, Helper, Row};
use clap::Parser;
use load::swarm::errand;
use load::trouble::Trouble;
use report::{Metric, Report};
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
        fleet::begin_again_with_a_server()?;
    }
    let temporary = tempfile::tempdir().map_err(Trouble::at("a folder"))?;
    let folder = args.folder.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).map_err(Trouble::at("a folder"))?;
    let ground = Ground { rookery: rookery(args)?, bench: PathBuf::from(BENCH), folder };
    let mut bench = Bench { ground: &ground, args, sizes: args.sizes(), report: Report::default() };
    rows(&mut bench)?;
    let text = bench.report.text();
    println!("{text}");
    if let Some(page) = &args.page {
        load::page::write(page, "bench-live", &text).map_err(Trouble::at(page.display().to_string()))?;
    }
    Ok(())
}

fn rows(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    let args = bench.args;
    let wants = |row| args.rows.contains(&row);
    let sizes = bench.sizes;
    let usual = (sizes.crowd as u32, sizes.channels, 2);
    if [Row::Idle, Row::Fanout, Row::Presence, Row::Storm].into_iter().any(wants) {
        let crowd = stand::crowd(bench.ground, "usual", usual, &[])?;
        if wants(Row::Idle) {
            bench.idle(&crowd)?;
        }
        if wants(Row::Fanout) {
            bench.fanout(&crowd)?;
        }
        if wants(Row::Presence) {
            bench.presence(&crowd)?;
        }
        if wants(Row::Storm) {
            bench.changed(&crowd, (Metric::ChangedBack, Metric::ChangedRate))?;
        }
    }
    if wants(Row::Storm) {
        let (people, seats) = sizes.many_seats;
        let crowd = stand::crowd(bench.ground, "many", (people, seats, seats), &[])?;
        bench.changed(&crowd, (Metric::ManyBack, Metric::ManyRate))?;
    }
    if wants(Row::Small) {
        let crowd = stand::crowd(bench.ground, "small", (usual.0, sizes.small_channels, 10), &["--zipf"])?;
        bench.small(&crowd)?;
    }
    if wants(Row::Team) || wants(Row::Soak) {
        let people = sizes.team;
        let crowd = stand::crowd(bench.ground, "team", (people, people / 10, 10), &["--directs"])?;
        if wants(Row::Team) {
            bench.team(&crowd)?;
        }
        if wants(Row::Soak) {
            bench.soak(&crowd)?;
        }
    }
    if wants(Row::Tail) {
        bench.tail()?;
    }
    if wants(Row::Many) {
        bench.many()?;
    }
    Ok(())
}

/// The one beside this program, unless another is named.
fn rookery(args: &Args) -> Result<PathBuf, Trouble> {
    if let Some(named) = &args.rookery {
        return Ok(named.clone());
    }
    let this = std::env::current_exe().map_err(Trouble::at("this program"))?;
    let beside = this.parent().unwrap_or(Path::new(".")).join("rookery");
    if beside.exists() {
        Ok(beside)
    } else {
        Err(Trouble::new("build rookery first, or name it with --rookery"))
    }
}
