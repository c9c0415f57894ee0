//! `make schedules`: many seeded schedules of commands, kills, faults and clock jumps. Prints what happened and what
//! went wrong, and fails if anything did. `--seed N` runs one again.

use std::path::Path;
use std::process::ExitCode;

use testkit::fault::Fault;
use testkit::schedule::{Tally, run};
use testkit::{Backend, FakeClock, Ground, Team, Wrongs};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut count, mut from) = (20_000, 0);
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
        match (name.as_str(), value) {
            ("--count", Some(value)) => count = value,
            ("--from", Some(value)) => from = value,
            ("--seed", Some(value)) => (from, count) = (value, 1),
            _ => {
                eprintln!("usage: schedules [--count N] [--from SEED] | --seed SEED");
                return ExitCode::from(2);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let tally = runtime.expect("a runtime").block_on(all(from, count));
    tell(&tally);
    if tally.wrongs == Wrongs::default() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn all(from: u64, count: u64) -> Tally {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let teams = [Team::set_up(&node).await, Team::another(&node, "Second").await];
    node.stop().await;
    let folder = tempfile::tempdir_in(fast_disk()).expect("a folder");
    let mut sum = Tally::default();
    for seed in from..from + count {
        let file = folder.path().join("rookery.db");
        for name in ["rookery.db", "rookery.db-wal", "rookery.db-shm", "rookery.db.mark"] {
            drop(std::fs::remove_file(folder.path().join(name)));
        }
        std::fs::copy(ground.file(), &file).expect("a copy");
        let tally = run(seed, &file, teams, FakeClock::default()).await;
        if tally.wrongs != Wrongs::default() {
            println!("seed {seed}: {:?}", tally.wrongs);
        }
        sum.add(&tally);
        if sum.schedules % 1_000 == 0 {
            eprintln!("{} schedules", sum.schedules);
        }
    }
    sum
}

/// Memory where there is some: what a sync leaves out is tested apart.
fn fast_disk() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

fn tell(tally: &Tally) {
    println!("schedules {}", tally.schedules);
    println!(
        "commands {} ({} acknowledged, {} refused, {} retried)",
        tally.commands, tally.acknowledged, tally.refused, tally.retries
    );
    println!("kills {}", tally.kills);
    println!("clock jumps {}", tally.jumps);
    for (fault, count) in Fault::ALL.iter().zip(&tally.faults) {
        println!("fault {fault:?} {count}");
    }
    let Wrongs { lost, doubled, reordered, holes } = tally.wrongs;
    println!("{lost} lost, {doubled} doubled, {reordered} reordered, {holes} holes");
}
