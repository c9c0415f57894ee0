//! SQLite in the data folder: one file for the directory and the one shard.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use service::Places;
use store::clock::Clock;
use store::migrate::Part;
use store::{Engine, Limits, Sqlite, SqliteOptions, Store, StoreError, secrets};

use super::backend::{Backend, Database};
use super::tasks;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

const FILE: &str = "rookery.db";

pub fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

pub fn is_there(data: &Path) -> bool {
    file(data).exists()
}

/// The store with its lanes running. The folder is held by this process, so nobody else has the file open.
pub async fn open(data: &Path, clock: &Arc<dyn Clock>, lifecycle: &Lifecycle) -> Result<Backend, Failure> {
    let (place, at) = (file(data), clock.clone());
    let failed = |error: StoreError| Failure::Failed(format!("the store {}: {error}", file(data).display()));
    let opened =
        lifecycle.on_thread("store.open", move || Sqlite::open(&place, at, &SqliteOptions::default())).await;
    let engine = Arc::new(opened.map_err(|error| Failure::Failed(error.to_string()))?.map_err(failed)?);
    let key = secrets::digest_key(engine.as_ref()).await.map_err(failed)?;
    let store = Store::new(engine.clone() as Arc<dyn Engine>, key, Limits::default());
    tasks::run_store(&store, lifecycle);
    checkpoints(engine.clone(), lifecycle);
    let databases = vec![Database { engine, store: store.clone(), parts: Part::ALL, postgres: None }];
    Ok(Backend { places: Places::together(store), databases, share: None, is_embedded: true })
}

/// Moves the log into the file beside the writer; at the very end writes down how far the file is.
fn checkpoints(engine: Arc<Sqlite>, lifecycle: &Lifecycle) {
    lifecycle.spawn_base("store.checkpoints", |stop| async move {
        tokio::select! {
            () = stop.soft() => {}
            () = engine.clone().checkpoints() => {}
        }
        engine.settle().await;
        Ok(())
    });
}
