//! How far one has read: said by oneself, or by saying something.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use domain::verbs::Mark;
use domain::{AccountId, By, ChannelId, WorkspaceId};
use futures_util::StreamExt;
use futures_util::stream;
use parking_lot::Mutex;
use store::{Done, NotDone};

use crate::{Address, Service};

/// How far somebody has read.
#[derive(Debug, Clone, Copy)]
pub struct ReadMark {
    pub at: Address,
    /// "Unread from here", decided on this version of the mark.
    pub back: Option<u64>,
}

/// Marks of senders are written this often, once a member and run.
const GATHERED_FOR: Duration = Duration::from_secs(1);
/// Where more senders than this wait to be marked, a further one's mark is left to their client.
const GATHERED_MAX: usize = 20_000;
const WRITTEN_AT_ONCE: usize = 64;

type Reader = (WorkspaceId, AccountId, ChannelId, u64);

/// Marks that sending moves, gathered so that a message is one commit, not two.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gathered(Arc<Mutex<BTreeMap<Reader, ReadTo>>>);

#[derive(Debug, Clone, Copy)]
struct ReadTo {
    by: By,
    number: u64,
}

impl Gathered {
    /// Later numbers win; nothing here waits.
    pub fn note(&self, by: By, at: Address) {
        let mut gathered = self.0.lock();
        let room = gathered.len() < GATHERED_MAX;
        let key = (by.workspace, by.account, at.channel, at.thread);
        match gathered.get_mut(&key) {
            Some(known) => known.number = known.number.max(at.number),
            None if room => drop(gathered.insert(key, ReadTo { by, number: at.number })),
            None => {}
        }
    }
}

impl Service {
    /// Private: no event, no receipt. Done twice is done once.
    pub async fn mark(&self, by: By, mark: ReadMark) -> Result<Done, NotDone> {
        let Address { channel, thread, number } = mark.at;
        self.in_workspace(by, self.new_key(), Mark { channel, thread, number, back: mark.back }).await
    }

    /// Writes what sending marked, again and again, until it is told to stop; then the rest. Dropped, it loses marks
    /// that clients give again.
    pub async fn gather_marks(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let stopped = tokio::select! {
                biased;
                () = &mut stop => true,
                () = tokio::time::sleep(GATHERED_FOR) => false,
            };
            self.write_marks().await;
            if stopped {
                return;
            }
        }
    }

    /// Writes what sending marked until now. What cannot be written is dropped: a mark is a convenience, and its
    /// sender's client gives it again.
    pub async fn write_marks(&self) {
        let gathered = mem::take(&mut *self.marks.0.lock());
        let marks = gathered.into_iter().map(|((_, _, channel, thread), ReadTo { by, number })| {
            let at = Address { channel, thread, number };
            self.mark(by, ReadMark { at, back: None })
        });
        stream::iter(marks)
            .buffer_unordered(WRITTEN_AT_ONCE)
            .for_each(|written| async {
                if let Err(error) = written {
                    tracing::debug!(%error, "a sender's mark was not written: {error}");
                }
            })
            .await;
    }
}
