//! What the rest of Rookery holds: give it an order, and it is durable, once, or it is not done.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::WorkspaceId;
use tokio::sync::broadcast;
use tokio::time::Instant;
use traces::{Kind, Span};

use crate::answer::Answer;
use crate::judge::DigestKey;
use crate::lane::Lane;
use crate::order::{Done, NotDone, Order};
use crate::port::{Engine, Freshness, LoadFigures, Query, Seen, StoreError};
use crate::shared::{Committed, Shared};

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Nothing waits without a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Orders waiting for a lane; one more is told to come back.
    pub waiting: usize,
    /// How long an order may wait before it is told so.
    pub patience: Duration,
    pub retry_after: Duration,
    /// How long a read waits for the position it asks for.
    pub catch_up: Duration,
    /// Commits the publisher may be behind before it misses some: the bus is a hint.
    pub commits_behind: usize,
    /// What the jitter goes by; drawn by chance unless a schedule must repeat exactly.
    pub seed: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            waiting: 20_000,
            patience: Duration::from_secs(5),
            retry_after: Duration::from_secs(1),
            catch_up: Duration::from_secs(2),
            commits_behind: 4_096,
            seed: None,
        }
    }
}

/// Queues, group commit, receipts and retries live here, once, for every engine.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

impl Store {
    pub fn new(engine: Arc<dyn Engine>, digest_key: DigestKey, limits: Limits) -> Self {
        Self { shared: Arc::new(Shared::new(engine, digest_key, limits)) }
    }

    /// The lanes, to be run by whoever owns tasks. Each ends once the store is closed and nothing waits.
    pub fn lanes(&self) -> Vec<impl Future<Output = ()> + Send + use<>> {
        let lanes = self.shared.engine.shape().lanes;
        (0..lanes).map(|_| Lane { shared: Arc::clone(&self.shared) }.run()).collect()
    }

    /// Turns away who has waited too long; to be run beside the lanes. Ends with them.
    pub async fn watch_patience(self) {
        let mut tick = tokio::time::interval(Duration::from_millis(250));
        while !self.shared.is_done() {
            tick.tick().await;
            self.shared.expire();
        }
    }

    /// Durable when it returns `Ok`. Dropped while it waits, the order is still carried out: its key tells.
    pub async fn execute(&self, order: Order) -> Result<Done, NotDone> {
        let outcome = self.shared.enter(order)?;
        outcome.await.unwrap_or(Err(NotDone::Unknown))
    }

    /// One statement, as fresh as asked for.
    pub async fn read(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        query: &Query,
    ) -> Result<Seen<Answer>, StoreError> {
        let Seen { epoch, position, mut value } =
            self.look(workspace, fresh, std::slice::from_ref(query)).await?;
        Ok(Seen { epoch, position, value: value.pop().unwrap_or_default() })
    }

    /// Statements on one snapshot; a position that is not reached in time is refused, one of another epoch at once.
    pub async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        let mut traced = Span::child(Kind::Client, "store.look");
        traced.set("rookery.statements", || queries.len());
        let looked = self.look_until(workspace, fresh, queries).await;
        if looked.is_err() {
            traced.failed();
        }
        looked
    }

    async fn look_until(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        let limits = self.shared.limits();
        let until = Instant::now() + limits.catch_up;
        loop {
            let seen = self.shared.engine.look(workspace, fresh, queries).await?;
            let Freshness::AtLeast(epoch, position) = fresh else { return Ok(seen) };
            if seen.epoch != epoch {
                return Err(StoreError::OtherEpoch);
            }
            if seen.position >= position {
                return Ok(seen);
            }
            if Instant::now() >= until {
                return Err(StoreError::Saturated { retry_after: self.shared.jitter(limits.retry_after) });
            }
            tokio::time::sleep(self.shared.jitter(LOOK_AGAIN)).await;
        }
    }

    /// Every commit of this node, in order per workspace, after it is durable. Who falls behind misses some and is
    /// told how many; the journal has them.
    pub fn committed(&self) -> broadcast::Receiver<Committed> {
        self.shared.committed()
    }

    /// A secret of this installation's own, the same every time it is asked for.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.shared.digest_key().derive(purpose, parts)
    }

    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.shared.engine
    }
    /// Whether a commit is unresolved, so that nothing is written just now.
    pub fn is_shut(&self) -> bool {
        self.shared.is_shut()
    }
    pub fn waiting(&self) -> usize {
        self.shared.waiting()
    }
    pub fn load_figures(&self) -> LoadFigures {
        self.shared.engine.load_figures()
    }
    /// Soft stop: takes no more orders; the lanes finish what waits.
    pub fn close(&self) {
        self.shared.close();
    }
    /// Hard stop: who waits is told that nothing was tried.
    pub fn abandon(&self) {
        self.shared.abandon();
    }
}
