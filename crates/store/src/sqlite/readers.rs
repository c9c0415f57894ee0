//! Threads that read beside the writer, each on a connection of its own.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::setup::open_reader;
use crate::port::StoreError;

type Work = Box<dyn FnOnce(&Connection) + Send>;

pub(super) enum Readers {
    /// On the caller's own thread, for schedules that must repeat exactly.
    Inline(Mutex<Connection>),
    Threads(Threads),
}

/// Reads waiting for a thread; one more is turned away.
const WAITING_MAX: usize = 10_000;

/// What threads have to do, as long as this is held.
pub(super) struct Threads(Arc<Desk>);

/// Where work is laid down and taken up. Nobody holds the lock while they wait, so a thread is woken only to read, never
/// to be the next who waits.
#[derive(Default)]
struct Desk {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    work: VecDeque<Work>,
    closed: bool,
}

impl Desk {
    /// False, and the work is gone, where too much waits.
    fn put(&self, work: Work) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.work.len() >= WAITING_MAX {
            return false;
        }
        waiting.work.push_back(work);
        drop(waiting);
        self.came.notify_one();
        true
    }

    /// None once nobody asks any more and everything was read.
    fn take(&self) -> Option<Work> {
        let mut waiting = self.waiting.lock();
        loop {
            if let Some(work) = waiting.work.pop_front() {
                return Some(work);
            }
            if waiting.closed {
                return None;
            }
            self.came.wait(&mut waiting);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.waiting.lock().closed = true;
        self.0.came.notify_all();
    }
}

impl Readers {
    pub fn inline(place: &Path, vfs: Option<&str>) -> Result<Self, StoreError> {
        Ok(Self::Inline(Mutex::new(open_reader(place, vfs)?)))
    }

    /// The threads end with what this gives.
    #[allow(clippy::disallowed_methods, reason = "reader threads belong to the engine and end with it")]
    pub fn threads(place: &Path, vfs: Option<&str>, count: usize) -> Result<Self, StoreError> {
        let threads = Threads(Arc::default());
        for number in 0..count {
            let (connection, desk) = (open_reader(place, vfs)?, Arc::clone(&threads.0));
            let serve = move || {
                while let Some(work) = desk.take() {
                    work(&connection);
                }
            };
            let name = format!("store.reader.{number}");
            let started = std::thread::Builder::new().name(name).spawn(serve);
            started.map_err(|error| StoreError::Unreachable(format!("no thread to read with: {error}")))?;
        }
        Ok(Self::Threads(threads))
    }

    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Inline(connection) => question(&connection.lock()),
            Self::Threads(Threads(desk)) => {
                let (reply, answer) = oneshot::channel();
                let work = Box::new(move |connection: &Connection| drop(reply.send(question(connection))));
                if !desk.put(work) {
                    return Err(StoreError::Saturated { retry_after: Duration::from_secs(1) });
                }
                answer.await.map_err(|_| StoreError::Unreachable("the reader is gone".into()))?
            }
        }
    }
}
