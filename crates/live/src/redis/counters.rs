//! How often somebody asked, counted for all nodes together: a bucket kept as the one moment it will be empty (GCRA).

use std::sync::LazyLock;

use domain::Stamp;
use redis::Script;

use super::{Away, Redis};

/// Judged and written in one step, so that of two who ask at once for the last place one is refused.
const COUNT: &str = include_str!("count.lua");

static COUNT_SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(COUNT));

/// What became of one asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// When the bucket is empty.
    pub empty: Stamp,
    /// Refused: how much too early it was.
    pub early_us: Option<i64>,
}

impl Redis {
    /// One more for this name, `step_us` of a bucket that holds `full_us`.
    pub async fn count(&self, name: &str, now: Stamp, step_us: i64, full_us: i64) -> Result<Counted, Away> {
        let key = format!("{}:rate:{name}", self.hub.lines.settings.prefix);
        let counted = self.hub.lines.ask(&key, async |line| {
            let mut call = COUNT_SCRIPT.prepare_invoke();
            call.key(&key).arg(now.0).arg(step_us).arg(full_us);
            call.invoke_async::<(i64, i64)>(line).await
        });
        let (empty, early) = counted.await?;
        Ok(Counted { empty: Stamp(empty), early_us: Some(early).filter(|early| *early > 0) })
    }
}
