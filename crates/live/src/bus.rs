//! From the node that wrote to the nodes that tell. Best effort: losing something costs latency only.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Commit, WorkspaceId};
use futures_util::stream::{self, BoxStream};
use parking_lot::Mutex;
use tokio::sync::mpsc;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bus cannot be reached: {0}")]
pub struct BusError(pub String);

#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// To whoever listens to the workspace now, as far as they can be reached.
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError>;
    /// From now on, everything this bus hears of the workspace, in any order, perhaps twice, perhaps not at all.
    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Arc<Commit>>, BusError>;
}

/// Commits a listener may be behind; what does not fit is lost to it, and read from the journal.
const BEHIND_MAX: usize = 1_024;

/// One process speaks to itself.
#[derive(Debug, Default)]
pub struct InProcess {
    listeners: Mutex<HashMap<WorkspaceId, Vec<mpsc::Sender<Arc<Commit>>>>>,
}

#[async_trait]
impl Bus for InProcess {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        let mut listeners = self.listeners.lock();
        let Some(ours) = listeners.get_mut(&commit.workspace) else { return Ok(()) };
        ours.retain(|listener| match listener.try_send(Arc::clone(commit)) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("rookery_bus_lost_total").increment(1);
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        });
        if ours.is_empty() {
            listeners.remove(&commit.workspace);
        }
        Ok(())
    }

    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Arc<Commit>>, BusError> {
        let (listener, mut heard) = mpsc::channel(BEHIND_MAX);
        self.listeners.lock().entry(workspace).or_default().push(listener);
        Ok(Box::pin(stream::poll_fn(move |context| heard.poll_recv(context))))
    }
}
