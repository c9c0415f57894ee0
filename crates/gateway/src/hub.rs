//! From the runtime to the cores: one queue and at most one wake a batch.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mio::Waker;
use parking_lot::Mutex;
use protocol::{AccountId, WorkspaceId};
use service::Service;
use service::live::presence::Change;
use service::live::{EventKind, Listener, Mark, Piece};

use crate::arrivals::Newcomer;
use crate::desk::Answer;
use crate::frames::Frames;
use crate::ticket::Tickets;

pub(crate) enum ToCore {
    Arrived(Box<Newcomer>),
    Told(Arc<Piece>),
    Broke(WorkspaceId, Mark),
    /// Whispers may have been lost; in one workspace, or in any.
    Doubted(Option<WorkspaceId>),
    Answered(Box<Answer>),
    Changed(Arc<[Change]>),
    /// Sessions of an account ended, or of anybody; which, the desk knows.
    Ended(Option<AccountId>),
    /// The server goes down softly.
    Drain,
}

pub(crate) struct Inbox {
    queue: Mutex<Vec<ToCore>>,
    waker: Waker,
}

impl Inbox {
    pub fn new(waker: Waker) -> Self {
        Self { queue: Mutex::default(), waker }
    }
    pub fn send(&self, messages: impl IntoIterator<Item = ToCore>) {
        let mut queue = self.queue.lock();
        let slept = queue.is_empty();
        queue.extend(messages);
        let wake = slept && !queue.is_empty();
        drop(queue);
        if wake {
            self.wake().ok();
        }
    }
    fn wake(&self) -> io::Result<()> {
        self.waker.wake()
    }
    pub fn take(&self, into: &mut Vec<ToCore>) {
        std::mem::swap(&mut *self.queue.lock(), into);
    }
}

/// Everything the feed tells, to every core.
pub(crate) struct Hub {
    pub inboxes: Vec<Arc<Inbox>>,
    pub tickets: Tickets,
    /// Sockets of this process, on all cores.
    pub open: Arc<AtomicUsize>,
    pub service: Service,
}

impl Hub {
    /// From its commit, by the engine's clock, to its telling, by ours.
    fn count_delay(&self, piece: &Piece) {
        if let Some((last, _)) = piece.commit().events.last() {
            let late_us = self.service.now().0.saturating_sub(last.at_us.0).max(0);
            metrics::histogram!("rookery_delivery_delay_seconds").record(late_us as f64 / 1e6);
        }
    }
    pub fn all(&self, message: impl Fn() -> ToCore) {
        self.inboxes.iter().for_each(|inbox| inbox.send([message()]));
    }
}

impl Listener for Hub {
    fn told(&self, piece: &Arc<Piece>) {
        if piece.commit().workspace == WorkspaceId::INSTALLATION {
            let ended =
                piece.commit().events.iter().filter(|(event, _)| event.kind == EventKind::SessionsEnded);
            for account in ended.filter_map(|(event, _)| event.account) {
                self.tickets.end(account, self.service.now());
                self.all(|| ToCore::Ended(Some(account)));
            }
            return;
        }
        self.count_delay(piece);
        // Whoever comes from now on starts at a mark of the feed, and this is in its tail already.
        if self.open.load(Ordering::Relaxed) == 0 {
            return;
        }
        // Here, once, so that no core encodes what another did.
        piece.form(Frames::of);
        self.all(|| ToCore::Told(Arc::clone(piece)));
    }
    fn doubts(&self, workspace: Option<WorkspaceId>) {
        if workspace != Some(WorkspaceId::INSTALLATION) {
            self.all(|| ToCore::Doubted(workspace));
        }
    }
    fn broke(&self, workspace: WorkspaceId, at: Mark) {
        match workspace {
            WorkspaceId::INSTALLATION => {
                self.tickets.missed(self.service.now());
                self.all(|| ToCore::Ended(None));
            }
            _ => self.all(|| ToCore::Broke(workspace, at)),
        }
    }
}
