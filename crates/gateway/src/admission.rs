//! How many come in at once: what a storm may cost, so that those who are here do not wait behind it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use protocol::AccountId;
use service::NotDone;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::limits::Limits;

/// Waiting for the state at most this many times as many as are served at once.
const WAITING_TIMES: usize = 200;
/// Rooms whose versions are compared at once: after a gap of the bus it is all of them, and nobody waits for it.
const COMPARING_MAX: usize = 2;

pub(crate) struct Admission {
    per_s: u32,
    /// When everyone let in so far would have been in time.
    due: Mutex<Option<Instant>>,
    states: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
    comparing: Semaphore,
    turned: AtomicU64,
}

impl Admission {
    pub fn new(limits: &Limits) -> Self {
        Self {
            per_s: limits.newcomers_per_s.max(1),
            due: Mutex::new(None),
            states: Semaphore::new(limits.catching_up_max),
            waiting: AtomicUsize::new(0),
            waiting_max: limits.catching_up_max * WAITING_TIMES,
            comparing: Semaphore::new(COMPARING_MAX),
            turned: AtomicU64::new(0),
        }
    }

    /// None, or in how many milliseconds to come back: spread, so that those turned away come one after another.
    pub fn newcomer(&self, now: Instant) -> Option<u64> {
        let each = Duration::from_secs(1) / self.per_s;
        let mut due = self.due.lock();
        let next = due.map_or(now, |due| due.max(now)) + each;
        if next <= now + Duration::from_secs(1) {
            *due = Some(next);
            return None;
        }
        drop(due);
        metrics::counter!("rookery_gateway_turned_away_total").increment(1);
        let turned = self.turned.fetch_add(1, Ordering::Relaxed);
        Some(1_000 + turned % u64::from(self.per_s) * 1_000 / u64::from(self.per_s))
    }

    /// A part of the database for bringing somebody level from the state.
    pub async fn catching_up(&self) -> Result<SemaphorePermit<'_>, NotDone> {
        if self.waiting.load(Ordering::Relaxed) >= self.waiting_max {
            return Err(NotDone::Saturated { retry_after: Duration::from_secs(2) });
        }
        let _waits = Waits::count(&self.waiting);
        self.states.acquire().await.map_err(|_| NotDone::Stopping)
    }

    /// A part of it for comparing what a room was told of its people's own: never one that somebody who comes in waits
    /// for, and never refused, since each room waits once.
    pub async fn comparing(&self) -> Result<SemaphorePermit<'_>, NotDone> {
        self.comparing.acquire().await.map_err(|_| NotDone::Stopping)
    }
}

/// How often one account may ask for something, by whatever it asks: counted where requests are, too.
pub trait Allowance: Send + Sync {
    /// Counts one more. Refused, it says how long to wait.
    fn take(&self, account: AccountId) -> BoxFuture<'_, Option<Duration>>;
}

/// As often as they like.
#[derive(Debug)]
pub struct Unlimited;

impl Allowance for Unlimited {
    fn take(&self, _account: AccountId) -> BoxFuture<'_, Option<Duration>> {
        Box::pin(std::future::ready(None))
    }
}

/// Counted while it lives, also when its future is dropped.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn count(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn however_many_rooms_are_compared_nobody_who_comes_in_waits_and_no_room_is_dropped() {
        let admission = Admission::new(&Limits::default());
        let mut rooms: Vec<_> = (0..10_000).map(|_| Box::pin(admission.comparing())).collect();
        // Each is asked once, and takes its place in the line.
        let mut begun: Vec<_> = rooms.iter_mut().filter_map(FutureExt::now_or_never).collect();
        assert_eq!(begun.len(), COMPARING_MAX);
        let newcomers: Vec<_> = (0..Limits::default().catching_up_max)
            .map(|_| admission.catching_up().now_or_never().expect("at once").expect("let in"))
            .collect();
        assert_eq!(newcomers.len(), 10);
        for room in rooms.into_iter().skip(COMPARING_MAX) {
            drop(begun.remove(0).expect("its turn came"));
            begun.push(room.await);
        }
    }
}
