//! `make chaos`: real deaths for some minutes under load, half of them on a file, half on PostgreSQL with a quorum; then for
//! as many minutes on a fleet with people at its sockets. Prints what was killed, what people were told and what they heard,
//! and fails when anything acknowledged was not so, or was not heard once, in order, and by those alone who sit there.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use testkit::chaos::{Tally, storm_on_a_file, storm_on_a_fleet, storm_on_a_quorum};
use tokio::signal::unix::{SignalKind, signal};

struct Arguments {
    minutes: f64,
    seed: u64,
    /// Messages a second on the fleet.
    rate: f64,
    stores: bool,
    sockets: bool,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut words = std::env::args().skip(1);
        let mut arguments = Self { minutes: 10.0, seed: 1, rate: 2_000.0, stores: true, sockets: true };
        while let Some(name) = words.next() {
            let value = words.next()?;
            match name.as_str() {
                "--minutes" => arguments.minutes = value.parse().ok().filter(|minutes| *minutes > 0.0)?,
                "--seed" => arguments.seed = value.parse().ok()?,
                "--rate" => arguments.rate = value.parse().ok().filter(|rate| *rate > 0.0)?,
                "--only" => (arguments.stores, arguments.sockets) = (value == "stores", value == "sockets"),
                _ => return None,
            }
        }
        Some(arguments)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        eprintln!("usage: chaos [--minutes 10] [--seed 1] [--rate 2000] [--only stores|sockets]");
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
    let on_stores = !arguments.stores || rage_on_stores(arguments).await;
    let on_sockets = !arguments.sockets || rage_on_sockets(arguments).await;
    on_stores && on_sockets
}

async fn rage_on_stores(arguments: &Arguments) -> bool {
    let half = Duration::from_secs_f64(arguments.minutes * 30.0);
    let writer = beside_us("writer");
    eprintln!("seed {}, {} s on each engine", arguments.seed, half.as_secs());
    let on_a_file = storm_on_a_file(&writer, arguments.seed, half).await;
    println!("one server on a file\n{on_a_file}");
    let on_a_quorum = storm_on_a_quorum(&writer, arguments.seed, half).await;
    println!("two servers behind PgBouncer, a primary and two replicas with a quorum of one\n{on_a_quorum}");
    [on_a_file, on_a_quorum].iter().all(Tally::is_right)
}

async fn rage_on_sockets(arguments: &Arguments) -> bool {
    let (server, long) = (beside_us("rookery"), Duration::from_secs_f64(arguments.minutes * 60.0));
    eprintln!("seed {}, {} s on a fleet", arguments.seed, long.as_secs());
    let count = storm_on_a_fleet(&server, arguments.seed, long, arguments.rate).await;
    println!(
        "two API nodes and two gateways behind PgBouncer, a primary and two replicas with a quorum of one, Redis\n{count}"
    );
    count.is_right()
}

/// Built with us, in the same folder.
fn beside_us(name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("we are a program").with_file_name(name);
    let how = "cargo build --release -p testkit -p rookery --bins";
    assert!(program.exists(), "{} is missing: {how}", program.display());
    program
}
