//! Runs what is due: a few jobs at once, each held while it runs.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::Key;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use metrics::{counter, gauge, histogram};
use store::job::{self, Claim, Fate};
use store::{Engine, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, interval, sleep};
use traces::{Kind, Span};
use tracing::{debug, error, warn};

use crate::stop::{Stop, until_stopped};

const ASK_EVERY: Duration = Duration::from_secs(1);
const RENEW_EVERY: Duration = Duration::from_secs(10);
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// What a job did is written down at least so often before it is left to who takes over.
const TOLD_TRIES: u32 = 3;

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// Nobody's fault: the database is away or busy. It counts as no try.
    NotNow(Duration),
    Failed(String),
}

/// What is done with the jobs of a queue. A job may run twice, and at once with itself.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    fn queue(&self) -> &'static str;
    async fn run(&self, job: &Claim) -> Ended;
}

pub struct Runner<W> {
    work: W,
    engine: Arc<dyn Engine>,
    holder: Key,
    concurrency: usize,
    made: Arc<Notify>,
}

enum Step {
    /// So many were asked for.
    Claimed(usize, Result<Vec<Claim>, StoreError>),
    Ran,
    Counted,
}

impl<W: Work> Runner<W> {
    pub fn new(work: W, engine: Arc<dyn Engine>, holder: Key, concurrency: usize, made: Arc<Notify>) -> Self {
        Self { work, engine, holder, concurrency: concurrency.max(1), made }
    }

    /// Runs what is due until the soft stop; then ends what it runs. Dropped, it leaves its jobs to who takes over.
    pub async fn run(self, soft: impl Future<Output = ()> + Send) {
        until_stopped(soft, |stop| self.serve(stop)).await;
    }

    /// Runs everything that is due by now. Gives how many there were.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut ran = 0;
        loop {
            let claims = self.claim(self.concurrency).await?;
            if claims.is_empty() {
                return Ok(ran);
            }
            ran += claims.len();
            futures_util::future::join_all(claims.into_iter().map(|claim| self.carry(claim))).await;
        }
    }

    async fn serve(&self, mut stop: Stop) {
        let mut steps: FuturesUnordered<BoxFuture<'_, Step>> = FuturesUnordered::new();
        let [mut ask, mut count] = [ASK_EVERY, COUNT_EVERY].map(interval);
        // Whether a claim is on its way, whether it is time for one, and whether the last one left some behind.
        let (mut claiming, mut more, mut backlog) = (false, true, false);
        let mut counting = false;
        // Nothing is awaited here but all steps together: one that has come to its turn at the database, and is not
        // polled, would hold up whoever asks behind it, and so itself.
        loop {
            let running = steps.len() - usize::from(claiming) - usize::from(counting);
            gauge!("rookery_jobs_running", "queue" => self.work.queue()).set(running as f64);
            if stop.is_soft() && steps.is_empty() {
                return;
            }
            let free = self.concurrency.saturating_sub(running);
            // Not for every single one that ends.
            more |= backlog && free * 2 >= self.concurrency;
            if more && !claiming && free > 0 && !stop.is_soft() {
                (claiming, more) = (true, false);
                steps.push(Box::pin(async move { Step::Claimed(free, self.claim(free).await) }));
            }
            tokio::select! {
                () = stop.soft(), if !stop.is_soft() => {}
                Some(step) = steps.next() => match step {
                    Step::Ran => {}
                    Step::Counted => counting = false,
                    Step::Claimed(asked, claims) => {
                        claiming = false;
                        backlog = self.begin(claims, asked, &mut steps);
                    }
                },
                _ = ask.tick() => more = true,
                () = self.made.notified() => more = true,
                _ = count.tick(), if !counting => {
                    counting = true;
                    steps.push(Box::pin(async {
                        self.count().await;
                        Step::Counted
                    }));
                }
            }
        }
    }

    /// True when there may be more.
    fn begin<'a>(
        &'a self,
        claims: Result<Vec<Claim>, StoreError>,
        asked: usize,
        steps: &mut FuturesUnordered<BoxFuture<'a, Step>>,
    ) -> bool {
        let claims = match claims {
            Ok(claims) => claims,
            Err(error) => {
                debug!(%error, "jobs cannot be asked for: {error}");
                return false;
            }
        };
        let is_full = claims.len() >= asked;
        for claim in claims {
            steps.push(Box::pin(async move {
                self.carry(claim).await;
                Step::Ran
            }));
        }
        is_full
    }

    async fn claim(&self, most: usize) -> Result<Vec<Claim>, StoreError> {
        job::claim(self.engine.as_ref(), self.work.queue(), self.holder, most).await
    }

    async fn carry(&self, claim: Claim) {
        let began = Instant::now();
        let queue = self.work.queue();
        let mut traced = Span::root(Kind::Consumer, "job");
        traced.rename(|| format!("job {queue}"));
        let ended = tokio::select! {
            ended = traced.within(self.work.run(&claim)) => Some(ended),
            () = self.keep(&claim) => None,
        };
        if matches!(ended, Some(Ended::Failed(_))) {
            traced.failed();
        }
        let outcome = match ended {
            Some(ended) => self.tell(&claim, ended).await,
            None => "lost",
        };
        traced.set("rookery.outcome", || outcome);
        counter!("rookery_jobs_total", "queue" => queue, "outcome" => outcome).increment(1);
        histogram!("rookery_jobs_seconds", "queue" => queue).record(began.elapsed().as_secs_f64());
    }

    /// Ends when somebody else has taken the job over.
    async fn keep(&self, claim: &Claim) {
        loop {
            sleep(RENEW_EVERY).await;
            if let Ok(false) = claim.renew(self.engine.as_ref()).await {
                return;
            }
        }
    }

    async fn tell(&self, claim: &Claim, ended: Ended) -> &'static str {
        for _ in 0..TOLD_TRIES {
            let error = match self.settle(claim, &ended).await {
                Ok(outcome) => return outcome,
                Err(error) => error,
            };
            warn!(job = claim.id, %error, "what became of a job is not written down: {error}");
            sleep(ASK_EVERY).await;
        }
        "lost"
    }

    async fn settle(&self, claim: &Claim, ended: &Ended) -> Result<&'static str, StoreError> {
        let engine = self.engine.as_ref();
        let kept = |kept: bool, outcome| if kept { outcome } else { "lost" };
        match ended {
            Ended::Done => Ok(kept(claim.finish(engine).await?, "done")),
            Ended::NotNow(after) => Ok(kept(claim.put_back(engine, *after).await?, "later")),
            Ended::Failed(why) => match claim.fail(engine, why).await? {
                Fate::Again(_) => {
                    warn!(job = claim.id, why, "a job failed and is tried again: {why}");
                    Ok("again")
                }
                Fate::Dead => {
                    error!(job = claim.id, why, "a job was laid aside: {why}");
                    Ok("dead")
                }
                Fate::Lost => Ok("lost"),
            },
        }
    }

    async fn count(&self) {
        let queue = self.work.queue();
        if let Ok(length) = job::length(self.engine.as_ref(), queue).await {
            gauge!("rookery_jobs_waiting", "queue" => queue, "when" => "due").set(length.due as f64);
            gauge!("rookery_jobs_waiting", "queue" => queue, "when" => "later").set(length.later as f64);
        }
    }
}
