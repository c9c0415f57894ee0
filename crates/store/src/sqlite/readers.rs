//! Threads that read beside the writer, each on a connection of its own.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::setup::open_reader;
use crate::port::{LoadFigures, StoreError};

type Work = Box<dyn FnOnce(&Connection) + Send>;

pub(super) enum Readers {
    /// On the caller's own thread, for schedules that must repeat exactly.
    Inline(Mutex<Connection>),
    Threads(Threads),
}

/// Reads waiting for a thread; one more is turned away.
const WAITING_MAX: usize = 10_000;
/// Who reads nothing for so long gives back the pages it remembers.
const REST_AFTER: Duration = Duration::from_secs(1);

/// What threads have to do, as long as this is held.
pub(super) struct Threads {
    desk: Arc<Desk>,
    count: usize,
}

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
    reading: usize,
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

    /// None once nobody asks any more and everything was read. Who had nothing to do for a while does `rest`, once. Whoever
    /// takes something says when it is read.
    fn take(&self, rests_after: Duration, mut rest: impl FnMut()) -> Option<Work> {
        let mut waiting = self.waiting.lock();
        let mut is_rested = false;
        loop {
            if let Some(work) = waiting.work.pop_front() {
                waiting.reading += 1;
                return Some(work);
            }
            if waiting.closed {
                return None;
            }
            if is_rested {
                self.came.wait(&mut waiting);
            } else if self.came.wait_for(&mut waiting, rests_after).timed_out() && waiting.work.is_empty() {
                is_rested = true;
                MutexGuard::unlocked(&mut waiting, &mut rest);
            }
        }
    }

    fn has_read(&self) {
        self.waiting.lock().reading -= 1;
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.desk.waiting.lock().closed = true;
        self.desk.came.notify_all();
    }
}

impl Readers {
    pub fn inline(place: &Path, vfs: Option<&str>) -> Result<Self, StoreError> {
        Ok(Self::Inline(Mutex::new(open_reader(place, vfs)?)))
    }

    /// The threads end with what this gives.
    #[allow(clippy::disallowed_methods, reason = "reader threads belong to the engine and end with it")]
    pub fn threads(place: &Path, vfs: Option<&str>, count: usize) -> Result<Self, StoreError> {
        let threads = Threads { desk: Arc::default(), count };
        for number in 0..count {
            let (connection, desk) = (open_reader(place, vfs)?, Arc::clone(&threads.desk));
            let serve = move || {
                // The system still has what it read: read again, it costs a copy.
                while let Some(work) = desk.take(REST_AFTER, || drop(connection.release_memory())) {
                    work(&connection);
                    desk.has_read();
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
            Self::Threads(Threads { desk, .. }) => {
                let (reply, answer) = oneshot::channel();
                let work = Box::new(move |connection: &Connection| {
                    // Whoever gave up while this waited is read nothing: a gust would keep all the others waiting.
                    if !reply.is_closed() {
                        drop(reply.send(question(connection)));
                    }
                });
                if !desk.put(work) {
                    return Err(StoreError::Saturated { retry_after: Duration::from_secs(1) });
                }
                answer.await.map_err(|_| StoreError::Unreachable("the reader is gone".into()))?
            }
        }
    }

    pub fn figures(&self) -> LoadFigures {
        let (in_use, waiting, max) = match self {
            Self::Inline(connection) => (usize::from(connection.is_locked()), 0, 1),
            Self::Threads(Threads { desk, count }) => {
                let waiting = desk.waiting.lock();
                (waiting.reading, waiting.work.len(), *count)
            }
        };
        LoadFigures { in_use, idle: max.saturating_sub(in_use), waiting, max }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use futures_util::poll;

    use super::*;

    #[test]
    fn who_has_nothing_to_read_rests_once_and_reads_on_when_somebody_asks() {
        let (desk, (rested, rests), (done, reads)) = (Desk::default(), mpsc::channel(), mpsc::channel());
        let connection = Connection::open_in_memory().expect("it opens");
        let put = |number: u32| {
            let done = done.clone();
            assert!(desk.put(Box::new(move |_| done.send(number).expect("heard"))));
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let connection = connection;
                let soon = Duration::from_millis(1);
                while let Some(work) = desk.take(soon, || rested.send(()).expect("heard")) {
                    work(&connection);
                }
            });
            for number in 0..3 {
                rests.recv().expect("it rests");
                put(number);
                assert_eq!(reads.recv(), Ok(number));
            }
            rests.recv().expect("it rests");
            desk.waiting.lock().closed = true;
            desk.came.notify_all();
        });
        assert!(rests.try_recv().is_err(), "once each time");
    }

    #[tokio::test]
    async fn nothing_is_read_for_who_gave_up_and_the_figures_say_who_reads_and_who_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("one.db");
        drop(Connection::open(&place).expect("it opens").execute_batch("CREATE TABLE said (text TEXT)"));
        let readers = Readers::threads(&place, None, 1).expect("a reader");
        assert_eq!(readers.figures(), LoadFigures { in_use: 0, idle: 1, waiting: 0, max: 1 });

        let ((began, begins), (go_on, goes_on)) = (mpsc::channel(), mpsc::channel());
        let long = readers.ask(move |_| {
            began.send(()).expect("heard");
            goes_on.recv().expect("told");
            Ok("long")
        });
        let was_read = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&was_read);
        let left = readers.ask(move |_| {
            noted.store(true, Ordering::SeqCst);
            Ok(())
        });
        let patient = readers.ask(|_| Ok("patient"));
        let (mut long, mut left, mut patient) = (Box::pin(long), Box::pin(left), Box::pin(patient));
        assert!(poll!(&mut long).is_pending());
        begins.recv().expect("it is read");
        assert!(poll!(&mut left).is_pending() && poll!(&mut patient).is_pending());
        assert_eq!(readers.figures(), LoadFigures { in_use: 1, idle: 0, waiting: 2, max: 1 });
        drop(left);
        go_on.send(()).expect("heard");
        assert_eq!((long.await, patient.await), (Ok("long"), Ok("patient")));
        assert!(!was_read.load(Ordering::SeqCst), "nobody waited for it");
    }
}
