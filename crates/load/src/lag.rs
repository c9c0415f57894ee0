//! The generator's own lateness: a generator that paused would otherwise blame the server, or flatter it.

use std::fmt;
use std::time::Duration;

use crate::latency::{Latency, milliseconds};

/// Actual start less scheduled start; while as many as allowed are in flight the lateness is the server's, not ours.
#[derive(Clone, Debug, Default)]
pub struct Lag {
    late: Latency,
}

impl Lag {
    pub fn record(&mut self, late: Duration) {
        self.late.record(late);
    }

    pub fn merge(&mut self, other: &Lag) {
        self.late.merge(&other.late);
    }

    pub fn p99(&self) -> Duration {
        self.late.percentiles().p99
    }

    pub fn max(&self) -> Duration {
        self.late.percentiles().max
    }
}

impl fmt::Display for Lag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "generator lag p99 {:.2}ms max {:.2}ms",
            milliseconds(self.p99()),
            milliseconds(self.max())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_of_all_workers_is_said_in_one_line() {
        let mut lag = Lag::default();
        lag.record(Duration::from_micros(500));
        let mut other = Lag::default();
        other.record(Duration::from_millis(2));
        lag.merge(&other);
        assert_eq!(lag.to_string(), "generator lag p99 2.00ms max 2.00ms");
    }
}
