//! How often somebody asks, counted on Redis for all processes, and by each for its share where Redis is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use api::door::{Counting, FULL_US, InProcess, Rule, Verdict, Whose};
use domain::Stamp;
use futures_util::future::BoxFuture;
use service::live::redis::Redis;

/// A request does not wait longer to be counted.
const WAIT_MAX: Duration = Duration::from_millis(100);

pub struct Shared {
    pub redis: Redis,
    /// Processes that count, this one among them.
    pub processes: Arc<AtomicU32>,
    alone: InProcess,
}

impl Shared {
    pub fn new(redis: Redis, processes: Arc<AtomicU32>) -> Self {
        Self { redis, processes, alone: InProcess::default() }
    }

    async fn together(&self, rule: Rule, whose: Whose, now: Stamp) -> Option<Verdict> {
        let name = format!("{}:{}", rule.name, whose.name());
        let counted = self.redis.count(&name, now, rule.step_us(), FULL_US);
        let counted = tokio::time::timeout(WAIT_MAX, counted).await.ok()?.ok()?;
        Some(Verdict::of(rule, now, counted.empty, counted.early_us))
    }
}

impl Counting for Shared {
    fn take(&self, rule: Rule, whose: Whose, now: Stamp) -> BoxFuture<'_, Verdict> {
        Box::pin(async move {
            if let Some(verdict) = self.together(rule, whose, now).await {
                return verdict;
            }
            metrics::counter!("rookery_rates_alone_total").increment(1);
            let share = rule.times / self.processes.load(Ordering::Relaxed).max(1);
            self.alone.take(Rule { times: share.max(1), ..rule }, whose, now).await
        })
    }
}
