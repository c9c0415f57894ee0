use std::sync::Arc;
use std::time::Duration;

use domain::{AccountId, By, Command, Key, WorkspaceId};
use store::clock::{SystemClock, new_key};
use store::pg::Dsn;
use store::{DigestKey, Done, Limits, NotDone, Order, Postgres, PostgresOptions, Store};
use tokio::task::JoinSet;

/// A process of the fleet, as far as the store knows.
pub struct Node {
    pub store: Store,
    pub engine: Arc<Postgres>,
    lanes: JoinSet<()>,
}

impl Node {
    pub async fn at(dsn: Dsn) -> Self {
        Self::with(PostgresOptions::new(dsn)).await
    }
    pub async fn with(options: PostgresOptions) -> Self {
        let engine = Arc::new(Postgres::open(options).await.expect("the engine opens"));
        // However long a busy machine takes for a crowd that comes at once.
        let limits = Limits { patience: Duration::from_mins(1), ..Limits::default() };
        let store = Store::new(Arc::clone(&engine) as _, DigestKey([7; 32]), limits);
        let mut lanes = JoinSet::new();
        for lane in store.lanes() {
            lanes.spawn(lane);
        }
        lanes.spawn(store.clone().watch_patience());
        Self { store, engine, lanes }
    }
    pub async fn does(&self, by: By, command: impl Command + 'static) -> Result<Done, NotDone> {
        self.does_as(by, key(), command).await
    }
    pub async fn does_as(&self, by: By, key: Key, command: impl Command + 'static) -> Result<Done, NotDone> {
        self.store.execute(Order { by, key, command: Box::new(command) }).await
    }
    pub async fn stops(mut self) {
        self.store.close();
        while self.lanes.join_next().await.is_some() {}
    }
}

pub fn key() -> Key {
    new_key(&SystemClock)
}
pub fn by(workspace: WorkspaceId, account: AccountId) -> By {
    By::new(workspace, account)
}
