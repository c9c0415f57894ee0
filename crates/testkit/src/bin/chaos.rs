//! `make chaos`: real deaths for some minutes under load, half of them on a file, half on PostgreSQL with a quorum.
//! Prints what was killed and what people were told, and fails when anything acknowledged was not so.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use testkit::chaos::{Tally, storm_on_a_file, storm_on_a_quorum};
use tokio::signal::unix::{SignalKind, signal};

struct Arguments {
    minutes: f64,
    seed: u64,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut words = std::env::args().skip(1);
        let mut arguments = Self { minutes: 10.0, seed: 1 };
        while let Some(name) = words.next() {
            let value = words.next()?;
            match name.as_str() {
                "--minutes" => arguments.minutes = value.parse().ok().filter(|minutes| *minutes > 0.0)?,
                "--seed" => arguments.seed = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(arguments)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        eprintln!("usage: chaos [--minutes 10] [--seed 1]");
        return ExitCode::from(2);
    };
    let mut stop = signal(SignalKind::terminate()).expect("signals can be heard");
    // Whoever is dropped here ends the processes it started.
    tokio::select! {
        right = rage(&arguments) => if right { ExitCode::SUCCESS } else { ExitCode::FAILURE },
        _ = tokio::signal::ctrl_c() => ExitCode::from(130),
        _ = stop.recv() => ExitCode::from(143),
    }
}

async fn rage(arguments: &Arguments) -> bool {
    let half = Duration::from_secs_f64(arguments.minutes * 30.0);
    let writer = beside_us("writer");
    eprintln!("seed {}, {} s on each engine", arguments.seed, half.as_secs());
    let on_a_file = storm_on_a_file(&writer, arguments.seed, half).await;
    println!("one server on a file\n{on_a_file}");
    let on_a_quorum = storm_on_a_quorum(&writer, arguments.seed, half).await;
    println!("two servers behind PgBouncer, a primary and two replicas with a quorum of one\n{on_a_quorum}");
    [on_a_file, on_a_quorum].iter().all(Tally::is_right)
}

/// Built with us, in the same folder.
fn beside_us(name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("we are a program").with_file_name(name);
    assert!(program.exists(), "{} is missing: cargo build --release -p testkit --bins", program.display());
    program
}
