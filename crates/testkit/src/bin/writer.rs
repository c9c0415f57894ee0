//! One server without HTTP, to be killed: people in it send, and it prints what they try and what they are told.
//! `testkit::process` starts it and listens.

use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use domain::By;
use store::clock::SystemClock;
use store::{DigestKey, Engine, Limits, Postgres, PostgresOptions, Sqlite, SqliteOptions, Store};
use testkit::process::{Room, open_end, talk};

struct Arguments {
    kind: String,
    place: String,
    by: By,
    channel: domain::ChannelId,
    name: u64,
    senders: usize,
    pause: Duration,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut words = std::env::args().skip(1);
        let (kind, place) = (words.next()?, words.next()?);
        let by = By::new(next(&mut words)?, next(&mut words)?);
        let (channel, name) = (next(&mut words)?, next(&mut words)?);
        let (senders, pause) = (next(&mut words)?, Duration::from_millis(next(&mut words)?));
        Some(Self { kind, place, by, channel, name, senders, pause })
    }
}

fn next<T: FromStr>(words: &mut impl Iterator<Item = String>) -> Option<T> {
    words.next()?.parse().ok()
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        eprintln!(
            "usage: writer (sqlite FILE | postgres DSN) WORKSPACE ACCOUNT CHANNEL NAME SENDERS PAUSE_MS"
        );
        return ExitCode::from(2);
    };
    match serve(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("writer {}: {why}", arguments.name);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "its tasks end with the process: that is what is tested")]
async fn serve(arguments: &Arguments) -> Result<(), String> {
    let open = std::io::stdin().lock().lines().map_while(Result::ok).filter_map(|line| open_end(&line));
    let open: Vec<_> = open.collect();
    let words = |error: store::StoreError| error.to_string();
    let engine: Arc<dyn Engine> = if arguments.kind == "sqlite" {
        let (clock, options) = (Arc::new(SystemClock), SqliteOptions::default());
        let engine = Arc::new(Sqlite::open(Path::new(&arguments.place), clock, &options).map_err(words)?);
        tokio::spawn(Arc::clone(&engine).checkpoints());
        engine
    } else {
        let dsn = arguments.place.parse().map_err(|error: store::pg::DsnError| error.to_string())?;
        Arc::new(Postgres::new(PostgresOptions::new(dsn)))
    };
    let store = Store::new(engine, DigestKey([7; 32]), Limits::default());
    let lanes: Vec<_> = store.lanes().into_iter().map(tokio::spawn).collect();
    tokio::spawn(store.clone().watch_patience());
    let room = Room { store: store.clone(), by: arguments.by, channel: arguments.channel };
    talk(&room, open, arguments.name, arguments.senders, arguments.pause).await;
    store.close();
    for lane in lanes {
        drop(lane.await);
    }
    Ok(())
}
