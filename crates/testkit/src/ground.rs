//! A database of one's own for a test, on any engine, that outlives the nodes that use it.

use std::path::PathBuf;
use std::sync::Arc;

use store::{Engine, Sqlite, SqliteOptions};
use tempfile::TempDir;

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
    place: Place,
}

enum Place {
    File(TempDir),
}

impl Ground {
    pub async fn on(backend: Backend) -> Self {
        let place = match backend {
            Backend::Sqlite => Place::File(tempfile::tempdir().expect("a folder")),
            Backend::Postgres | Backend::PgBouncer => unreachable!("comes with its engine"),
        };
        Self { backend, clock: FakeClock::default(), place }
    }

    /// The file of an embedded ground.
    pub fn file(&self) -> PathBuf {
        match &self.place {
            Place::File(folder) => folder.path().join("rookery.db"),
        }
    }

    pub async fn engine(&self) -> Arc<dyn Engine> {
        match &self.place {
            Place::File(_) => {
                let clock = Arc::new(self.clock.clone());
                Arc::new(
                    Sqlite::open(&self.file(), clock, &SqliteOptions::default()).expect("the file opens"),
                )
            }
        }
    }

    /// A server's share: an engine that fails on command, and the store on it.
    pub async fn node(&self) -> Node {
        let faulty = Faulty::over(self.engine().await);
        Node::start(faulty, self.clock.clone()).await
    }
}
