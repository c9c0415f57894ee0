//! Pictures are drawn anew by one thread of their own: a storm of them slows pictures alone.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::Refusal;
use domain::verbs::NewPicture;
use store::NotDone;
use tokio::sync::oneshot;

use crate::portrait::portrait;

/// Who waits, each with a picture in memory; one more is told to come back.
const WAITING_MAX: usize = 8;
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Clones are handles to the same thread, which starts with the first picture and ends with the last handle.
#[derive(Clone, Default)]
pub struct Easel(Arc<OnceLock<Option<SyncSender<Job>>>>);

struct Job {
    bytes: Vec<u8>,
    reply: oneshot::Sender<Result<NewPicture, Refusal>>,
}

impl Easel {
    pub async fn draw(&self, bytes: Vec<u8>) -> Result<NewPicture, NotDone> {
        let gone = || NotDone::Failed("the thread that draws pictures is gone".into());
        let (reply, told) = oneshot::channel();
        let line = self.0.get_or_init(start).as_ref().ok_or_else(gone)?;
        line.try_send(Job { bytes, reply }).map_err(|error| match error {
            TrySendError::Full(_) => NotDone::Saturated { retry_after: RETRY_AFTER },
            TrySendError::Disconnected(_) => gone(),
        })?;
        Ok(told.await.map_err(|_| gone())??)
    }
}

impl fmt::Debug for Easel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Easel")
    }
}

fn start() -> Option<SyncSender<Job>> {
    let (line, jobs) = sync_channel(WAITING_MAX);
    let thread = std::thread::Builder::new().name("pictures".to_owned()).spawn(move || work(&jobs));
    thread.inspect_err(|error| tracing::error!(%error, "no thread for pictures: {error}")).ok()?;
    Some(line)
}

fn work(jobs: &Receiver<Job>) {
    while let Ok(Job { bytes, reply }) = jobs.recv() {
        if reply.is_closed() {
            continue;
        }
        // What breaks a decoder is somebody's picture, and nobody else's trouble.
        let drawn = catch_unwind(AssertUnwindSafe(|| portrait(&bytes)));
        let unreadable = |_| Err(Refusal::invalid("picture", "the picture cannot be read"));
        // Whoever asked may have gone meanwhile.
        reply.send(drawn.unwrap_or_else(unreadable)).ok();
    }
}
