//! How the allocator shares memory between threads, and when it gives back what a gust of work has left. Left alone it gives
//! each thread a pool of its own, and what thousands of sockets hold for long lies scattered over all of them, between
//! holes nobody can use; and it keeps those holes.

use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use crate::lifecycle::Lifecycle;
use crate::telemetry::cpu_seconds;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Shares of a processor in a second: so much leaves holes, so little waits for nobody.
const BUSY: f64 = 0.20;
const CALM: f64 = 0.05;

/// Whether there may be something to give back, by what each second took.
#[derive(Debug, Default)]
struct Ebb {
    was_busy: bool,
    cpu: Option<f64>,
}

impl Ebb {
    /// With the processor time so far: true in the first calm second after busy ones.
    fn second(&mut self, cpu: f64) -> bool {
        let took = self.cpu.replace(cpu).map_or(0.0, |before| cpu - before);
        self.was_busy |= took >= BUSY;
        self.was_busy && took <= CALM && std::mem::take(&mut self.was_busy)
    }
}

/// Once after each gust: walking the pools takes milliseconds, which nobody waits for then.
pub fn give_back(lifecycle: &Lifecycle) {
    let owner = lifecycle.clone();
    lifecycle.spawn("memory", |stop| async move {
        let mut ebb = Ebb::default();
        loop {
            tokio::select! {
                () = stop.soft() => return Ok(()),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if cpu_seconds().is_some_and(|cpu| ebb.second(cpu)) {
                // Nobody waits for it: where there is no thread for it now, there is another calm second.
                if let Err(error) = owner.on_thread("memory", trim).await {
                    debug!(%error, "memory was not given back: {error}");
                }
            }
        }
    });
}

#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the allocator has its own locks, and is told in C's terms")]
fn trim() {
    let began = Instant::now();
    // SAFETY: it takes no pointer, and frees nothing that is in use.
    let gave = unsafe { libc::malloc_trim(0) } != 0;
    debug!(gave, took = ?began.elapsed(), "gave back memory that nobody uses");
}

#[cfg(not(target_env = "gnu"))]
fn trim() {}

/// Pools: few enough to stay full, enough that threads seldom wait for one.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the allocator is told in C's terms, once, before there is another thread")]
pub fn share() {
    const THREADS_A_POOL: usize = 4;
    const POOLS_MIN: usize = 2;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pools = POOLS_MIN.max(threads / THREADS_A_POOL);
    // It answers whether it took that; where it did not, memory is as it would have been.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, i32::try_from(pools).unwrap_or(i32::MAX)) };
}

#[cfg(not(target_env = "gnu"))]
pub fn share() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_once_after_a_gust_and_never_in_it() {
        let mut ebb = Ebb::default();
        let seconds = [0.0, 0.01, 0.02, 1.5, 2.9, 3.0, 3.01, 3.02, 3.12, 3.13, 4.0, 4.01];
        let gave: Vec<_> = seconds.into_iter().filter(|cpu| ebb.second(*cpu)).collect();
        assert_eq!(gave, [3.01, 4.01], "a tenth of a second is neither a gust nor calm");
    }
}
