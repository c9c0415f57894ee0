//! Where spans go when they end: into a queue that never makes anybody wait.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;

use crate::dice::Share;
use crate::{Kind, Value};

/// A span that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub trace: [u8; 16],
    pub span: [u8; 8],
    /// All zeros: the first of its trace.
    pub parent: [u8; 8],
    /// The span above it is of another process.
    pub from_afar: bool,
    pub kind: Kind,
    pub name: std::borrow::Cow<'static, str>,
    /// Since 1970.
    pub began: Duration,
    pub took: Duration,
    pub values: Vec<(&'static str, Value)>,
    pub failed: bool,
}

/// What was sampled, in the order it ended.
pub type Taken = mpsc::Receiver<Finished>;

struct Taker {
    share: Share,
    queue: mpsc::Sender<Finished>,
}

static TAKER: OnceLock<Taker> = OnceLock::new();

/// From here on this share of what begins in this process is kept, and so many spans wait at most to be taken: one more is dropped,
/// and counted. Nothing, where somebody takes them already.
pub fn take(share: f64, waiting_max: usize) -> Option<Taken> {
    let (queue, taken) = mpsc::channel(waiting_max.max(1));
    TAKER.set(Taker { share: Share::of(share), queue }).ok().map(|()| taken)
}

/// Spans nobody will see, by why.
pub fn dropped(why: &'static str, count: usize) {
    metrics::counter!("rookery_traces_dropped_total", "why" => why).increment(count as u64);
}

/// Whether anybody takes spans here.
pub fn is_on() -> bool {
    TAKER.get().is_some()
}

pub(crate) fn is_sampled() -> bool {
    TAKER.get().is_some_and(|taker| taker.share.hits())
}

pub(crate) fn hand_over(finished: Finished) {
    let Some(taker) = TAKER.get() else { return };
    match taker.queue.try_send(finished) {
        Ok(()) => {}
        Err(mpsc::error::TrySendError::Full(_)) => dropped("full", 1),
        // What ends after the last were sent.
        Err(mpsc::error::TrySendError::Closed(_)) => dropped("away", 1),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a span is compared with those of other machines, by the time of day"
)]
pub(crate) fn time_of_day() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
