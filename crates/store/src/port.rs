//! The port two databases stand behind. Two calls are two round trips, whatever the size of the batch.

use std::time::Duration;

use async_trait::async_trait;
use domain::cell::{Corrupt, Value};
use domain::{Epoch, Needs, Position, Stamp, WorkspaceId, World};

use crate::answer::Answer;
use crate::statement::Dialect;

/// A workspace to lock and what its commands will look at.
#[derive(Debug)]
pub struct Ask {
    pub workspace: WorkspaceId,
    pub needs: Needs,
    /// The head is made where there is none: its first command founds the workspace.
    pub founding: bool,
}

/// What to do about a head that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Leave it out; the rest goes on.
    Skip,
    /// Wait for it, bounded. Only for one workspace at a time, so that nobody waits while holding a lock.
    Wait,
}

/// A transaction with the heads of `worlds` locked. Heads that were skipped, or do not exist, are missing.
/// Dropped without a commit: rolled back.
pub struct Opened {
    pub transaction: Box<dyn Transaction>,
    pub worlds: Vec<World>,
}

#[async_trait]
pub trait Transaction: Send {
    /// More rows for a command that asked for them, before it is judged.
    async fn load(&mut self, world: &mut World, needs: &Needs) -> Result<(), StoreError>;
    /// All changed rows, one statement a table, and COMMIT.
    async fn commit(self: Box<Self>, worlds: &[World]) -> Result<(), CommitError>;
    /// Lets the heads go with nothing written. Dropping does so too, but may cost the connection.
    async fn roll_back(self: Box<Self>) {}
}

#[async_trait]
pub trait Engine: Send + Sync + 'static {
    fn shape(&self) -> Shape;
    /// Whose words it speaks, for the few statements the two have no common ones for.
    fn dialect(&self) -> Dialect;
    /// BEGIN, lock the heads, load what the commands named: one flight.
    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError>;
    /// Starts a new epoch in every journal here, and records the history it belongs to. Called when `open` says so.
    async fn begin_epoch(&self) -> Result<(), StoreError>;
    /// Statements on one snapshot, in one round trip; the head comes back with them. The engine picks primary or
    /// replica.
    async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError>;
    /// One statement.
    async fn read(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        query: &Query,
    ) -> Result<Seen<Answer>, StoreError> {
        let Seen { epoch, position, mut value } =
            self.look(workspace, fresh, std::slice::from_ref(query)).await?;
        Ok(Seen { epoch, position, value: value.pop().unwrap_or_default() })
    }
    /// A statement outside of any journal: leases, nodes, jobs, upkeep. Autocommitted, on the primary. Gives the
    /// rows, if any, and how many it touched.
    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError>;
    /// Several such statements, all of them or none, in one round trip.
    async fn run_together(&self, queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError>;
    /// The engine's clock: the one stamps and leases are judged by.
    async fn now(&self) -> Result<Stamp, StoreError>;
    /// The cheapest question there is, to the primary.
    async fn ping(&self) -> Result<(), StoreError>;
    /// How full the connections are.
    fn load_figures(&self) -> LoadFigures;
}

/// How an engine wants its batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub lanes: usize,
    pub workspaces: usize,
    /// Of one workspace, while others wait.
    pub commands: usize,
    /// The lane's thread blocks on the database: it gets one of its own.
    pub own_thread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadFigures {
    pub in_use: usize,
    pub idle: usize,
    pub waiting: usize,
    pub max: usize,
}

/// One SQL text, the same on both engines, and its arguments. The first column of a row is never NULL.
#[derive(Debug, Clone)]
pub struct Query {
    pub sql: &'static str,
    pub values: Vec<Value>,
}

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Of this epoch, and at this position or later.
    AtLeast(Epoch, Position),
    /// As new as the primary.
    Newest,
    /// A replica's answer will do, of the same history.
    MayLag,
}

/// A value, and the moment of the journal it was true at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    pub epoch: Epoch,
    pub position: Position,
    pub value: T,
}

/// What the caller can do about it is in the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing happened; try again soon.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Nothing happened, and nothing will until space or the primary is back.
    #[error("the database takes no writes: {0}")]
    ReadOnly(String),
    /// Nothing may be written before a new epoch is begun.
    #[error("the database has another history than the one recorded: {0}")]
    NewHistory(String),
    #[error("all connections are taken; try again in {} ms", retry_after.as_millis())]
    Saturated { retry_after: Duration },
    /// No journal of this workspace here, or not this epoch any more.
    #[error("the workspace is not here")]
    Elsewhere,
    #[error("another epoch has begun")]
    OtherEpoch,
    /// This statement with these values does not go; others may.
    #[error("the database refused a statement: {0}")]
    Statement(String),
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
}

impl StoreError {
    /// Whether the same thing may go well a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::ReadOnly(_) | Self::NewHistory(_) | Self::Saturated { .. }
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Nothing happened; try the parts.
    #[error("nothing was committed: {0}")]
    Rejected(StoreError),
    /// The connection is gone while COMMIT was on its way: run the same orders again, their receipts tell.
    #[error("the outcome of a commit is unknown: {0}")]
    Unknown(String),
}
