//! A lane: takes what gathered, carries it out in one transaction, answers once it is durable.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use domain::{Commit, WorkspaceId, World};

use super::batch::{Batch, Line};
use crate::judge::judge;
use crate::order::{Done, NotDone};
use crate::port::{CommitError, Opened, StoreError, Wait};
use crate::shared::Shared;
use crate::timing::Timed;

const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

pub(crate) struct Lane {
    pub shared: Arc<Shared>,
}

/// What is left to do with a batch after one try.
enum Left {
    /// Everyone has an answer; these workspaces are done.
    Nothing(Vec<WorkspaceId>),
    /// One of them does not go; nothing happened, so each may be tried apart.
    Apart(Batch, StoreError),
    /// Nothing happened, and the same may go well a moment later.
    Later(Batch, StoreError),
    /// The same, with the lock held before: what came of an earlier try is decided.
    Decided(Batch, StoreError),
    /// It may have happened.
    Unknown(Batch),
}

type Outcomes = Vec<Vec<Result<Done, NotDone>>>;

impl Lane {
    /// Runs until the store is closed and nothing waits.
    pub async fn run(self) {
        let mut backoff = BACKOFF_MIN;
        while let Some(batch) = self.shared.next_batch().await {
            if self.carry_out(batch).await {
                backoff = BACKOFF_MIN;
            } else {
                tokio::time::sleep(self.shared.jitter(backoff)).await;
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
        }
    }

    /// False when the database could not be asked and everything waits again.
    async fn carry_out(&self, batch: Batch) -> bool {
        let mut waiting = vec![batch];
        while let Some(batch) = waiting.pop() {
            match self.attempt(batch).await {
                Left::Nothing(settled) => {
                    self.shared.went_well();
                    self.release(&settled, &waiting);
                }
                Left::Apart(batch, error) => self.set_apart(batch, &error, &mut waiting),
                Left::Unknown(batch) => self.resolve(batch, &mut waiting).await,
                Left::Later(batch, error) | Left::Decided(batch, error) => {
                    tracing::warn!(%error, "a batch waits: {error}");
                    self.shared.failed(&error);
                    waiting.push(batch);
                    self.shared.put_back(waiting.into_iter().rev());
                    return false;
                }
            }
        }
        true
    }

    /// An error reaches only its owner: the parts run alone, in their order.
    fn set_apart(&self, mut batch: Batch, error: &StoreError, waiting: &mut Vec<Batch>) {
        if batch.commands() > 1 {
            waiting.extend(batch.halves().into_iter().rev());
            return;
        }
        for line in &mut batch.lines {
            tracing::error!(workspace = %line.workspace, %error, "an order cannot be stored: {error}");
            line.answer_all(&NotDone::Failed(error.to_string()));
        }
        self.release(&batch.workspaces(), waiting);
    }

    /// A workspace is free again once no part of it waits here.
    fn release(&self, settled: &[WorkspaceId], waiting: &[Batch]) {
        for workspace in settled {
            let held = waiting.iter().flat_map(|batch| &batch.lines).any(|line| line.workspace == *workspace);
            if !held {
                self.shared.release(*workspace);
            }
        }
    }

    async fn attempt(&self, mut batch: Batch) -> Left {
        let asks: Vec<_> = batch.lines.iter().map(Line::ask).collect();
        let traced = batch.begin_transaction();
        let timed = Timed::open();
        let opened = self.shared.engine.open(&asks, batch.wait).await;
        drop(timed);
        let opened = match opened {
            Ok(opened) => opened,
            Err(StoreError::NewHistory(why)) => return self.begin_epoch(batch, why).await,
            Err(error) if error.is_passing() => return Left::Later(batch, error),
            Err(error) => return Left::Apart(batch, error),
        };
        let Opened { mut transaction, mut worlds } = opened;
        let settled = self.set_skipped_aside(&mut batch, &worlds);
        let mut outcomes: Outcomes = Vec::with_capacity(batch.lines.len());
        for (line, world) in batch.lines.iter().zip(&mut worlds) {
            match self.judge_line(line, world, transaction.as_mut()).await {
                Ok(judged) => outcomes.push(judged),
                Err(error) if error.is_passing() => return Left::Decided(batch, error),
                Err(error) => return Left::Apart(batch, error),
            }
        }
        // What is seen may yet not be durable: a log that was not synced, a commit no replica has since the primary
        // crashed while it waited. So whoever is told that it is so is told behind a commit.
        let anyone = outcomes.iter().flatten().any(Result::is_ok);
        if !anyone && !worlds.iter().any(World::is_changed) {
            transaction.roll_back().await;
            traced.went_well();
            return self.settle(batch, outcomes, &worlds, settled);
        }
        let is_changed = worlds.iter().any(World::is_changed);
        let timed = Timed::commit();
        let committed = transaction.commit(&worlds).await;
        drop(timed);
        match committed {
            Ok(()) => {
                traced.went_well();
                self.settle(batch, outcomes, &worlds, settled)
            }
            // Where nothing was to be written no order is at fault, and none of those found may be told it failed.
            Err(CommitError::Rejected(error)) if error.is_passing() || !is_changed => {
                Left::Decided(batch, error)
            }
            Err(CommitError::Rejected(error)) => Left::Apart(batch, error),
            Err(CommitError::Unknown(why)) => {
                tracing::warn!(why, "the outcome of a commit is unknown: {why}");
                batch.may_have_happened();
                Left::Unknown(batch)
            }
        }
    }

    /// Heads that are missing were held by somebody; where we waited for them, they do not exist.
    fn set_skipped_aside(&self, batch: &mut Batch, worlds: &[World]) -> Vec<WorkspaceId> {
        let wait = batch.wait;
        let mut settled = Vec::new();
        let places: HashMap<_, _> =
            worlds.iter().map(World::workspace).zip(0..).collect::<HashMap<_, usize>>();
        let here = |line: &Line| places.contains_key(&line.workspace);
        let (kept, missing): (Vec<_>, Vec<_>) = batch.lines.drain(..).partition(here);
        batch.lines = kept;
        batch.lines.sort_by_key(|line| places.get(&line.workspace));
        for mut line in missing {
            match wait {
                Wait::Skip => self.shared.give_back(line, true),
                Wait::Wait => {
                    line.answer_all(&NotDone::Elsewhere);
                    settled.push(line.workspace);
                }
            }
        }
        settled
    }

    async fn judge_line(
        &self,
        line: &Line,
        world: &mut World,
        transaction: &mut dyn crate::port::Transaction,
    ) -> Result<Vec<Result<Done, NotDone>>, StoreError> {
        let mut judged = Vec::with_capacity(line.orders.len());
        for pending in &line.orders {
            let order = &pending.order;
            if order.command.alone() {
                let mut more = domain::Needs::default();
                let asks = catch_unwind(AssertUnwindSafe(|| order.command.more(order.by, world, &mut more)));
                let asks = asks.unwrap_or(false);
                world.was_unnamed();
                if asks {
                    transaction.load(world, &more).await?;
                }
            }
            judged.push(match world.head().state {
                domain::HeadState::Active => judge(order, pending.digest, world),
                _ => Err(NotDone::Elsewhere),
            });
        }
        Ok(judged)
    }

    /// Durable: others are told, then the askers.
    fn settle(
        &self,
        batch: Batch,
        outcomes: Outcomes,
        worlds: &[World],
        mut settled: Vec<WorkspaceId>,
    ) -> Left {
        Shared::count_commit(&batch, &outcomes, worlds);
        for (line, world) in batch.lines.iter().zip(worlds) {
            self.shared.publish(line.place(), || Commit::of(world));
        }
        for (mut line, outcomes) in batch.lines.into_iter().zip(outcomes) {
            for (pending, outcome) in line.orders.iter_mut().zip(outcomes) {
                pending.answer(outcome);
            }
            settled.push(line.workspace);
        }
        Left::Nothing(settled)
    }

    async fn begin_epoch(&self, batch: Batch, why: String) -> Left {
        tracing::warn!(why, "another history: a new epoch begins before the first write ({why})");
        match self.shared.engine.begin_epoch().await {
            Ok(()) => Left::Later(batch, StoreError::NewHistory(why)),
            Err(error) => Left::Later(batch, error),
        }
    }

    /// While an outcome is unknown every lane stays shut: under a lost quorum each further commit would pin one
    /// more connection. The same orders run again, one workspace at a time, waiting for their lock; receipts tell
    /// what happened. Once its lock was held a workspace is decided, and whatever fails then is everyday trouble.
    /// What waits already keeps its place below: it was not in that commit, but of a workspace the later part may be there.
    async fn resolve(&self, batch: Batch, waiting: &mut Vec<Batch>) {
        let _shut = self.shared.shut();
        let mut below = waiting.len();
        waiting.extend(batch.by_workspace().into_iter().rev());
        let mut decided = Vec::new();
        let mut backoff = BACKOFF_MIN;
        while waiting.len() > below
            && let Some(batch) = waiting.pop()
        {
            match self.attempt(batch).await {
                Left::Nothing(settled) => {
                    self.release(&settled, waiting);
                    backoff = BACKOFF_MIN;
                }
                Left::Apart(batch, error) => self.set_apart(batch, &error, waiting),
                Left::Decided(batch, _) => {
                    // The later parts of the same workspace stay behind it.
                    let mine = batch.workspaces();
                    let is_part = |other: &Batch| other.workspaces() == mine;
                    below -= waiting[..below].iter().filter(|other| is_part(other)).count();
                    let parts: Vec<_> = waiting.extract_if(.., |other| is_part(other)).collect();
                    decided.push(batch);
                    decided.extend(parts.into_iter().rev());
                }
                Left::Later(batch, error) => {
                    tracing::warn!(%error, "the outcome of a commit is still unknown: {error}");
                    waiting.push(batch);
                    self.pause(&mut backoff, waiting).await;
                }
                Left::Unknown(batch) => {
                    waiting.push(batch);
                    self.pause(&mut backoff, waiting).await;
                }
            }
        }
        self.shared.put_back(decided);
    }

    async fn pause(&self, backoff: &mut Duration, held: &mut [Batch]) {
        self.shared.tell_the_impatient(held.iter_mut());
        tokio::time::sleep(self.shared.jitter(*backoff)).await;
        *backoff = (*backoff * 2).min(BACKOFF_MAX);
    }
}
