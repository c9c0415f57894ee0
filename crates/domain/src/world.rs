//! What a command sees, and the only way its changes get in.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cell::Value;
use crate::command::Changes;
use crate::private::PrivateItem;
use crate::row::Index;
use crate::tables::{InWorld, Tables};
use crate::{AccountId, Epoch, Event, Head, Position, Receipt, Stamp, WorkspaceId};

/// The named rows of one workspace inside a transaction, with the changes of the commands before.
#[derive(Debug)]
pub struct World {
    head: Head,
    stored_head: Head,
    clock: Stamp,
    pub tables: Tables,
    events: Vec<Event>,
    private: Vec<(AccountId, u64, PrivateItem)>,
    /// A command looked at what it had not named: its answer cannot be trusted.
    unnamed: AtomicBool,
    changed: bool,
}

impl World {
    pub fn new(head: Head, clock: Stamp) -> Self {
        Self {
            stored_head: head.clone(),
            head,
            clock,
            tables: Tables::default(),
            events: Vec::new(),
            private: Vec::new(),
            unnamed: AtomicBool::new(false),
            changed: false,
        }
    }
    pub fn workspace(&self) -> WorkspaceId {
        self.head.workspace
    }
    pub fn head(&self) -> &Head {
        &self.head
    }
    pub fn epoch(&self) -> Epoch {
        self.head.epoch
    }
    pub fn clock(&self) -> Stamp {
        self.clock
    }
    /// The moment the next command happens at: the clock, unless it stands still or went back.
    pub fn stamp(&self) -> Stamp {
        self.clock.max(self.head.last_us.next())
    }
    /// A row as it is now; absent means it does not exist.
    pub fn get<R: InWorld>(&self, key: &R::Key) -> Option<&R> {
        let slot = R::rows(&self.tables).slots.get(key);
        if slot.is_none() {
            self.unnamed.store(true, Ordering::Relaxed);
        }
        slot?.now.as_ref()
    }
    /// The rows of a find that was named, as they are now, in the order of their keys.
    pub fn find<'a, R: InWorld>(
        &'a self,
        index: &'static Index,
        values: &'a [Value],
    ) -> impl Iterator<Item = &'a R> {
        let rows = R::rows(&self.tables);
        if !rows.found.iter().any(|(known, find)| std::ptr::eq(*known, index) && find.values == values) {
            self.unnamed.store(true, Ordering::Relaxed);
        }
        rows.slots.values().filter_map(|slot| slot.now.as_ref()).filter(move |row| index.holds(*row, values))
    }
    /// Whether the command just judged looked at rows it had not named; asking resets it.
    pub fn was_unnamed(&self) -> bool {
        self.unnamed.swap(false, Ordering::Relaxed)
    }
    /// Gives positions and stamps their place. The changes were begun on this world as it stands.
    pub fn accept(&mut self, changes: Changes) -> Position {
        debug_assert!(changes.first == self.head.position.next(), "changes begun on another world");
        self.changed |= !changes.rows.is_empty() || !changes.events.is_empty();
        // A batch of private marks leaves the journal's head alone.
        if !changes.events.is_empty() {
            self.head.last_us = self.head.last_us.max(changes.stamp);
        }
        self.head.position = Position(self.head.position.0 + changes.events.len() as u64);
        self.events.extend(changes.events);
        self.private.extend(changes.private);
        for change in changes.rows {
            self.tables.apply(change);
        }
        self.head.position
    }
    /// Keeps what a command answered, so that its key answers the same again.
    pub fn keep(&mut self, receipt: Receipt) {
        self.changed = true;
        self.tables.receipt.set(crate::row::Row::key(&receipt), Some(receipt));
    }
    /// Whether anything is to be written.
    pub fn is_changed(&self) -> bool {
        self.changed
    }
    pub fn events(&self) -> &[Event] {
        &self.events
    }
    pub fn private(&self) -> &[(AccountId, u64, PrivateItem)] {
        &self.private
    }
    /// The head to write, where it moved. `touched` is the bucket of this commit.
    pub fn moved_head(&self) -> Option<Head> {
        (self.head != self.stored_head)
            .then(|| Head { touched: (self.clock.0 / BUCKET_US).max(0) as u64, ..self.head.clone() })
    }
}

/// Heads are found by the 5 seconds in which they were last written.
pub const BUCKET_US: i64 = 5 * Stamp::SECOND;
