//! What the feed asks of the journal when the bus was not enough.

use async_trait::async_trait;
use domain::{Commit, Epoch, Position, WorkspaceId};

/// Where a journal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub epoch: Epoch,
    pub position: Position,
}

/// Events after a position, with their rows as they are now.
#[derive(Debug, Clone, PartialEq)]
pub enum Stretch {
    /// In order, from the next position on, without a hole; fewer than there are where there were too many to ask for.
    Read { commit: Commit, head: Mark },
    /// They cannot be had any more: trimmed, or of another history.
    Gone { head: Mark },
}

/// The journal could not be asked; it will be again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal cannot be read: {0}")]
pub struct Lost(pub String);

#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Of each workspace there is, in one question.
    async fn heads(&self, workspaces: &[WorkspaceId]) -> Result<Vec<(WorkspaceId, Mark)>, Lost>;
    /// At most `most` events after a mark.
    async fn after(&self, workspace: WorkspaceId, mark: Mark, most: u32) -> Result<Stretch, Lost>;
}
