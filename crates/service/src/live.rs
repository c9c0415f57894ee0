//! What a node follows: the journal as the feed reads it, and the way of its own commits to the bus.

mod relay;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::WorkspaceId;
use reading::journal;
use store::{Freshness, Seen, Store, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use traces::Kind;

use crate::Service;

pub use self::relay::Relay;
pub use domain::{Audience, Commit, Event, EventKind, Image, Right, Role, Seat, Viewer, may_see};
pub use live::{
    Bus, Face, Feed, Hall, Heard, Here, InProcess, Journal, Listener, Lost, Mark, Piece, Share, Shares, Stay,
    Stretch, cache, feed, presence, redis,
};

/// The journals of all databases.
#[derive(Clone)]
pub struct Journals {
    service: Service,
}

impl Journals {
    pub fn new(service: Service) -> Self {
        Self { service }
    }
}

fn lost(error: StoreError) -> Lost {
    Lost(error.to_string())
}

#[async_trait]
impl Journal for Journals {
    async fn heads(&self, workspaces: &[WorkspaceId]) -> Result<Vec<(WorkspaceId, Mark)>, Lost> {
        let mut heads = Vec::with_capacity(workspaces.len());
        let (directory, elsewhere): (Vec<_>, Vec<_>) =
            workspaces.iter().partition(|workspace| **workspace == WorkspaceId::INSTALLATION);
        for group in [directory, elsewhere] {
            for some in group.chunks(journal::HEADS_MAX) {
                let Some(first) = some.first() else { continue };
                let engine = self.service.places().of(*first).engine();
                let (rows, _) = engine.run(&journal::heads(some)).await.map_err(lost)?;
                let read = journal::heads_in(&rows).map_err(|error| Lost(error.to_string()))?;
                heads.extend(
                    read.into_iter()
                        .map(|(workspace, epoch, position)| (workspace, Mark { epoch, position })),
                );
            }
        }
        Ok(heads)
    }

    async fn after(&self, workspace: WorkspaceId, mark: Mark, most: u32) -> Result<Stretch, Lost> {
        let read = self.service.events(workspace, Freshness::Newest, mark.position, most).await;
        let Seen { epoch, position, value: events } = read.map_err(|error| Lost(error.to_string()))?;
        let head = Mark { epoch, position };
        let first = mark.position.next();
        let begins = events.first().map(|(event, _)| event.position);
        let is_gone = epoch != mark.epoch || position < mark.position;
        if is_gone || (position > mark.position && begins != Some(first)) {
            return Ok(Stretch::Gone { head });
        }
        Ok(Stretch::Read { commit: Commit { workspace, epoch, first, events, private: Vec::new() }, head })
    }
}

const PUBLISH_TIME_MAX: Duration = Duration::from_secs(2);

/// Brings what this node commits to the bus, in order per workspace. It never holds a commit up; what it cannot bring
/// is in the journal. Ends with the store.
pub async fn publish(store: Store, bus: Arc<dyn Bus>, feed: Option<Feed>) {
    let mut committed = store.committed();
    drop(store);
    loop {
        match committed.recv().await {
            Ok(commit) => {
                let began = Instant::now();
                let mut traced = commit.asked.span(Kind::Producer, "bus.publish");
                traced.set("rookery.events", || commit.events.len());
                let published = tokio::time::timeout(PUBLISH_TIME_MAX, bus.publish(&commit.commit)).await;
                if matches!(published, Ok(Ok(()))) {
                    metrics::histogram!("rookery_bus_publish_seconds").record(began.elapsed().as_secs_f64());
                } else {
                    traced.failed();
                    metrics::counter!("rookery_bus_unpublished_total").increment(1);
                }
            }
            Err(RecvError::Lagged(missed)) => {
                metrics::counter!("rookery_bus_unpublished_total").increment(missed);
                if let Some(feed) = &feed {
                    feed.nudge();
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}
