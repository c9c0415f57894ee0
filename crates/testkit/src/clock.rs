//! A clock that obeys.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::Stamp;
use store::clock::{Clock, SystemClock};

/// Shared by whoever holds a clone. Stands still unless it is moved, or goes with the machine's.
#[derive(Debug, Clone)]
pub struct FakeClock {
    from: From,
    /// How far it was moved, in microseconds.
    moved: Arc<AtomicI64>,
}

#[derive(Debug, Clone, Copy)]
enum From {
    Rest(i64),
    Machine,
}

impl Default for FakeClock {
    /// Some day in 2027.
    fn default() -> Self {
        Self { from: From::Rest(1_800_000_000_000_000), moved: Arc::default() }
    }
}

impl FakeClock {
    /// Goes on by itself, as the clock of a server on this machine does; moved, both are off by the same.
    pub fn going() -> Self {
        Self { from: From::Machine, moved: Arc::default() }
    }
    /// Also back.
    pub fn advance(&self, micros: i64) {
        self.moved.fetch_add(micros, Ordering::SeqCst);
    }
    pub fn set(&self, now: Stamp) {
        self.moved.store(now.0 - self.unmoved(), Ordering::SeqCst);
    }
    /// Almost so long: a second is left of it, or half of it where the clock goes on meanwhile, however slow the machine.
    pub fn almost(&self, micros: i64) -> i64 {
        match self.from {
            From::Rest(_) => micros - Stamp::SECOND,
            From::Machine => micros / 2,
        }
    }
    /// What to add to the clock of a server, so that it obeys as well.
    pub fn moved(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.moved)
    }
    fn unmoved(&self) -> i64 {
        match self.from {
            From::Rest(at) => at,
            From::Machine => SystemClock.now().0,
        }
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Stamp {
        Stamp(self.unmoved() + self.moved.load(Ordering::SeqCst))
    }
}
