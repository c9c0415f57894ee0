//! Which journals moved, asked once for everyone and said on the bus, so that not every node asks for itself.

use std::sync::Arc;
use std::time::Duration;

use domain::{Key, WorkspaceId};
use live::{Bus, Mark};
use store::follow::Discovery;
use store::lease::{self, Lease};
use store::{Store, StoreError};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{debug, info};

/// Its cursor is nowhere: what it says twice costs nothing.
const NAME: &str = "relay";
const EVERY: Duration = Duration::from_secs(1);
const HELD_FOR: Duration = Duration::from_secs(10);
const RENEWED_EVERY: Duration = Duration::from_secs(3);

/// One of the relays of an installation; whoever holds the lease works, the others wait to take over.
pub struct Relay {
    /// The directory's first: the lease lies there.
    databases: Vec<Watched>,
    bus: Arc<dyn Bus>,
    holder: Key,
    held: Option<(Lease, Instant)>,
}

struct Watched {
    store: Store,
    discovery: Discovery,
    was_shut: bool,
}

impl Relay {
    /// `stores` are all databases of the installation: one that cannot be asked leaves everyone to ask for themselves.
    pub fn new(stores: Vec<Store>, bus: Arc<dyn Bus>, holder: Key) -> Self {
        let watch = |store| Watched { store, discovery: Discovery::new(NAME), was_shut: false };
        Self { databases: stores.into_iter().map(watch).collect(), bus, holder, held: None }
    }

    /// Until it is stopped; what it holds is free then.
    pub async fn run(mut self, stopped: impl Future<Output = ()>) {
        let mut turn = tokio::time::interval(EVERY);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                () = &mut stopped => break,
                _ = turn.tick() => {}
            }
            if let Err(error) = self.turn().await {
                debug!(%error, "nobody is told what moved: {error}");
            }
        }
        if let (Some((lease, _)), Some(first)) = (self.held.take(), self.databases.first()) {
            lease.release(first.store.engine().as_ref()).await.ok();
        }
    }

    /// Looks once, if it is ours to look. Gives whether it was.
    pub async fn turn(&mut self) -> Result<bool, StoreError> {
        if !self.holds().await? {
            return Ok(false);
        }
        let mut moved = Vec::new();
        for database in &mut self.databases {
            moved.extend(database.look().await?);
        }
        // Who does not hear it asks for itself.
        self.bus.watched(&moved).await.ok();
        Ok(true)
    }

    async fn holds(&mut self) -> Result<bool, StoreError> {
        let Some(first) = self.databases.first() else { return Ok(false) };
        let engine = first.store.engine().as_ref();
        if let Some((lease, renewed)) = self.held.take() {
            if renewed.elapsed() < RENEWED_EVERY {
                self.held = Some((lease, renewed));
                return Ok(true);
            }
            if lease.renew(engine, HELD_FOR).await? {
                self.held = Some((lease, Instant::now()));
                return Ok(true);
            }
        }
        let Some(lease) = lease::acquire(engine, NAME, self.holder, HELD_FOR).await? else {
            return Ok(false);
        };
        info!(term = lease.term, "this node watches for everyone what moves");
        self.held = Some((lease, Instant::now()));
        // It does not know what the one before it saw.
        self.databases.iter_mut().for_each(|database| database.discovery.ask_all());
        Ok(true)
    }
}

impl Watched {
    async fn look(&mut self) -> Result<Vec<(WorkspaceId, Mark)>, StoreError> {
        let is_shut = self.store.is_shut();
        if self.was_shut && !is_shut {
            self.discovery.ask_all();
        }
        self.was_shut = is_shut;
        let moved = self.discovery.ask(self.store.engine().as_ref()).await?;
        let mark = |head: store::follow::Cursor| Mark { epoch: head.epoch, position: head.position };
        Ok(moved.into_iter().map(|moved| (moved.workspace, mark(moved.head))).collect())
    }
}
