//! How long the database takes, by what is asked of it: four kinds on both engines, so that their figures stand beside each other.

use metrics::{counter, histogram};
use tokio::time::Instant;

/// Somebody waits for this long, and an operator wants to know how often.
const SLOW_S: f64 = 1.0;

/// Recorded when it is dropped, however that ended.
pub(crate) struct Timed {
    query: &'static str,
    began: Instant,
}

impl Timed {
    /// Heads locked and rows loaded for a batch.
    pub fn open() -> Self {
        Self::of("open")
    }
    /// Rows written and made durable.
    pub fn commit() -> Self {
        Self::of("commit")
    }
    /// A page, on one snapshot.
    pub fn look() -> Self {
        Self::of("look")
    }
    /// A statement outside of any journal.
    pub fn run() -> Self {
        Self::of("run")
    }

    fn of(query: &'static str) -> Self {
        Self { query, began: Instant::now() }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        let took = self.began.elapsed().as_secs_f64();
        histogram!("database_query_duration_seconds", "query" => self.query).record(took);
        if took >= SLOW_S {
            counter!("database_slow_queries_total", "query" => self.query).increment(1);
        }
    }
}
