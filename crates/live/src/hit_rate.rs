//! How often something remembered was of use: of the last questions, not of all there ever were.

use std::sync::OnceLock;

use metrics::{Counter, Gauge};
use parking_lot::Mutex;

/// Older questions weigh half as much each time so many new ones came.
const QUESTIONS: u64 = 4_096;

pub struct HitRate {
    cache: &'static str,
    seen: Mutex<Seen>,
    told: OnceLock<Told>,
}

/// Its metrics, looked up with the first question.
struct Told {
    hit: Counter,
    miss: Counter,
    rate: Gauge,
}

#[derive(Default)]
struct Seen {
    hits: u64,
    questions: u64,
}

impl HitRate {
    /// Of a cache by its name.
    pub fn of(cache: &'static str) -> Self {
        Self { cache, seen: Mutex::default(), told: OnceLock::new() }
    }

    pub fn count(&self, hit: bool) {
        let Told { hit: hits, miss: misses, rate } = self.told.get_or_init(|| Told::of(self.cache));
        let questions = if hit { hits } else { misses };
        questions.increment(1);
        rate.set(self.seen.lock().rate_with(hit));
    }
}

impl Told {
    fn of(cache: &'static str) -> Self {
        Self {
            hit: metrics::counter!("rookery_cache_questions_total", "cache" => cache, "outcome" => "hit"),
            miss: metrics::counter!("rookery_cache_questions_total", "cache" => cache, "outcome" => "miss"),
            rate: metrics::gauge!("cache_hit_rate", "cache" => cache),
        }
    }
}

impl Seen {
    fn rate_with(&mut self, hit: bool) -> f64 {
        if self.questions >= QUESTIONS {
            self.hits /= 2;
            self.questions /= 2;
        }
        self.questions += 1;
        self.hits += u64::from(hit);
        self.hits as f64 / self.questions as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_of_the_last_questions_and_forgets_the_first() {
        let mut seen = Seen::default();
        let rates: Vec<_> = [true, false, true, true].map(|hit| seen.rate_with(hit)).into();
        assert_eq!(rates, [1.0, 0.5, 2.0 / 3.0, 0.75]);
        for _ in 0..10 * QUESTIONS {
            seen.rate_with(false);
        }
        assert!(seen.rate_with(false) < 0.01, "what was long ago hardly counts");
    }
}
