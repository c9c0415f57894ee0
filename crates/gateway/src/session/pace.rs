//! How fast one may speak: so many a second, and as many at once after a pause.

use std::time::Duration;

use tokio::time::Instant;

/// When, counted from the session's beginning, everything said so far would have been in time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    due: Duration,
}

/// How many may come at once.
const BURST_S: u32 = 2;

impl Pace {
    pub fn admits(&mut self, now: Instant, began: Instant, per_s: u32) -> bool {
        let now = now.duration_since(began);
        let each = Duration::from_secs(1) / per_s.max(1);
        let due = self.due.max(now) + each;
        if due > now + Duration::from_secs(u64::from(BURST_S)) {
            return false;
        }
        self.due = due;
        true
    }
}
