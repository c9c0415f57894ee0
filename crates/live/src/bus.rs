//! From the node that wrote to the nodes that tell. Best effort: losing something costs latency only.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Commit, WorkspaceId};
use futures_util::stream::{self, BoxStream};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::journal::Mark;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bus cannot be reached: {0}")]
pub struct BusError(pub String);

/// What a listener hears of a workspace.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Commit(Arc<Commit>),
    /// Its journal is at least there; what led to it is read where it was not heard.
    Stands(WorkspaceId, Mark),
    /// Whoever watches the heads for everyone looked just now, and said where this one stands if it moved lately.
    Watched(WorkspaceId),
}

impl Heard {
    pub fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Commit(commit) => commit.workspace,
            Self::Stands(workspace, _) | Self::Watched(workspace) => *workspace,
        }
    }
}

#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// To whoever listens to the workspace now, as far as they can be reached.
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError>;
    /// From now on, everything this bus hears of the workspace, in any order, perhaps twice, perhaps not at all.
    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError>;
    /// Somebody looked at all heads for everyone; these moved lately. One who speaks to nobody else needs none of it.
    async fn watched(&self, _moved: &[(WorkspaceId, Mark)]) -> Result<(), BusError> {
        Ok(())
    }
    /// Rings when commits may have been missed that nothing later will show: after a silence, after a line was lost.
    fn gaps(&self) -> BoxStream<'static, ()> {
        Box::pin(stream::pending())
    }
}

/// What a listener may be behind; what does not fit is lost to it, and read from the journal.
const BEHIND_MAX: usize = 1_024;

/// One process speaks to itself.
#[derive(Debug, Default)]
pub struct InProcess {
    listeners: Mutex<HashMap<WorkspaceId, Vec<mpsc::Sender<Heard>>>>,
}

impl InProcess {
    /// To everyone here who listens to its workspace.
    pub fn tell(&self, heard: &Heard) {
        let mut listeners = self.listeners.lock();
        let Some(ours) = listeners.get_mut(&heard.workspace()) else { return };
        ours.retain(|listener| match listener.try_send(heard.clone()) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("rookery_bus_lost_total").increment(1);
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        });
        if ours.is_empty() {
            listeners.remove(&heard.workspace());
        }
    }

    pub fn listen(&self, workspace: WorkspaceId) -> BoxStream<'static, Heard> {
        let (listener, mut heard) = mpsc::channel(BEHIND_MAX);
        self.listeners.lock().entry(workspace).or_default().push(listener);
        Box::pin(stream::poll_fn(move |context| heard.poll_recv(context)))
    }

    /// What somebody here still listens to.
    pub fn listened(&self) -> Vec<WorkspaceId> {
        let mut listeners = self.listeners.lock();
        listeners.retain(|_, ours| {
            ours.retain(|listener| !listener.is_closed());
            !ours.is_empty()
        });
        listeners.keys().copied().collect()
    }
}

#[async_trait]
impl Bus for InProcess {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        self.tell(&Heard::Commit(Arc::clone(commit)));
        Ok(())
    }

    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError> {
        Ok(self.listen(workspace))
    }
}
