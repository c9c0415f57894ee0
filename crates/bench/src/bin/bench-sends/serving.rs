//! A store at work on one database, as the server runs it.

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use store::clock::SystemClock;
use store::pg::Dsn;
use store::{DigestKey, Engine, Limits, Postgres, PostgresOptions, Sqlite, SqliteOptions, Store};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::database::{Database, address_with};
use load::trouble::Trouble;

pub struct Serving {
    pub store: Store,
    tasks: JoinSet<()>,
    /// Ends with us: it never ends by itself.
    upkeep: JoinSet<()>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Serving {
    pub async fn start(database: &Database) -> Result<Self, Trouble> {
        let opened = open(database).await?;
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

async fn open(database: &Database) -> Result<Opened, Trouble> {
    match database {
        Database::Sqlite { file } => {
            let sqlite = Sqlite::open(file, Arc::new(SystemClock), &SqliteOptions::default());
            let sqlite = Arc::new(sqlite.map_err(Trouble::at("opening SQLite"))?);
            Ok(Opened { engine: sqlite.clone(), upkeep: vec![Box::pin(sqlite.checkpoints())] })
        }
        Database::Postgres { server, name } => {
            let address = address_with(server, "dbname", name);
            let writer = address_with(&address, "user", name);
            let mut options = PostgresOptions::new(dsn(&address)?);
            options.writer = Some(dsn(&writer)?);
            let postgres = Postgres::open(options).await.map_err(Trouble::at("opening PostgreSQL"))?;
            let postgres = Arc::new(postgres);
            Ok(Opened { engine: postgres.clone(), upkeep: vec![Box::pin(postgres.watch())] })
        }
    }
}

fn dsn(address: &str) -> Result<Dsn, Trouble> {
    address.parse().map_err(Trouble::at(format!("the address {address}")))
}
