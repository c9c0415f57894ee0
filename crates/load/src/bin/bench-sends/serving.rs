//! A store at work on one database, as the server runs it.

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use store::clock::SystemClock;
use store::{DigestKey, Engine, Limits, Sqlite, SqliteOptions, Store};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::trouble::Trouble;

pub struct Serving {
    pub store: Store,
    tasks: JoinSet<()>,
    /// Ends with us: it never ends by itself.
    upkeep: JoinSet<()>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Serving {
    pub fn start(database: &Database) -> Result<Self, Trouble> {
        let opened = open(database)?;
        let own_thread = opened.engine.shape().own_thread;
        let store = Store::new(opened.engine, DigestKey([7; 32]), Limits::default());
        let mut serving = Self { store, tasks: JoinSet::new(), upkeep: JoinSet::new(), threads: Vec::new() };
        for upkeep in opened.upkeep {
            serving.upkeep.spawn(upkeep);
        }
        for lane in serving.store.lanes() {
            if own_thread {
                let runtime = Handle::current();
                let run = move || runtime.block_on(lane);
                let thread = thread::Builder::new().name("store.lane".to_owned()).spawn(run);
                serving.threads.push(thread.map_err(Trouble::at("a thread for the lane"))?);
            } else {
                serving.tasks.spawn(lane);
            }
        }
        serving.tasks.spawn(serving.store.clone().watch_patience());
        Ok(serving)
    }

    /// Everything that waits is carried out first.
    pub async fn stop(mut self) {
        self.store.close();
        self.tasks.join_all().await;
        for thread in self.threads {
            // A lane that panicked left orders without an answer, which the counters show.
            drop(thread.join());
        }
        self.upkeep.shutdown().await;
    }
}

/// The engine, and what must run beside it as long as it serves.
struct Opened {
    engine: Arc<dyn Engine>,
    upkeep: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

fn open(database: &Database) -> Result<Opened, Trouble> {
    match database {
        Database::Sqlite { file } => {
            let sqlite = Sqlite::open(file, Arc::new(SystemClock), &SqliteOptions::default());
            let sqlite = Arc::new(sqlite.map_err(Trouble::at("opening SQLite"))?);
            Ok(Opened { engine: sqlite.clone(), upkeep: vec![Box::pin(sqlite.checkpoints())] })
        }
        Database::Postgres { .. } => Err(Trouble::new("PostgreSQL is not wired in yet")),
    }
}
