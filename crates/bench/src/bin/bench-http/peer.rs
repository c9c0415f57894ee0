//! What runs beside us, each as a process of its own: started here, and what it does there.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use domain::text::{MessageText, Name};
use domain::verbs::{Found, Making, Send};
use domain::{AccountId, By, ChannelId, WorkspaceId};
use load::closed::Closed;
use load::latency::Latency;
use load::run::{Answer, Run};
use reading::messages::Run as Numbers;
use reading::{people, standing};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use store::clock::{SystemClock, new_key};
use store::{DigestKey, Engine, Limits, Order, Query, Sqlite, SqliteOptions, Store};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::args::PeerRun;
use crate::ours::{PAGE, WARM_UP, windows};
use crate::town::{BODY_BYTES, CHANNELS};
use crate::turn::{Outcome, Told};
use load::process::{cpu_of, each};
use load::trouble::Trouble;

/// Starts ourselves again as a peer, and reads its one line.
pub fn start(arguments: &[String]) -> Result<Outcome, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::at("our own binary"))?;
    let ended = Command::new(own).args(arguments).output().map_err(Trouble::at("a peer"))?;
    if !ended.status.success() {
        return Err(Trouble::new(format!("a peer failed: {}", String::from_utf8_lossy(&ended.stderr))));
    }
    let told: Told = serde_json::from_slice(&ended.stdout).map_err(Trouble::at("a peer's line"))?;
    Ok(told.into())
}

pub fn run(peer: &PeerRun) -> Result<Told, Trouble> {
    match peer {
        PeerRun::Stub { bytes } => {
            crate::stub::serve(*bytes)?;
            Ok(Told::default())
        }
        PeerRun::Store { folder, callers, seconds } => {
            let runtime = Runtime::new().map_err(Trouble::at("a runtime"))?;
            runtime.block_on(sends(folder, *callers, Duration::from_secs(*seconds)))
        }
        PeerRun::Pages { file, workspace, account, channel, last, callers, seconds } => {
            let id = |text: &str| Trouble::new(format!("not an id: {text}"));
            let by = By::new(
                workspace.parse().map_err(|_| id(workspace))?,
                account.parse().map_err(|_| id(account))?,
            );
            let channel = channel.parse().map_err(|_| id(channel))?;
            pages(file, by, channel, *last, *callers, Duration::from_secs(*seconds))
        }
    }
}

/// The store as the server runs it, without anything in front.
async fn sends(folder: &Path, callers: usize, measure: Duration) -> Result<Told, Trouble> {
    let file = folder.join(format!("store-{callers}-{}.db", std::process::id()));
    let sqlite = Sqlite::open(&file, Arc::new(SystemClock), &SqliteOptions::default());
    let sqlite = Arc::new(sqlite.map_err(Trouble::at("opening the store"))?);
    let mut beside = JoinSet::new();
    beside.spawn(sqlite.clone().checkpoints());
    let store = Store::new(sqlite as Arc<dyn Engine>, DigestKey([7; 32]), Limits::default());
    let runtime = tokio::runtime::Handle::current();
    for lane in store.lanes() {
        let runtime = runtime.clone();
        let named = thread::Builder::new().name("store.lane".to_owned());
        // Ends with the process, which ends with its line.
        drop(named.spawn(move || runtime.block_on(lane)).map_err(Trouble::at("a thread"))?);
    }
    beside.spawn(store.clone().watch_patience());
    let (by, channels) = found(&store).await?;
    let text = "x".repeat(BODY_BYTES);
    let load = Closed { callers, warm_up: WARM_UP, measure };
    let began = cpu_of(std::process::id());
    let run = load
        .run(move |call| {
            let channel = channels[(call.caller + call.turn as usize) % CHANNELS];
            let (store, text) = (store.clone(), text.clone());
            async move {
                let sending = MessageText::new(text).and_then(|text| Send::new(channel, text));
                let Ok(command) = sending else { return Answer::Refused };
                let order = Order { by, key: new_key(&SystemClock), command: Box::new(command) };
                store.execute(order).await.map_or(Answer::Refused, |_| Answer::Acknowledged)
            }
        })
        .await;
    run.counters.verdict().map_err(Trouble::at("the store alone"))?;
    Ok(told(&run, cpu_of(std::process::id()).saturating_sub(began)))
}

async fn found(store: &Store) -> Result<(By, Vec<ChannelId>), Trouble> {
    let fresh = || new_key(&SystemClock);
    let channels: Vec<ChannelId> = (0..CHANNELS).map(|_| ChannelId::new(fresh())).collect();
    let (workspace, owner) = (WorkspaceId::new(fresh()), AccountId::new(fresh()));
    let name = |at: usize| Name::new(&format!("channel {at}")).map(|name| name.as_str().to_owned());
    let named = channels.iter().enumerate().filter_map(|(at, id)| Some((*id, name(at).ok()?)));
    let making = Making {
        workspace,
        name: "Rooks".to_owned(),
        owner,
        owner_name: "Ada".to_owned(),
        channels: named.collect(),
    };
    let by = By::new(workspace, owner);
    let order = Order { by, key: fresh(), command: Box::new(Found { making }) };
    store.execute(order).await.map_err(Trouble::at("founding a team"))?;
    Ok((by, channels))
}

/// The statements of a page and of its people, on one snapshot, every column read.
fn pages(
    file: &Path,
    by: By,
    channel: ChannelId,
    last: u64,
    callers: usize,
    measure: Duration,
) -> Result<Told, Trouble> {
    let began = cpu_of(std::process::id());
    let start = Instant::now() + WARM_UP;
    let end = start + measure;
    let each_caller = |number: usize| {
        let file = file.to_owned();
        move || -> rusqlite::Result<(u64, Latency)> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let database = Connection::open_with_flags(&file, flags)?;
            // Planned once: raw is the best one can do, not the first thing that works.
            database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            let befores: Vec<u64> = windows(last).collect();
            let (mut all, mut latency) = (0_u64, Latency::default());
            let mut asked = Instant::now();
            while asked < end {
                let before = befores[(number * 7 + all as usize) % befores.len()];
                page(&database, by, channel, before)?;
                let answered = Instant::now();
                if (start..end).contains(&answered) {
                    latency.record(answered - asked);
                }
                asked = answered;
                all += 1;
            }
            Ok((all, latency))
        }
    };
    let threads: Vec<_> =
        (0..callers).map(|number| thread::Builder::new().spawn(each_caller(number))).collect();
    let (mut all, mut latency) = (0, Latency::default());
    for thread in threads {
        let thread = thread.map_err(Trouble::at("a thread"))?;
        let ended = thread.join().map_err(|_| Trouble::new("a raw reader panicked"))?;
        let (count, waited) = ended.map_err(Trouble::at("raw SQLite"))?;
        all += count;
        latency.merge(&waited);
    }
    let cpu = cpu_of(std::process::id()).saturating_sub(began);
    let per_second = latency.count() as f64 / measure.as_secs_f64();
    let p99_us = u64::try_from(latency.percentiles().p99.as_micros()).unwrap_or(u64::MAX);
    Ok(Told { per_second, cpu_us: each(cpu, all), p99_us })
}

const HEAD: &str = "SELECT epoch, position, fence FROM head WHERE workspace = ?1";

fn page(database: &Connection, by: By, channel: ChannelId, before: u64) -> rusqlite::Result<()> {
    let snapshot = database.unchecked_transaction()?;
    let head = Query { sql: HEAD, values: vec![domain::cell::Value::of(&by.workspace)] };
    let numbers = Numbers { channel, thread: 0 };
    let mut bytes = 0;
    for query in [head, standing::query(by, channel), numbers.before(before, PAGE as u32)] {
        bytes += read(&snapshot, &query)?;
    }
    for query in people::named(by.workspace, &[by.account]) {
        bytes += read(&snapshot, &query)?;
    }
    snapshot.commit()?;
    assert!(bytes > PAGE as usize * BODY_BYTES, "a page without its messages is no peer");
    Ok(())
}

/// Every column of every row, kept as its own value until the row is done.
fn read(database: &Connection, query: &Query) -> rusqlite::Result<usize> {
    let mut statement = database.prepare_cached(query.sql)?;
    for (at, value) in query.values.iter().enumerate() {
        use domain::cell::Value;
        match value {
            Value::Null => statement.raw_bind_parameter(at + 1, rusqlite::types::Null)?,
            Value::Int(number) => statement.raw_bind_parameter(at + 1, number)?,
            Value::Text(text) => statement.raw_bind_parameter(at + 1, text.as_str())?,
            Value::Blob(bytes) => statement.raw_bind_parameter(at + 1, bytes.as_slice())?,
        }
    }
    let columns = statement.column_count();
    let (mut rows, mut bytes) = (statement.raw_query(), 0);
    while let Some(row) = rows.next()? {
        let mut kept: Vec<Vec<u8>> = Vec::with_capacity(columns);
        for column in 0..columns {
            kept.push(match row.get_ref(column)? {
                ValueRef::Null => Vec::new(),
                ValueRef::Integer(number) => number.to_be_bytes().to_vec(),
                ValueRef::Real(number) => number.to_be_bytes().to_vec(),
                ValueRef::Text(text) => text.to_vec(),
                ValueRef::Blob(blob) => blob.to_vec(),
            });
        }
        bytes += kept.iter().map(Vec::len).sum::<usize>();
    }
    Ok(bytes)
}

fn told(run: &Run, cpu: Duration) -> Told {
    Told {
        per_second: run.per_second(),
        cpu_us: each(cpu, run.counters.sent),
        p99_us: u64::try_from(run.latency.percentiles().p99.as_micros()).unwrap_or(u64::MAX),
    }
}
