//! An open loop: requests start when their schedule says so, whatever the server does, as people do. A latency runs from
//! the scheduled instant, so a stall is felt by everyone it would have kept waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, timeout, timeout_at};

use crate::pace::{PULSE, Pace, Pacer};
use crate::run::{Answer, Recorder, Run};
use crate::schedule::Schedule;

/// After the last request this long for the answers that are still out; then their outcome is unknown.
const DRAIN_MAX: Duration = Duration::from_mins(1);
/// Starts in a row before the requests themselves get a turn on this thread.
const BURST_MAX: u64 = 64;

#[derive(Clone, Debug)]
pub struct Open {
    pub schedule: Schedule,
    /// Requests due in this first part are made and not measured.
    pub warm_up: Duration,
    pub in_flight_max: usize,
    /// A request that cannot start this long after it was due is counted as missed and not made.
    pub patience: Duration,
    pub pace: Pace,
}

struct Shared {
    recorder: Recorder,
    in_flight: AtomicUsize,
    /// Tapped when the last place was freed, and when the last answer came.
    freed: Notify,
}

impl Open {
    pub fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            warm_up: Duration::ZERO,
            in_flight_max: 4_096,
            patience: Duration::from_secs(10),
            pace: Pace::Pulse(PULSE),
        }
    }

    /// Ends when the last request has its answer. `request` is given the request's number in the schedule.
    pub async fn run<Request, Asking>(&self, request: Request) -> Run
    where
        Request: Fn(u64) -> Asking + Send + Sync + 'static,
        Asking: Future<Output = Answer> + Send + 'static,
    {
        // On a worker of the runtime: requests then start there too, without waking another thread each.
        let (load, mut pacing) = (self.clone(), JoinSet::new());
        pacing.spawn(async move { load.pace(request).await });
        pacing.join_all().await.pop().unwrap_or_default()
    }

    async fn pace<Request, Asking>(&self, request: Request) -> Run
    where
        Request: Fn(u64) -> Asking + Send + Sync + 'static,
        Asking: Future<Output = Answer> + Send + 'static,
    {
        let shared = Arc::new(Shared {
            recorder: Recorder::default(),
            in_flight: AtomicUsize::new(0),
            freed: Notify::new(),
        });
        let pacer = Pacer::new(self.pace);
        let mut asked = JoinSet::new();
        let start = Instant::now();
        let measured_from = start + self.warm_up;
        let (mut missed, mut held, mut held_until) = (0, 0, start);
        for number in 0..self.schedule.requests() {
            let due = start + self.schedule.due(number).unwrap_or_default();
            pacer.until(due).await;
            let room = self.room(&shared, due).await;
            if room == Room::Freed {
                held += 1;
                held_until = Instant::now();
            }
            if room == Room::None {
                missed += 1;
            } else {
                let times = Times { due, possible: due.max(held_until), measured: due >= measured_from };
                asked.spawn(self.ask(&shared, number, times, request(number)));
            }
            if number % BURST_MAX == 0 {
                yield_now().await;
                reap(&mut asked);
            }
        }
        let unanswered = drained(&shared).await;
        reap(&mut asked);
        // Who fell behind was still answering after the last was due: that time counts, or every rate would be held.
        let due_for = self.schedule.lasts().saturating_sub(self.warm_up);
        let mut run = shared.recorder.to_run(due_for.max(measured_from.elapsed()));
        run.counters.sent += unanswered;
        run.counters.unknown += unanswered;
        run.missed = missed;
        run.held = held;
        run
    }

    async fn room(&self, shared: &Shared, due: Instant) -> Room {
        let too_late = due + self.patience;
        let mut room = Room::Free;
        loop {
            if Instant::now() > too_late {
                return Room::None;
            }
            // Only this loop adds, so room that was seen stays.
            if shared.in_flight.load(Ordering::Acquire) < self.in_flight_max {
                return room;
            }
            room = Room::Freed;
            if timeout_at(too_late, shared.freed.notified()).await.is_err() {
                return Room::None;
            }
        }
    }

    /// Takes a place now; the future gives it back.
    fn ask<Asking>(
        &self,
        shared: &Arc<Shared>,
        number: u64,
        times: Times,
        asking: Asking,
    ) -> impl Future<Output = ()> + Send + use<Asking>
    where
        Asking: Future<Output = Answer> + Send + 'static,
    {
        shared.in_flight.fetch_add(1, Ordering::AcqRel);
        let (shared, in_flight_max) = (Arc::clone(shared), self.in_flight_max);
        async move {
            shared.recorder.started(number, times.possible.elapsed());
            let answer = asking.await;
            let took = times.measured.then(|| times.due.elapsed());
            shared.recorder.answered(number, answer, took);
            let before = shared.in_flight.fetch_sub(1, Ordering::AcqRel);
            if before == in_flight_max || before == 1 {
                shared.freed.notify_one();
            }
        }
    }
}

/// Whether one more may be in flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Free,
    /// Another had to come back first.
    Freed,
    None,
}

#[derive(Clone, Copy)]
struct Times {
    due: Instant,
    /// What is later than this is the generator's own lateness; waiting for room is the server's.
    possible: Instant,
    measured: bool,
}

/// Forgets the finished; a request that panicked takes the bench with it.
fn reap(asked: &mut JoinSet<()>) {
    while let Some(ended) = asked.try_join_next() {
        if let Err(failed) = ended
            && failed.is_panic()
        {
            std::panic::resume_unwind(failed.into_panic());
        }
    }
}

/// How many answers never came.
async fn drained(shared: &Shared) -> u64 {
    let all_back = async {
        while shared.in_flight.load(Ordering::Acquire) > 0 {
            shared.freed.notified().await;
        }
    };
    match timeout(DRAIN_MAX, all_back).await {
        Ok(()) => 0,
        Err(_) => shared.in_flight.load(Ordering::Acquire) as u64,
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
