//! What lanes and askers share: the queue, the engine, and whether the lanes are shut.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use domain::{Commit, Event, EventKind, WorkspaceId, World};
use metrics::{counter, gauge, histogram};
use parking_lot::Mutex;
use tokio::sync::{Notify, broadcast, oneshot};
use tokio::time::Instant;
use traces::Place;

use crate::clock::random;
use crate::judge::DigestKey;
use crate::lane::{Batch, Line, Pending, Queue, Traced};
use crate::order::{Done, NotDone, Order};
use crate::port::{Engine, StoreError};
use crate::store::Limits;

/// A commit of this node, and where whoever traces it finds who asked for it.
#[derive(Debug, Clone)]
pub struct Committed {
    pub commit: Arc<Commit>,
    pub asked: Place,
}

impl Deref for Committed {
    type Target = Commit;
    fn deref(&self) -> &Commit {
        &self.commit
    }
}

pub(crate) struct Shared {
    pub engine: Arc<dyn Engine>,
    digest_key: DigestKey,
    limits: Limits,
    queue: Mutex<Queue>,
    /// Wakes a lane: work came, a lane opened again, or the end.
    work: Notify,
    unresolved: AtomicUsize,
    /// The last try found a database that is gone or takes no writes: who is turned away hears that.
    read_only: AtomicBool,
    committed: broadcast::Sender<Committed>,
    /// Moves on with every jitter.
    chance: AtomicU64,
}

impl Shared {
    pub fn new(engine: Arc<dyn Engine>, digest_key: DigestKey, limits: Limits) -> Self {
        let queue = Mutex::new(Queue::new(engine.shape(), limits.waiting));
        let (committed, _) = broadcast::channel(limits.commits_behind);
        let chance = AtomicU64::new(limits.seed.unwrap_or_else(|| u64::from_le_bytes(random())));
        Self {
            engine,
            digest_key,
            limits,
            queue,
            work: Notify::new(),
            unresolved: AtomicUsize::new(0),
            read_only: AtomicBool::new(false),
            committed,
            chance,
        }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn digest_key(&self) -> &DigestKey {
        &self.digest_key
    }

    pub fn enter(&self, order: Order) -> Result<oneshot::Receiver<Result<Done, NotDone>>, NotDone> {
        let (reply, outcome) = oneshot::channel();
        let digest = order.digest(&self.digest_key);
        let traced = Traced::begin(&order);
        let since = Instant::now();
        let pending = Pending { order, digest, reply: Some(reply), since, maybe: false, traced };
        let mut queue = self.queue.lock();
        let closed = queue.closed;
        if !queue.push(pending) {
            return Err(if closed { NotDone::Stopping } else { self.busy() });
        }
        drop(queue);
        self.work.notify_one();
        Ok(outcome)
    }

    /// Waits for work; `None` once the store is closed and nothing is left.
    pub async fn next_batch(&self) -> Option<Batch> {
        loop {
            let work = self.work.notified();
            if !self.is_shut() {
                let mut queue = self.queue.lock();
                if let Some(batch) = queue.take() {
                    let more = queue.len() > 0;
                    drop(queue);
                    if more {
                        self.work.notify_one();
                    }
                    return Some(batch);
                }
                if queue.closed && queue.is_idle() {
                    drop(queue);
                    self.work.notify_waiters();
                    self.work.notify_one();
                    return None;
                }
            }
            work.await;
        }
    }

    pub fn release(&self, workspace: WorkspaceId) {
        let mut queue = self.queue.lock();
        queue.release(workspace);
        let wake = queue.len() > 0 || queue.closed;
        drop(queue);
        if wake {
            self.work.notify_one();
        }
    }
    pub fn give_back(&self, line: Line, skipped: bool) {
        self.queue.lock().give_back(line, skipped);
        self.work.notify_one();
    }
    /// What a lane has left, in its order. Who has waited too long by now hears it here: a lane may be back at once to
    /// try again, and so the line would hardly ever be seen with them in it.
    pub fn put_back(&self, batches: impl IntoIterator<Item = Batch>) {
        let mut lines: Vec<Line> = Vec::new();
        let mut known = HashMap::new();
        for line in batches.into_iter().flat_map(|batch| batch.lines) {
            let at = *known.entry(line.workspace).or_insert(lines.len());
            match lines.get_mut(at) {
                Some(known) => known.orders.extend(line.orders),
                None => lines.push(line),
            }
        }
        let outcome = self.busy();
        let mut queue = self.queue.lock();
        for mut line in lines {
            line.turn_away(self.limits.patience, &outcome);
            queue.give_back(line, false);
        }
        drop(queue);
        self.work.notify_one();
    }

    pub fn is_shut(&self) -> bool {
        self.unresolved.load(Ordering::Acquire) > 0
    }
    /// Shut until the guard is dropped.
    pub fn shut(&self) -> Shut<'_> {
        self.unresolved.fetch_add(1, Ordering::AcqRel);
        gauge!("store_lanes_shut").set(1.0);
        Shut(self)
    }

    pub fn publish(&self, asked: Place, commit: impl FnOnce() -> Option<Commit>) {
        if self.committed.receiver_count() > 0
            && let Some(commit) = commit()
        {
            // Nobody there to hear it is no fault: the journal has it.
            drop(self.committed.send(Committed { commit: Arc::new(commit), asked }));
        }
    }
    pub fn committed(&self) -> broadcast::Receiver<Committed> {
        self.committed.subscribe()
    }

    pub fn count_commit(batch: &Batch, outcomes: &[Vec<Result<Done, NotDone>>], worlds: &[World]) {
        let judged = outcomes.iter().flatten();
        let (done, refused): (Vec<_>, Vec<_>) = judged.partition(|outcome| outcome.is_ok());
        counter!("store_commands_total", "outcome" => "done").increment(done.len() as u64);
        counter!("store_commands_total", "outcome" => "refused").increment(refused.len() as u64);
        histogram!("store_batch_commands").record((done.len() + refused.len()) as f64);
        histogram!("store_batch_workspaces").record(outcomes.len() as f64);
        let sent = |event: &&Event| event.kind == EventKind::MessageSent;
        let sent = worlds.iter().flat_map(World::events).filter(sent).count();
        if sent > 0 {
            counter!("messages_sent_total").increment(sent as u64);
        }
        let since = batch.lines.iter().flat_map(|line| &line.orders).map(|pending| pending.since).min();
        if let Some(since) = since {
            histogram!("store_answer_seconds").record(since.elapsed().as_secs_f64());
        }
    }

    pub fn failed(&self, error: &StoreError) {
        self.read_only.store(!matches!(error, StoreError::Saturated { .. }), Ordering::Relaxed);
    }
    pub fn went_well(&self) {
        self.read_only.store(false, Ordering::Relaxed);
    }

    fn busy(&self) -> NotDone {
        match self.is_shut() || self.read_only.load(Ordering::Relaxed) {
            true => NotDone::ReadOnly { retry_after: self.jitter(self.limits.retry_after) },
            false => NotDone::Saturated { retry_after: self.jitter(self.limits.retry_after) },
        }
    }
    /// Half to one and a half of it, so that those turned away together do not return together.
    pub fn jitter(&self, around: Duration) -> Duration {
        let turn = self.chance.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (turn ^ turn >> 31).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 48;
        around.mul_f64(0.5 + mixed as f64 / 65_536.0)
    }

    /// Nobody waits for ever: those not tried are told to come back.
    pub fn expire(&self) {
        let outcome = self.busy();
        let mut queue = self.queue.lock();
        queue.expire(self.limits.patience, &outcome);
        gauge!("store_commands_waiting").set(queue.len() as f64);
        if queue.closed {
            drop(queue);
            self.work.notify_waiters();
            self.work.notify_one();
        }
    }
    /// Those a lane holds while a commit is unresolved do not wait for ever either.
    pub fn tell_the_impatient<'a>(&self, batches: impl Iterator<Item = &'a mut Batch>) {
        let outcome = self.busy();
        let now = Instant::now();
        let pending = batches.flat_map(|batch| &mut batch.lines).flat_map(|line| &mut line.orders);
        for pending in pending.filter(|pending| now.duration_since(pending.since) >= self.limits.patience) {
            pending.give_up(&outcome);
        }
    }

    pub fn close(&self) {
        self.queue.lock().closed = true;
        self.work.notify_waiters();
        self.work.notify_one();
    }
    pub fn abandon(&self) {
        self.queue.lock().abandon();
        self.close();
    }
    pub fn waiting(&self) -> usize {
        self.queue.lock().len()
    }
    pub fn is_done(&self) -> bool {
        let queue = self.queue.lock();
        queue.closed && queue.is_idle()
    }
}

pub(crate) struct Shut<'a>(&'a Shared);

impl Drop for Shut<'_> {
    fn drop(&mut self) {
        if self.0.unresolved.fetch_sub(1, Ordering::AcqRel) == 1 {
            gauge!("store_lanes_shut").set(0.0);
        }
        self.0.work.notify_waiters();
        self.0.work.notify_one();
    }
}
