//! A database of one's own for a test, on any engine, that outlives the nodes that use it.

pub mod database;

use std::path::PathBuf;
use std::sync::Arc;

use store::{Engine, Postgres, PostgresOptions, Sqlite, SqliteOptions};
use tempfile::TempDir;

use self::database::Database;
use crate::clock::FakeClock;
use crate::fault::Faulty;
use crate::node::Node;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    PgBouncer,
}

/// One database, and the clock everything on it goes by.
pub struct Ground {
    pub backend: Backend,
    pub clock: FakeClock,
    /// Whether gateways here accept by themselves, as a process does that is nothing else.
    pub own_door: bool,
    place: Place,
}

enum Place {
    File(TempDir),
    Database(Database),
}

impl Ground {
    pub async fn on(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let place = Place::File(tempfile::tempdir().expect("a folder"));
                Self { backend, clock: FakeClock::default(), own_door: false, place }
            }
            Backend::Postgres | Backend::PgBouncer => {
                let place = Place::Database(Database::fresh().await);
                Self { backend, clock: FakeClock::going(), own_door: false, place }
            }
        }
    }

    /// A file in memory, where the machine has such a folder: for who asks thousands of times and pulls no plug.
    pub fn quick() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let (backend, clock) = (Backend::Sqlite, FakeClock::default());
        Self { backend, clock, own_door: false, place: Place::File(folder) }
    }

    pub async fn with_own_door() -> Self {
        Self { own_door: true, ..Self::on(Backend::Sqlite).await }
    }

    /// The file of an embedded ground.
    pub fn file(&self) -> PathBuf {
        match &self.place {
            Place::File(folder) => folder.path().join("rookery.db"),
            Place::Database(_) => panic!("a ground on a server has no file"),
        }
    }

    /// The database of a ground on a server.
    pub fn database(&self) -> &Database {
        match &self.place {
            Place::Database(database) => database,
            Place::File(_) => panic!("an embedded ground has no server"),
        }
    }

    /// How a node on a server reaches it, through the pooler where that is the ground.
    pub fn options(&self) -> PostgresOptions {
        let dsn = match self.backend {
            Backend::PgBouncer => self.database().pooled(),
            _ => self.database().direct(),
        };
        PostgresOptions { skew_us: self.clock.moved(), ..PostgresOptions::new(dsn) }
    }

    pub async fn engine(&self) -> Arc<dyn Engine> {
        match &self.place {
            Place::File(_) => {
                let clock = Arc::new(self.clock.clone());
                Arc::new(
                    Sqlite::open(&self.file(), clock, &SqliteOptions::default()).expect("the file opens"),
                )
            }
            Place::Database(_) => {
                Arc::new(Postgres::open(self.options()).await.expect("the database answers"))
            }
        }
    }

    /// A server's share: an engine that fails on command, and the store on it.
    pub async fn node(&self) -> Node {
        let faulty = Faulty::over(self.engine().await);
        Node::start(faulty, self.clock.clone()).await
    }
}
