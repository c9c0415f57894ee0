//! Part of `make schedules`: many seeded schedules of a fleet with sockets. Prints what happened and what went wrong, and
//! fails if anything did. `--seed N` runs one again, and says what it heard.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fleet::{Scene, Tally, run};
use tokio::time::Instant;

struct Arguments {
    count: u64,
    from: u64,
    jobs: usize,
}

impl Arguments {
    fn read() -> Option<Self> {
        let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut arguments = Self { count: 10_000, from: 0, jobs };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let value = words.next()?.parse().ok()?;
            match name.as_str() {
                "--count" => arguments.count = value,
                "--from" => arguments.from = value,
                "--jobs" => arguments.jobs = value as usize,
                "--seed" => (arguments.from, arguments.count) = (value, 1),
                _ => return None,
            }
        }
        Some(arguments)
    }
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        eprintln!("usage: fleet-schedules [--count 10000] [--from SEED] [--jobs N] | --seed SEED");
        return ExitCode::from(2);
    };
    let began = Instant::now();
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.count;
    let mut sum = Tally::default();
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..arguments.jobs.max(1)).map(|_| scope.spawn(|| works(&next, end))).collect();
        jobs.into_iter().for_each(|job| sum.add(job.join().expect("a job ends")));
    });
    println!("{sum}");
    println!("trace {:016x}, {:.1} schedules a second", sum.trace, a_second(sum.schedules, began.elapsed()));
    if sum.wrongs.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn a_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(f64::EPSILON)
}

/// One thread's share: whichever seed is next.
fn works(next: &AtomicU64, end: u64) -> Tally {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let scene = alone(Scene::set());
    let mut sum = Tally::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return sum;
        }
        let tally = alone(run(seed, &scene, folder.path(), None));
        for words in &tally.words {
            println!("seed {seed}: {words}");
        }
        if !tally.wrongs.is_none() {
            println!("seed {seed}: {:?}", tally.wrongs);
        }
        sum.add(tally);
        if seed % 1_000 == 999 {
            eprintln!("{} schedules begun", seed + 1);
        }
    }
}

/// On a thread and in a time of its own.
fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}
