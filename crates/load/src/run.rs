//! What a load leaves behind, and how its callers write it down without getting in each other's way.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::counters::Counters;
use crate::lag::Lag;
use crate::latency::Latency;

/// What a request came to, from where the caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Acknowledged,
    Refused,
    Unknown,
}

/// The result of a closed or an open loop.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Of acknowledged requests in the measured window.
    pub latency: Latency,
    pub lag: Lag,
    /// Of all requests, warming up included: correctness has no warm-up.
    pub counters: Counters,
    /// Due, and not started in time: an open loop that has any did not hold its rate.
    pub missed: u64,
    /// Started late because as many as allowed were in flight.
    pub held: u64,
    /// How long was measured.
    pub window: Duration,
}

impl Run {
    /// Acknowledged a second, in the measured window.
    pub fn per_second(&self) -> f64 {
        if self.window.is_zero() { 0.0 } else { self.latency.count() as f64 / self.window.as_secs_f64() }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { latency, lag, counters, missed, held, .. } = self;
        write!(
            out,
            "{:.0}/s {} · {lag} · missed {missed} held {held} · {counters}",
            self.per_second(),
            latency.percentiles()
        )
    }
}

/// A histogram is large, so callers share a few sheets instead of having one each.
const SHEETS: usize = 8;

#[derive(Default)]
pub(crate) struct Recorder {
    sheets: [Mutex<Sheet>; SHEETS],
}

#[derive(Default)]
struct Sheet {
    latency: Latency,
    lag: Lag,
    counters: Counters,
}

impl Recorder {
    fn sheet(&self, writer: u64) -> MutexGuard<'_, Sheet> {
        // Plain numbers: a panic elsewhere cannot have left them half written.
        self.sheets[(writer % SHEETS as u64) as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `took` is given only for what falls in the measured window.
    pub(crate) fn answered(&self, writer: u64, answer: Answer, took: Option<Duration>) {
        let mut sheet = self.sheet(writer);
        sheet.counters.sent += 1;
        match answer {
            Answer::Acknowledged => {
                sheet.counters.acknowledged += 1;
                if let Some(took) = took {
                    sheet.latency.record(took);
                }
            }
            Answer::Refused => sheet.counters.refused += 1,
            Answer::Unknown => sheet.counters.unknown += 1,
        }
    }

    pub(crate) fn started(&self, writer: u64, late: Duration) {
        self.sheet(writer).lag.record(late);
    }

    pub(crate) fn to_run(&self, window: Duration) -> Run {
        let mut run = Run { window, ..Run::default() };
        for writer in 0..SHEETS as u64 {
            let sheet = self.sheet(writer);
            run.latency.merge(&sheet.latency);
            run.lag.merge(&sheet.lag);
            run.counters.merge(&sheet.counters);
        }
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_writers_wrote_is_one_run() {
        let recorder = Recorder::default();
        for writer in 0..20 {
            recorder.started(writer, Duration::from_millis(1));
            recorder.answered(writer, Answer::Acknowledged, Some(Duration::from_millis(5)));
        }
        recorder.answered(1, Answer::Refused, None);
        recorder.answered(2, Answer::Unknown, None);
        recorder.answered(2, Answer::Acknowledged, None);
        let run = recorder.to_run(Duration::from_secs(2));
        let expected = Counters { sent: 23, acknowledged: 21, refused: 1, unknown: 1, ..Counters::default() };
        assert_eq!((run.counters, run.latency.count()), (expected, 20));
        assert!(run.lag.max() >= Duration::from_millis(1));
        assert!((run.per_second() - 10.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_run_without_a_window_has_no_rate() {
        assert!(Run::default().per_second().abs() < f64::EPSILON);
    }
}
