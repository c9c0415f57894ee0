//! One turn of one contestant.

use std::fmt;
use std::time::Duration;

use load::counters::Counters;
use load::lag::Lag;
use load::latency::{Percentiles, milliseconds};
use load::noise::Noise;

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub per_second: f64,
    /// Peers do not say what their clients waited.
    pub waited: Option<Percentiles>,
    pub lag: Lag,
    pub missed: u64,
    pub counters: Counters,
    pub noise: Noise,
}

impl Outcome {
    /// A peer that says how many rows it committed, and what its table holds.
    pub fn of_peer(stored: u64, committed: u64, took: Duration) -> Self {
        let counters = Counters {
            sent: committed,
            acknowledged: committed,
            lost: committed.saturating_sub(stored),
            doubled: stored.saturating_sub(committed),
            ..Counters::default()
        };
        let per_second = committed as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE);
        Self { per_second, counters, ..Self::default() }
    }

    /// CPU of generator and database together, an acknowledged send.
    pub fn cpu_us(&self) -> f64 {
        let seconds = self.noise.own_seconds + self.noise.server_seconds;
        seconds * 1e6 / (self.counters.acknowledged.max(1) as f64)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.0}/s", self.per_second)?;
        if let Some(waited) = &self.waited {
            write!(out, " {waited} lag p99 {:.2}ms missed {}", milliseconds(self.lag.p99()), self.missed)?;
        }
        write!(out, " · {:.1} us cpu each · {}", self.cpu_us(), self.noise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_lost_rows_is_found_out() {
        let outcome = Outcome::of_peer(99, 100, Duration::from_secs(2));
        assert!((outcome.per_second - 50.0).abs() < f64::EPSILON);
        assert!(outcome.counters.verdict().is_err());
        assert!(Outcome::of_peer(100, 100, Duration::from_secs(2)).counters.verdict().is_ok());
    }
}
