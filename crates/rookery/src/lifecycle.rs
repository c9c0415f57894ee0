//! Every task of the process: its owner, its name, and the two ways it stops.
//!
//! A soft stop asks everyone to finish what is under way and waits, within a limit; a hard stop abandons what is left. A task that
//! fails or panics is named, and brings the process down softly: half a server is worse than none.

mod signals;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{oneshot, watch};
use tracing::{error, info, warn};

pub use signals::signals;

/// Why a task did not end well; said once, here, with the task's name.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Soft,
    /// Everyone who serves has finished; now what they stood on may end.
    Last,
    Hard,
}

/// What a task watches to know when to end.
#[derive(Clone)]
pub struct Stop {
    phase: watch::Receiver<Phase>,
    soft: Phase,
}

impl Stop {
    /// Resolves when it is time to finish what is under way and take nothing new.
    pub async fn soft(&self) {
        self.reached(self.soft).await;
    }

    async fn hard(&self) {
        self.reached(Phase::Hard).await;
    }

    async fn reached(&self, phase: Phase) {
        // An error means the lifecycle itself is gone, which is later than any stop.
        drop(self.phase.clone().wait_for(|now| *now >= phase).await);
    }
}

/// A stop came before the work was done; it may be half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server stopped before this was done")]
pub struct Abandoned;

/// How it all ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everyone finished what they were doing.
    Drained,
    /// These were left behind by a second signal or by the limit.
    Left(Vec<&'static str>),
    /// This task failed; the others were stopped in order.
    Failed { task: &'static str, why: String },
}

/// Owns the tasks. Clones are handles to the same.
#[derive(Clone)]
pub struct Lifecycle(Arc<Inner>);

struct Inner {
    phase: watch::Sender<Phase>,
    tasks: Mutex<Tasks>,
    /// Rung whenever a task ended.
    ended: watch::Sender<u64>,
    drain: Duration,
}

#[derive(Default)]
struct Tasks {
    next: u64,
    running: BTreeMap<u64, (Phase, &'static str)>,
    failed: Option<(&'static str, String)>,
}

impl Lifecycle {
    pub fn new(drain: Duration) -> Lifecycle {
        let (phase, ended) = (watch::Sender::new(Phase::Running), watch::Sender::new(0));
        Lifecycle(Arc::new(Inner { phase, ended, tasks: Mutex::default(), drain }))
    }

    /// Runs a task under its name until it ends or is abandoned.
    pub fn spawn<F>(&self, name: &'static str, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        self.start(Phase::Soft, name, task);
    }

    /// The same for what the others stand on: its soft stop comes when everyone else has ended.
    pub fn spawn_base<F>(&self, name: &'static str, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        self.start(Phase::Last, name, task);
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one who owns tasks")]
    fn start<F>(&self, soft: Phase, name: &'static str, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        let named = self.enter(soft, name);
        let stop = Stop { phase: self.0.phase.subscribe(), soft };
        let task = AssertUnwindSafe(task(stop.clone())).catch_unwind();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                ended = task => match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => named.failed(error.to_string()),
                    Err(panic) => named.failed(format!("panicked: {}", panic_words(panic.as_ref()))),
                },
                () = stop.hard() => {}
            }
            drop(named);
        });
    }

    /// Does this to its end even if the caller goes away; only a hard stop leaves it half done.
    pub async fn finish<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Abandoned> {
        let (tell, told) = oneshot::channel();
        self.spawn(name, |_| async move {
            // The caller may have gone: the work was done all the same.
            tell.send(work.await).ok();
            Ok(())
        });
        told.await.map_err(|_| Abandoned)
    }

    /// Blocking work on a thread of its own, which bears the name; the caller waits without blocking. The thread itself cannot be
    /// dropped: a hard stop leaves it to the end of the process.
    pub async fn on_thread<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, TaskError> {
        let (tell, told) = oneshot::channel();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            tell.send(done.map_err(|panic| panic_words(panic.as_ref()).to_owned())).ok();
        })?;
        told.await?.map_err(|words| format!("panicked: {words}").into())
    }

    /// Waits for `asked` (a signal) or a failure, stops softly, and then, at the limit or when asked again, hard.
    pub async fn until_stopped<F: Future<Output = &'static str>>(
        &self,
        mut asked: impl FnMut() -> F,
    ) -> Ending {
        tokio::select! {
            biased;
            () = self.until(|tasks| tasks.failed.is_some()) => {}
            why = asked() => info!(why, "stopping: what is under way has {} s", self.0.drain.as_secs_f32()),
        }
        self.0.phase.send_replace(Phase::Soft);
        let everyone_ended = tokio::select! {
            biased;
            () = self.drained() => true,
            why = asked() => { warn!(why, "asked again: stopping now"); false }
            () = tokio::time::sleep(self.0.drain) => { warn!("the time for a soft stop is over: stopping now"); false }
        };
        let left = if everyone_ended { Vec::new() } else { self.abandon().await };
        match self.tasks().failed.take() {
            Some((task, why)) => Ending::Failed { task, why },
            None if left.is_empty() => Ending::Drained,
            None => Ending::Left(left),
        }
    }

    /// Those who serve first, then what they stood on.
    async fn drained(&self) {
        self.until(|tasks| tasks.running.values().all(|(soft, _)| *soft == Phase::Last)).await;
        self.0.phase.send_replace(Phase::Last);
        self.until(|tasks| tasks.running.is_empty()).await;
    }

    /// A soft stop that nobody had to ask for: the work is done.
    pub async fn finished(&self) -> Ending {
        let mut asked = false;
        self.until_stopped(|| {
            let again = std::mem::replace(&mut asked, true);
            async move { if again { std::future::pending().await } else { "the work is done" } }
        })
        .await
    }

    /// Drops the tasks that are left, and names them. One that never yields cannot be dropped; the process leaves it.
    async fn abandon(&self) -> Vec<&'static str> {
        const DROPPED_WITHIN: Duration = Duration::from_secs(1);
        let left = self.names();
        self.0.phase.send_replace(Phase::Hard);
        let dropped = self.until(|tasks| tasks.running.is_empty());
        if tokio::time::timeout(DROPPED_WITHIN, dropped).await.is_err() {
            let stuck = self.names();
            warn!(?stuck, "tasks that do not yield are left behind");
        }
        left
    }

    async fn until(&self, so: impl Fn(&Tasks) -> bool) {
        let mut ended = self.0.ended.subscribe();
        while !so(&self.tasks()) {
            // The sender lives in `self`, so this cannot fail while we wait.
            ended.changed().await.ok();
        }
    }

    fn enter(&self, soft: Phase, name: &'static str) -> Named {
        let mut tasks = self.tasks();
        let id = tasks.next;
        tasks.next += 1;
        tasks.running.insert(id, (soft, name));
        Named { lifecycle: self.clone(), id, name }
    }

    fn names(&self) -> Vec<&'static str> {
        self.tasks().running.values().map(|(_, name)| *name).collect()
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        // Nothing panics while it holds this; and if it did, the map would still be whole.
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's entry in the list, gone when the task is, however it went.
struct Named {
    lifecycle: Lifecycle,
    id: u64,
    name: &'static str,
}

impl Named {
    /// Only the first failure is the reason for the stop; later ones are its consequences, and are only logged.
    fn failed(&self, why: String) {
        error!(task = self.name, why, "task {} failed", self.name);
        self.lifecycle.tasks().failed.get_or_insert((self.name, why));
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.lifecycle.tasks().running.remove(&self.id);
        self.lifecycle.0.ended.send_modify(|count| *count += 1);
    }
}

fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
