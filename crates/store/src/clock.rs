//! The one place that reads the wall clock and the system's randomness.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::{Epoch, Key, Stamp};

/// What time it is. Tests hold one that obeys them.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Stamp;
}

#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the clock lives here")]
    fn now(&self) -> Stamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Stamp(since.as_micros() as i64)
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Stamp {
        (**self).now()
    }
}

/// Bytes nobody can guess; a system without them cannot keep secrets and must not go on.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives no randomness");
    bytes
}

/// A fresh key made now.
pub fn new_key(clock: &dyn Clock) -> Key {
    Key::new(clock.now(), random())
}

/// The time, and eleven random bits: two histories that part at once still get different epochs.
pub fn new_epoch(now: Stamp) -> Epoch {
    let chance = u64::from(u16::from_le_bytes(random())) & 0x7FF;
    Epoch((now.0.max(0) as u64) << 11 | chance)
}
