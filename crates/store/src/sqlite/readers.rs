//! Threads that read beside the writer, each on a connection of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::setup::open_reader;
use crate::port::StoreError;

type Work = Box<dyn FnOnce(&Connection) + Send>;

pub(super) enum Readers {
    /// On the caller's own thread, for schedules that must repeat exactly.
    Inline(Mutex<Connection>),
    Threads(mpsc::SyncSender<Work>),
}

/// Reads waiting for a thread; one more is turned away.
const WAITING_MAX: usize = 10_000;

impl Readers {
    pub fn inline(place: &Path, vfs: Option<&str>) -> Result<Self, StoreError> {
        Ok(Self::Inline(Mutex::new(open_reader(place, vfs)?)))
    }

    /// The threads end when the last sender is gone.
    #[allow(clippy::disallowed_methods, reason = "reader threads belong to the engine and end with it")]
    pub fn threads(place: &Path, vfs: Option<&str>, count: usize) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::sync_channel::<Work>(WAITING_MAX);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..count {
            let (connection, receiver) = (open_reader(place, vfs)?, Arc::clone(&receiver));
            let serve = move || {
                loop {
                    let work = receiver.lock().recv();
                    match work {
                        Ok(work) => work(&connection),
                        Err(mpsc::RecvError) => return,
                    }
                }
            };
            let name = format!("store.reader.{number}");
            let started = std::thread::Builder::new().name(name).spawn(serve);
            started.map_err(|error| StoreError::Unreachable(format!("no thread to read with: {error}")))?;
        }
        Ok(Self::Threads(sender))
    }

    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Inline(connection) => question(&connection.lock()),
            Self::Threads(sender) => {
                let (reply, answer) = oneshot::channel();
                let work = Box::new(move |connection: &Connection| drop(reply.send(question(connection))));
                sender
                    .try_send(work)
                    .map_err(|_| StoreError::Saturated { retry_after: std::time::Duration::from_secs(1) })?;
                answer.await.map_err(|_| StoreError::Unreachable("the reader is gone".into()))?
            }
        }
    }
}
