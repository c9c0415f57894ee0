//! How long requests took: a histogram of microseconds up to a minute, and the percentiles people read.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// What took longer is counted as this long: a minute without an answer is a failure, not a latency.
pub const LATENCY_US_MAX: u64 = 60_000_000;
const DIGITS: u8 = 3;

/// Latencies of one caller, worker or run; those of many workers are merged into one.
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
}

impl Default for Latency {
    fn default() -> Self {
        let histogram =
            Histogram::new_with_bounds(1, LATENCY_US_MAX, DIGITS).expect("the bounds are constants in range");
        Self { histogram }
    }
}

impl Latency {
    pub fn record(&mut self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.histogram.saturating_record(us.clamp(1, LATENCY_US_MAX));
    }

    pub fn merge(&mut self, other: &Latency) {
        self.histogram.add(&other.histogram).expect("all histograms here have the same bounds");
    }

    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// Zero everywhere when nothing was recorded.
    pub fn percentiles(&self) -> Percentiles {
        let at = |quantile| Duration::from_micros(self.histogram.value_at_quantile(quantile));
        Percentiles {
            p50: at(0.50),
            p90: at(0.90),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: Duration::from_micros(self.histogram.max()),
        }
    }
}

/// What is said of a histogram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Percentiles {
    pub p50: Duration,
    pub p90: Duration,
    pub p95: Duration,
    pub p99: Duration,
    pub p999: Duration,
    pub max: Duration,
}

impl fmt::Display for Percentiles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named =
            [("p50", self.p50), ("p90", self.p90), ("p99", self.p99), ("p999", self.p999), ("max", self.max)];
        for (place, (name, value)) in named.into_iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(out, "{gap}{name} {:.2}ms", milliseconds(value))?;
        }
        Ok(())
    }
}

/// A duration as people read it in a table of latencies.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_ms(values: impl IntoIterator<Item = u64>) -> Latency {
        let mut latency = Latency::default();
        for ms in values {
            latency.record(Duration::from_millis(ms));
        }
        latency
    }

    /// Three digits: the histogram answers with the upper end of the value's bucket.
    fn within_a_thousandth(got: Duration, expected_ms: u64) -> bool {
        (milliseconds(got) / expected_ms as f64 - 1.0).abs() <= 0.001
    }

    #[test]
    fn percentiles_are_those_of_the_recorded_values_to_three_digits() {
        let percentiles = of_ms(1..=1_000).percentiles();
        assert!(within_a_thousandth(percentiles.p50, 500));
        assert!(within_a_thousandth(percentiles.p90, 900));
        assert!(within_a_thousandth(percentiles.p99, 990));
        assert!(within_a_thousandth(percentiles.p999, 999));
        assert!(within_a_thousandth(percentiles.max, 1_000));
    }

    #[test]
    fn merging_workers_equals_one_worker_that_saw_everything() {
        let mut merged = of_ms((1..=1_000).filter(|ms| ms % 2 == 0));
        merged.merge(&of_ms((1..=1_000).filter(|ms| ms % 2 == 1)));
        assert_eq!(merged.percentiles(), of_ms(1..=1_000).percentiles());
        assert_eq!(merged.count(), 1_000);
    }

    #[test]
    fn what_took_longer_than_a_minute_is_kept_as_a_minute() {
        let latency = of_ms([90_000]);
        assert_eq!(latency.count(), 1);
        assert!(within_a_thousandth(latency.percentiles().max, 60_000));
    }

    #[test]
    fn an_empty_histogram_says_zero() {
        assert_eq!(Latency::default().percentiles(), Percentiles::default());
    }

    #[test]
    fn the_line_names_every_percentile() {
        let line = of_ms([2]).percentiles().to_string();
        assert_eq!(line, "p50 2.00ms p90 2.00ms p99 2.00ms p999 2.00ms max 2.00ms");
    }
}
