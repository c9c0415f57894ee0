//! The exporter: gathers, sends, tries again, and at the end sends what is left.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use metrics::{counter, gauge};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use traces::{Finished, Taken, dropped};
use tracing::{info, warn};

use crate::line::{Line, Outcome};
use crate::message::{Resource, request};
use crate::target::{Settings, Target, Wrong};

/// Spans of one request.
const BATCH_SPANS_MAX: usize = 512;
/// How long the first of them waits for others.
const GATHERED_FOR: Duration = Duration::from_secs(1);
const BACKOFF_MIN: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// What a stop waits for the collector.
const LAST_TIME_MAX: Duration = Duration::from_secs(3);

pub struct Exporter {
    taken: Taken,
    line: Line,
    resource: Resource,
    /// Not known to have arrived.
    batch: Vec<Finished>,
    /// Nothing was tried yet, or how the last try went.
    up: Option<bool>,
}

impl Exporter {
    pub fn new(taken: Taken, settings: &Settings) -> Result<Exporter, Wrong> {
        let line = Line::to(Target::of(settings)?);
        gauge!("rookery_traces_collector_up").set(0.0);
        Ok(Exporter { taken, line, resource: settings.resource.clone(), batch: Vec::new(), up: None })
    }

    /// Until it is stopped; then what is there by now is sent, within a time.
    pub async fn run(mut self, stopped: impl Future<Output = ()>) {
        let mut stopped = pin!(stopped);
        let serves = async {
            while self.gather().await {
                self.deliver().await;
            }
        };
        tokio::select! {
            () = &mut stopped => {}
            () = serves => {}
        }
        self.taken.close();
        let last = async {
            while self.take_what_is_there() {
                self.deliver().await;
            }
        };
        if timeout(LAST_TIME_MAX, last).await.is_err() {
            let mut left = self.batch.len();
            while self.taken.try_recv().is_ok() {
                left += 1;
            }
            dropped("away", left);
            warn!(left, "the collector is away: {left} spans were not sent");
        }
    }

    /// False when nobody will ever bring any. Dropped, it keeps what it has.
    async fn gather(&mut self) -> bool {
        if self.batch.is_empty() && self.taken.recv_many(&mut self.batch, BATCH_SPANS_MAX).await == 0 {
            return false;
        }
        let until = Instant::now() + GATHERED_FOR;
        while let free @ 1.. = BATCH_SPANS_MAX.saturating_sub(self.batch.len()) {
            match timeout_at(until, self.taken.recv_many(&mut self.batch, free)).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => break,
            }
        }
        true
    }

    fn take_what_is_there(&mut self) -> bool {
        while self.batch.len() < BATCH_SPANS_MAX
            && let Ok(finished) = self.taken.try_recv()
        {
            self.batch.push(finished);
        }
        !self.batch.is_empty()
    }

    /// Tries until the batch was taken, or never will be. Dropped, it keeps the batch: what may have arrived is sent again.
    async fn deliver(&mut self) {
        let body = Bytes::from(request(&self.resource, &self.batch));
        let mut backoff = BACKOFF_MIN;
        loop {
            match self.line.post(body.clone()).await {
                Outcome::Took(rejected) => {
                    let rejected = usize::try_from(rejected).unwrap_or(usize::MAX).min(self.batch.len());
                    counter!("rookery_traces_exported_total").increment((self.batch.len() - rejected) as u64);
                    if rejected > 0 {
                        dropped("refused", rejected);
                    }
                    self.heard();
                    break;
                }
                Outcome::Refused(why) => {
                    dropped("refused", self.batch.len());
                    self.missed("refuses spans", &why);
                    break;
                }
                Outcome::Later(why, after) => {
                    self.missed(
                        "is away; spans wait, and are counted where there is no place for them",
                        &why,
                    );
                    sleep(after.unwrap_or_else(|| self.jitter(backoff))).await;
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                }
            }
        }
        self.batch.clear();
    }

    /// Half of it to all of it, so that not all nodes come back at once; the names of spans are chance enough.
    fn jitter(&self, backoff: Duration) -> Duration {
        let chance = self.batch.first().map_or(0, |first| first.span[7]);
        backoff.mul_f64(0.5 + f64::from(chance) / 512.0)
    }

    fn heard(&mut self) {
        if self.up != Some(true) {
            info!("the collector takes spans");
            gauge!("rookery_traces_collector_up").set(1.0);
        }
        self.up = Some(true);
    }

    fn missed(&mut self, how: &str, why: &str) {
        if self.up != Some(false) {
            warn!(why, "the collector {how}: {why}");
            gauge!("rookery_traces_collector_up").set(0.0);
        }
        self.up = Some(false);
    }
}
