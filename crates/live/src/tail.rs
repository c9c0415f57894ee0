//! One workspace as a node follows it: in order, each position once, and the latest of it kept. No I/O, no clock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::row::Row;
use domain::{Commit, EventKind, Message, Position};

use crate::journal::Mark;
use crate::piece::Piece;

/// How much is kept of a workspace once it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    pub events_max: usize,
    pub bytes_max: usize,
}

impl Keeping {
    /// So that who comes back within minutes misses nothing.
    pub const OF_MINUTES: Self = Self { events_max: 4_096, bytes_max: 8 * 1024 * 1024 };
    /// Where nobody comes back to.
    pub const NOTHING: Self = Self { events_max: 0, bytes_max: 0 };
}

/// Commits that wait for what comes before them; more are thrown away and read.
const EARLY_MAX: usize = 1_024;

#[derive(Debug)]
pub(crate) struct Tail {
    at: Mark,
    keeping: Keeping,
    kept: VecDeque<Arc<Piece>>,
    events: usize,
    bytes: usize,
    /// Heard before what comes before them.
    early: BTreeMap<Position, Arc<Commit>>,
}

/// What a commit means for who follows.
#[derive(Debug, Default)]
pub(crate) struct Next {
    pub pieces: Vec<Arc<Piece>>,
    /// The bus speaks of another history than ours; only the journal knows.
    pub doubtful: bool,
}

impl Tail {
    pub fn new(at: Mark, keeping: Keeping) -> Self {
        Self { at, keeping, kept: VecDeque::new(), events: 0, bytes: 0, early: BTreeMap::new() }
    }
    pub fn at(&self) -> Mark {
        self.at
    }
    /// Something later was heard already.
    pub fn has_hole(&self) -> bool {
        !self.early.is_empty()
    }

    /// Heard from the bus, or read from the journal.
    pub fn hear(&mut self, commit: Arc<Commit>) -> Next {
        if commit.epoch != self.at.epoch {
            return Next { pieces: Vec::new(), doubtful: true };
        }
        if !commit.events.is_empty() && commit.first > self.at.position.next() {
            if self.early.len() < EARLY_MAX {
                self.early.entry(commit.first).or_insert(commit);
            }
            return Next::default();
        }
        let mut pieces: Vec<_> = self.take(commit).into_iter().collect();
        while let Some(first) = self.early.first_entry() {
            if *first.key() > self.at.position.next() {
                break;
            }
            let commit = first.remove();
            pieces.extend(self.take(commit));
        }
        Next { pieces, doubtful: false }
    }

    /// What is new of a commit that leaves no hole. Usually that is all of it, and then it is shared as it is.
    fn take(&mut self, commit: Arc<Commit>) -> Option<Arc<Piece>> {
        let next = self.at.position.next();
        let known = (next.0.saturating_sub(commit.first.0) as usize).min(commit.events.len());
        let commit = match known == 0 && commit.first == next {
            true => commit,
            false => {
                let mut commit = Arc::unwrap_or_clone(commit);
                commit.events.drain(..known);
                commit.first = next;
                Arc::new(commit)
            }
        };
        if commit.events.is_empty() {
            // Private state has versions of its own: seen twice is harmless, and a repair does not bring it.
            let piece = Arc::new(Piece::new(commit));
            return (!piece.commit().private.is_empty()).then_some(piece);
        }
        self.at.position = Position(self.at.position.0 + commit.events.len() as u64);
        for (event, _) in &commit.events {
            if matches!(event.kind, EventKind::MessageEdited | EventKind::MessageDeleted)
                && let (Some(channel), Some(thread), Some(number)) =
                    (event.channel, event.thread, event.number)
            {
                self.forget((channel, thread, number));
            }
        }
        let piece = Arc::new(Piece::new(commit));
        self.keep(Arc::clone(&piece));
        Some(piece)
    }

    fn keep(&mut self, piece: Arc<Piece>) {
        self.events += piece.commit().events.len();
        self.bytes += piece.weight();
        self.kept.push_back(piece);
        while self.events > self.keeping.events_max || self.bytes > self.keeping.bytes_max {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.events -= oldest.commit().events.len();
            self.bytes = self.bytes.saturating_sub(oldest.weight());
        }
    }

    /// An earlier image of a message holds what was taken back; its text leaves before the change is passed on.
    fn forget(&mut self, key: <Message as Row>::Key) {
        let is_it = |message: &Option<Message>| message.as_ref().is_some_and(|message| message.key() == key);
        for kept in &mut self.kept {
            let holds = kept
                .commit()
                .events
                .iter()
                .any(|(_, image)| is_it(&image.message) || is_it(&image.root) || is_it(&image.row));
            if !holds {
                continue;
            }
            let mut commit = kept.commit().clone();
            for (_, image) in &mut commit.events {
                for message in [&mut image.message, &mut image.root, &mut image.row] {
                    if is_it(message) {
                        *message = None;
                    }
                }
            }
            self.bytes = self.bytes.saturating_sub(kept.weight());
            *kept = Arc::new(Piece::new(commit));
            self.bytes += kept.weight();
        }
    }

    /// Whether everything after a position is here.
    pub fn reaches(&self, mark: Mark) -> bool {
        let oldest = self.kept.front().map_or(self.at.position.next(), |piece| piece.commit().first);
        mark.epoch == self.at.epoch && mark.position <= self.at.position && mark.position.next() >= oldest
    }

    /// Everything after a position, or none where it no longer reaches back so far.
    pub fn since(&self, mark: Mark) -> Option<Vec<Arc<Piece>>> {
        if !self.reaches(mark) {
            return None;
        }
        let from = self.kept.partition_point(|piece| piece.last() <= mark.position);
        Some(self.kept.iter().skip(from).cloned().collect())
    }
}
