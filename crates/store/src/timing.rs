//! How long the database takes, by what is asked of it: four kinds on both engines, so that their figures stand beside each other.

use std::sync::OnceLock;

use metrics::{Histogram, counter, histogram};
use tokio::time::Instant;

/// Somebody waits for this long, and an operator wants to know how often.
const SLOW_S: f64 = 1.0;

#[derive(Clone, Copy)]
enum Kind {
    Open,
    Commit,
    Look,
    Run,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Commit => "commit",
            Self::Look => "look",
            Self::Run => "run",
        }
    }

    /// Looked up once a kind.
    fn took(self) -> &'static Histogram {
        static ALL: [OnceLock<Histogram>; 4] = [const { OnceLock::new() }; 4];
        ALL[self as usize]
            .get_or_init(|| histogram!("database_query_duration_seconds", "query" => self.word()))
    }
}

/// Recorded when it is dropped, however that ended.
pub(crate) struct Timed {
    kind: Kind,
    began: Instant,
}

impl Timed {
    /// Heads locked and rows loaded for a batch.
    pub fn open() -> Self {
        Self::of(Kind::Open)
    }
    /// Rows written and made durable.
    pub fn commit() -> Self {
        Self::of(Kind::Commit)
    }
    /// A page, on one snapshot.
    pub fn look() -> Self {
        Self::of(Kind::Look)
    }
    /// A statement outside of any journal.
    pub fn run() -> Self {
        Self::of(Kind::Run)
    }

    fn of(kind: Kind) -> Self {
        Self { kind, began: Instant::now() }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        let took = self.began.elapsed().as_secs_f64();
        self.kind.took().record(took);
        if took >= SLOW_S {
            counter!("database_slow_queries_total", "query" => self.kind.word()).increment(1);
        }
    }
}
