//! What followers ask: they read for nobody, from the primary, and what comes of it is judged when it is done.

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::NOTIFY_AFTER_SECONDS_MAX;
use domain::{AccountId, Position, Stamp, WorkspaceId};
use reading::following;
pub use reading::following::{Behind, Call, Circle, Part, Tail, Told};
use store::{Freshness, NotDone, Query, Seen};

use crate::Service;
use crate::reads::corrupt;

/// People of one circle asked for at once.
const CIRCLE_MAX: u32 = 1_000;
/// Threads whose replies are read in one look.
const THREADS_TOGETHER: usize = 50;

impl Service {
    /// At most so many events after a position, in order. What is missing before the first has left the journal.
    pub async fn tail(
        &self,
        workspace: WorkspaceId,
        after: Position,
        max: u32,
    ) -> Result<Seen<Tail>, NotDone> {
        let seen = self.look(workspace, Freshness::Newest, &following::tail(workspace, after, max)).await?;
        let value = following::tail_in(&seen.value).map_err(corrupt)?;
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// Who sits in these channels and who follows these threads.
    pub async fn circles(
        &self,
        workspace: WorkspaceId,
        circles: &BTreeSet<Circle>,
    ) -> Result<BTreeMap<Circle, Vec<AccountId>>, NotDone> {
        let mut people: BTreeMap<Circle, Vec<AccountId>> = BTreeMap::new();
        let mut open: Vec<Circle> = circles.iter().copied().collect();
        while !open.is_empty() {
            let after = |circle| people.get(circle).and_then(|known| known.last()).copied();
            let queries = open.iter().map(|circle| following::people(*circle, after(circle), CIRCLE_MAX));
            let queries: Vec<_> = queries.collect();
            let seen = self.look(workspace, Freshness::Newest, &queries).await?;
            let mut rest = Vec::new();
            for (circle, answer) in open.into_iter().zip(&seen.value) {
                let more = following::people_in(answer).map_err(corrupt)?;
                if more.len() >= CIRCLE_MAX as usize {
                    rest.push(circle);
                }
                people.entry(circle).or_default().extend(more);
            }
            open = rest;
        }
        Ok(people)
    }

    /// How many seconds after a message these people want to be told; who did not choose is missing.
    pub async fn notify_after(
        &self,
        workspace: WorkspaceId,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<BTreeMap<AccountId, u64>, NotDone> {
        let accounts: Vec<_> = accounts.iter().copied().collect();
        let queries = following::choices(workspace, &accounts);
        if queries.is_empty() {
            return Ok(BTreeMap::new());
        }
        let seen = self.look(workspace, Freshness::Newest, &queries).await?;
        let chosen = following::choices_in(&seen.value).map_err(corrupt)?;
        Ok(chosen.into_iter().map(|(who, seconds)| (who, seconds.min(NOTIFY_AFTER_SECONDS_MAX))).collect())
    }

    /// A part of what is unread in a workspace, of messages after a position and a moment; and the part after it.
    pub async fn unread(
        &self,
        workspace: WorkspaceId,
        after: Position,
        since: Stamp,
        part: Part,
    ) -> Result<(Vec<Call>, Option<Part>), NotDone> {
        match part {
            Part::Mentions(last) => {
                let query = following::unseen(workspace, last.as_ref(), after, since);
                let calls = self.named_there(workspace, query).await?;
                let next =
                    following::last_of(&calls).map_or(Part::Direct(None), |last| Part::Mentions(Some(last)));
                Ok((calls, Some(next)))
            }
            Part::Direct(last) => {
                let query = following::unread(workspace, last.as_ref(), after, since);
                let calls = self.named_there(workspace, query).await?;
                let next =
                    following::last_of(&calls).map_or(Part::Replies(None), |last| Part::Direct(Some(last)));
                Ok((calls, Some(next)))
            }
            Part::Replies(last) => {
                let query = following::behind(workspace, last.as_ref());
                let seen = self.look(workspace, Freshness::Newest, &[query]).await?;
                let threads = following::behind_in(&seen.value[0]).map_err(corrupt)?;
                let calls = self.replies(workspace, &threads, after, since).await?;
                Ok((calls, following::last_of(&threads).map(|last| Part::Replies(Some(last)))))
            }
        }
    }

    async fn named_there(&self, workspace: WorkspaceId, query: Query) -> Result<Vec<Call>, NotDone> {
        let seen = self.look(workspace, Freshness::Newest, &[query]).await?;
        following::calls_in(&seen.value[0]).map_err(corrupt)
    }

    async fn replies(
        &self,
        workspace: WorkspaceId,
        threads: &[Behind],
        after: Position,
        since: Stamp,
    ) -> Result<Vec<Call>, NotDone> {
        let mut calls = Vec::new();
        for some in threads.chunks(THREADS_TOGETHER) {
            let queries: Vec<_> = some.iter().map(Behind::query).collect();
            let seen = self.look(workspace, Freshness::Newest, &queries).await?;
            for (thread, answer) in some.iter().zip(&seen.value) {
                calls.extend(thread.calls_in(answer, after, since).map_err(corrupt)?);
            }
        }
        Ok(calls)
    }
}
