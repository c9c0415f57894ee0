//! How the open loop waits for the next due instant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Half a millisecond late at worst on an idle machine, for a third less CPU than a pulse twice as fast.
pub const PULSE: Duration = Duration::from_micros(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The runtime's timer: a millisecond coarse, and the only one that follows a paused clock.
    Timer,
    /// A thread of its own that taps this often.
    Pulse(Duration),
}

pub(crate) enum Pacer {
    Timer,
    Pulse(Pulse),
}

impl Pacer {
    pub(crate) fn new(pace: Pace) -> Self {
        match pace {
            Pace::Timer => Self::Timer,
            // Without a thread to tap the timer will do: coarser, and the lag says so.
            Pace::Pulse(every) => Pulse::start(every).map_or(Self::Timer, Self::Pulse),
        }
    }

    pub(crate) async fn until(&self, due: Instant) {
        match self {
            Self::Timer => sleep_until(due).await,
            Self::Pulse(pulse) => {
                while Instant::now() < due {
                    pulse.tap.notified().await;
                }
            }
        }
    }
}

pub(crate) struct Pulse {
    tap: Arc<Notify>,
    stop: Arc<AtomicBool>,
    thread: thread::Thread,
}

impl Pulse {
    fn start(every: Duration) -> Option<Self> {
        let (tap, stop) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let (taps, stopped) = (Arc::clone(&tap), Arc::clone(&stop));
        let beat = move || {
            while !stopped.load(Ordering::Relaxed) {
                thread::park_timeout(every);
                taps.notify_one();
            }
        };
        let thread = thread::Builder::new().name("load.pulse".to_owned()).spawn(beat).ok()?;
        Some(Self { tap, stop, thread: thread.thread().clone() })
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_paces_wait_until_the_instant_and_not_less() {
        for pace in [Pace::Timer, Pace::Pulse(PULSE)] {
            let due = Instant::now() + Duration::from_millis(3);
            Pacer::new(pace).until(due).await;
            assert!(Instant::now() >= due);
        }
    }

    #[tokio::test]
    async fn what_is_already_due_does_not_wait_for_a_tap() {
        let pacer = Pacer::new(Pace::Pulse(Duration::from_hours(1)));
        pacer.until(Instant::now()).await;
    }
}
