//! A closed loop: N callers, each asking again as soon as it has its answer. It finds the most a server can do; it cannot
//! say what people wait, since it stops asking while the server stalls. For that there is the open loop.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::run::{Answer, Recorder, Run};

#[derive(Clone, Copy, Debug)]
pub struct Closed {
    pub callers: usize,
    /// Not measured: caches, connections and branch predictors fill.
    pub warm_up: Duration,
    pub measure: Duration,
}

/// Which request this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub caller: usize,
    pub turn: u64,
}

impl Closed {
    /// Ends when every caller has the answer to its last request.
    pub async fn run<Request, Asking>(&self, request: Request) -> Run
    where
        Request: Fn(Call) -> Asking + Send + Sync + 'static,
        Asking: Future<Output = Answer> + Send,
    {
        let request = Arc::new(request);
        let recorder = Arc::new(Recorder::default());
        let start = Instant::now() + self.warm_up;
        let window = start..start + self.measure;
        let mut callers = JoinSet::new();
        for caller in 0..self.callers {
            let (request, recorder, window) = (Arc::clone(&request), Arc::clone(&recorder), window.clone());
            callers.spawn(async move {
                let mut began = Instant::now();
                let mut turn = 0;
                while began < window.end {
                    let answer = request(Call { caller, turn }).await;
                    let ended = Instant::now();
                    let took = window.contains(&ended).then(|| ended - began);
                    recorder.answered(caller as u64, answer, took);
                    began = ended;
                    turn += 1;
                }
            });
        }
        callers.join_all().await;
        recorder.to_run(self.measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counters::Counters;

    #[tokio::test(start_paused = true)]
    async fn each_caller_asks_again_when_it_has_its_answer() {
        let load = Closed { callers: 4, warm_up: Duration::ZERO, measure: Duration::from_secs(1) };
        let run = load
            .run(|_| async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Answer::Acknowledged
            })
            .await;
        assert_eq!(run.counters, Counters { sent: 400, acknowledged: 400, ..Counters::default() });
        // The answers that come with the last instant are outside of the window.
        assert_eq!(run.latency.count(), 396);
        assert!(run.latency.percentiles().max < Duration::from_micros(10_010));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_answered_while_warming_up_is_counted_and_not_measured() {
        let load = Closed { callers: 1, warm_up: Duration::from_secs(1), measure: Duration::from_secs(1) };
        let run = load
            .run(|call| async move {
                let slow = if call.turn < 10 { 100 } else { 50 };
                tokio::time::sleep(Duration::from_millis(slow)).await;
                Answer::Acknowledged
            })
            .await;
        assert_eq!(run.counters.sent, 30);
        assert_eq!(run.latency.count(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_and_unknown_outcomes_have_no_latency() {
        let load = Closed { callers: 1, warm_up: Duration::ZERO, measure: Duration::from_secs(1) };
        let run = load
            .run(|call| async move {
                tokio::time::sleep(Duration::from_millis(300)).await;
                if call.turn == 0 { Answer::Refused } else { Answer::Unknown }
            })
            .await;
        assert_eq!(run.counters, Counters { sent: 4, refused: 1, unknown: 3, ..Counters::default() });
        assert_eq!(run.latency.count(), 0);
    }
}
