use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

use super::{PoolConfig, PoolError};
use crate::{Connection, Dsn, PgError};

const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// Opens connections; while the server is away, one attempt at a time and ever more seldom.
#[derive(Debug)]
pub(super) struct Dialer {
    dsn: Dsn,
    application: String,
    connect_max: Duration,
    trouble: Mutex<Trouble>,
    /// Held by the one who tries while there is trouble.
    turn: tokio::sync::Mutex<()>,
    opened: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Trouble {
    /// In a row; none when the last attempt succeeded.
    failures: u32,
    /// No attempt before this.
    pause: Option<Instant>,
}

impl Dialer {
    pub(super) fn new(dsn: Dsn, config: &PoolConfig) -> Self {
        Self {
            dsn,
            application: config.application.clone(),
            connect_max: config.connect_max,
            trouble: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
            opened: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    pub(super) fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Tries again until it succeeds, trying is of no use, or `until` has come.
    pub(super) async fn dial(&self, until: Instant) -> Result<Connection, PoolError> {
        let mut last = PgError::Unreachable("the database has been away, its next try is not due yet".into());
        loop {
            let Ok(_turn) = tokio::time::timeout_at(until, self.turn()).await else {
                return Err(self.give_up(last));
            };
            if let Some(pause) = self.pause() {
                if pause >= until {
                    return Err(self.give_up(last));
                }
                sleep_until(pause).await;
            }
            let deadline = self.connect_max.min(until.saturating_duration_since(Instant::now()));
            match Connection::connect(&self.dsn, &self.application, deadline).await {
                Ok(connection) => {
                    self.opened.fetch_add(1, Ordering::Relaxed);
                    *self.trouble.lock() = Trouble::default();
                    return Ok(connection);
                }
                Err(error) => last = error,
            }
            self.note_failure();
            if !may_pass(&last) {
                return Err(self.give_up(last));
            }
        }
    }

    /// While all is well everyone dials at once.
    async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.trouble.lock().failures == 0 { None } else { Some(self.turn.lock().await) }
    }

    fn pause(&self) -> Option<Instant> {
        self.trouble.lock().pause.filter(|pause| *pause > Instant::now())
    }

    fn note_failure(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut trouble = self.trouble.lock();
        trouble.pause =
            Some(Instant::now() + backoff(trouble.failures, getrandom::u32().unwrap_or(u32::MAX)));
        trouble.failures = trouble.failures.saturating_add(1);
    }

    fn give_up(&self, error: PgError) -> PoolError {
        let pause = self.pause().map_or(BACKOFF_MIN, |pause| pause.saturating_duration_since(Instant::now()));
        PoolError::Unavailable { error, retry_after: pause }
    }
}

/// Doubles from 100 ms to 2 s; the upper half of each step is left to chance, so that nodes do not come back in step.
fn backoff(failures: u32, chance: u32) -> Duration {
    let step = BACKOFF_MIN.saturating_mul(1 << failures.min(10)).min(BACKOFF_MAX);
    (step / 2 + (step / 2).mul_f64(f64::from(chance) / f64::from(u32::MAX))).max(BACKOFF_MIN)
}

/// A server that refuses our name, password or database goes on refusing; one that starts, stops or is full may not.
fn may_pass(error: &PgError) -> bool {
    match error.code() {
        Some(code) => code.starts_with("53") || code.starts_with("57") || code.starts_with("08"),
        None => !matches!(error, PgError::Misuse(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_at_a_dead_server_become_seldom_but_never_rarer_than_every_two_seconds() {
        let steps = |chance| (0..8).map(|failures| backoff(failures, chance).as_millis()).collect::<Vec<_>>();
        assert_eq!(steps(u32::MAX), [100, 200, 400, 800, 1600, 2000, 2000, 2000]);
        assert_eq!(steps(0), [100, 100, 200, 400, 800, 1000, 1000, 1000]);
    }
}
