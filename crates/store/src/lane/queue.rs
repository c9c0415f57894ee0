//! Who waits to be written: a line a workspace, each in at most one lane at a time.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use domain::WorkspaceId;
use tokio::time::Instant;

use super::batch::{Batch, Line, Pending};
use crate::order::NotDone;
use crate::port::{Shape, Wait};

/// Of one workspace when nobody else waits.
const COMMANDS_ALONE_MAX: usize = 1_024;
/// One workspace may take this part of the places.
const SHARE_OF_ONE: usize = 4;

#[derive(Debug, Default)]
struct Waiting {
    orders: VecDeque<Pending>,
    /// A lane has some of its orders; the rest keeps its place behind them.
    busy: bool,
    /// Its head was held by another node: it goes first next time, alone and waiting.
    skipped: bool,
}

#[derive(Debug)]
pub(crate) struct Queue {
    shape: Shape,
    max: usize,
    lines: HashMap<WorkspaceId, Waiting>,
    /// Workspaces with orders that no lane has.
    ready: VecDeque<WorkspaceId>,
    count: usize,
    /// The workspace a lane waits for: one at a time, so that heads held elsewhere never hold all lanes.
    awaited: Option<WorkspaceId>,
    pub closed: bool,
}

impl Queue {
    pub fn new(shape: Shape, max: usize) -> Self {
        Self {
            shape,
            max,
            lines: HashMap::new(),
            ready: VecDeque::new(),
            count: 0,
            awaited: None,
            closed: false,
        }
    }
    pub fn len(&self) -> usize {
        self.count
    }
    pub fn is_idle(&self) -> bool {
        self.lines.is_empty()
    }

    /// False, and the order is gone, where there is no room.
    pub fn push(&mut self, pending: Pending) -> bool {
        if self.closed || self.count >= self.max {
            return false;
        }
        let workspace = pending.order.by.workspace;
        let line = self.lines.entry(workspace).or_default();
        // Nobody fills the queue of everybody.
        if line.orders.len() >= self.max.div_ceil(SHARE_OF_ONE) {
            return false;
        }
        if line.orders.is_empty() && !line.busy {
            self.ready.push_back(workspace);
        }
        line.orders.push_back(pending);
        self.count += 1;
        true
    }

    pub fn take(&mut self) -> Option<Batch> {
        let first = *self.ready.front()?;
        if self.awaited.is_none() && self.is_skipped(first) {
            self.ready.pop_front();
            self.awaited = Some(first);
            let line = self.take_line(first, self.shape.commands);
            return Some(Batch { lines: vec![line], wait: Wait::Wait });
        }
        let free = self.ready.iter().filter(|workspace| !self.is_skipped(**workspace)).count();
        let most = if free > 1 { self.shape.commands } else { COMMANDS_ALONE_MAX };
        // An even share, so that no lane stands idle beside one that took everything.
        let share = free.div_ceil(self.shape.lanes.max(1)).min(self.shape.workspaces);
        let mut chosen = Vec::with_capacity(share);
        let mut left = VecDeque::with_capacity(self.ready.len());
        for workspace in std::mem::take(&mut self.ready) {
            match chosen.len() < share && !self.is_skipped(workspace) {
                true => chosen.push(workspace),
                false => left.push_back(workspace),
            }
        }
        self.ready = left;
        let lines: Vec<_> = chosen.into_iter().map(|workspace| self.take_line(workspace, most)).collect();
        (!lines.is_empty()).then_some(Batch { lines, wait: Wait::Skip })
    }

    fn is_skipped(&self, workspace: WorkspaceId) -> bool {
        self.lines.get(&workspace).is_some_and(|line| line.skipped)
    }

    fn came_back(&mut self, workspace: WorkspaceId) {
        if self.awaited == Some(workspace) {
            self.awaited = None;
        }
    }

    /// The first commands of a line; one that must run alone does.
    fn take_line(&mut self, workspace: WorkspaceId, most: usize) -> Line {
        let mut orders = Vec::new();
        if let Some(line) = self.lines.get_mut(&workspace) {
            line.busy = true;
            line.skipped = false;
            while orders.len() < most {
                let alone = line.orders.front().is_some_and(|next| next.order.command.alone());
                if alone && !orders.is_empty() {
                    break;
                }
                let Some(pending) = line.orders.pop_front() else { break };
                orders.push(pending);
                if alone {
                    break;
                }
            }
        }
        self.count -= orders.len();
        Line { workspace, orders }
    }

    /// A lane is done with a workspace: what waits behind goes on.
    pub fn release(&mut self, workspace: WorkspaceId) {
        self.came_back(workspace);
        let Some(line) = self.lines.get_mut(&workspace).filter(|line| line.busy) else { return };
        line.busy = false;
        if line.orders.is_empty() {
            self.lines.remove(&workspace);
        } else {
            self.ready.push_back(workspace);
        }
    }

    /// Orders that were not carried out come back before those that came later. All that a lane has left of a
    /// workspace comes at once, in its order: it is free again from here on.
    pub fn give_back(&mut self, line: Line, skipped: bool) {
        let Line { workspace, orders } = line;
        self.came_back(workspace);
        self.count += orders.len();
        let waiting = self.lines.entry(workspace).or_default();
        for pending in orders.into_iter().rev() {
            waiting.orders.push_front(pending);
        }
        waiting.busy = false;
        waiting.skipped = skipped;
        if waiting.orders.is_empty() {
            self.lines.remove(&workspace);
        } else if skipped {
            self.ready.push_front(workspace);
        } else {
            self.ready.push_back(workspace);
        }
    }

    /// Turns away who has waited longer than anyone should. They were never tried.
    pub fn expire(&mut self, patience: Duration, outcome: &NotDone) {
        let now = Instant::now();
        for line in self.lines.values_mut() {
            while line.orders.front().is_some_and(|pending| now.duration_since(pending.since) >= patience) {
                let Some(mut pending) = line.orders.pop_front() else { break };
                pending.give_up(outcome);
                self.count -= 1;
            }
        }
        self.forget_empty();
    }

    /// Turns everyone away: hard stop.
    pub fn abandon(&mut self) {
        self.closed = true;
        for line in self.lines.values_mut() {
            line.orders.drain(..).for_each(|mut pending| pending.answer(Err(NotDone::Stopping)));
        }
        self.count = 0;
        self.forget_empty();
    }

    fn forget_empty(&mut self) {
        let lines = &mut self.lines;
        self.ready.retain(|workspace| lines.get(workspace).is_some_and(|line| !line.orders.is_empty()));
        lines.retain(|_, line| line.busy || !line.orders.is_empty());
    }
}

#[cfg(test)]
mod tests;
