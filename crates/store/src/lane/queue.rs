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
    pub closed: bool,
}

impl Queue {
    pub fn new(shape: Shape, max: usize) -> Self {
        Self { shape, max, lines: HashMap::new(), ready: VecDeque::new(), count: 0, closed: false }
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
        if line.orders.is_empty() && !line.busy {
            self.ready.push_back(workspace);
        }
        line.orders.push_back(pending);
        self.count += 1;
        true
    }

    pub fn take(&mut self) -> Option<Batch> {
        let first = *self.ready.front()?;
        if self.lines.get(&first).is_some_and(|line| line.skipped) {
            self.ready.pop_front();
            let line = self.take_line(first, self.shape.commands);
            return Some(Batch { lines: vec![line], wait: Wait::Wait });
        }
        let most = if self.ready.len() > 1 { self.shape.commands } else { COMMANDS_ALONE_MAX };
        // An even share, so that no lane stands idle beside one that took everything.
        let share = self.ready.len().div_ceil(self.shape.lanes.max(1)).min(self.shape.workspaces);
        let mut lines = Vec::new();
        while lines.len() < share {
            let Some(workspace) = self.ready.front().copied() else { break };
            if self.lines.get(&workspace).is_some_and(|line| line.skipped) {
                break;
            }
            self.ready.pop_front();
            lines.push(self.take_line(workspace, most));
        }
        Some(Batch { lines, wait: Wait::Skip })
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
        let Some(line) = self.lines.get_mut(&workspace).filter(|line| line.busy) else { return };
        line.busy = false;
        if line.orders.is_empty() {
            self.lines.remove(&workspace);
        } else {
            self.ready.push_back(workspace);
        }
    }

    /// Orders that were not carried out come back before those that came later.
    pub fn give_back(&mut self, line: Line, skipped: bool) {
        let Line { workspace, orders } = line;
        self.count += orders.len();
        let waiting = self.lines.entry(workspace).or_default();
        for pending in orders.into_iter().rev() {
            waiting.orders.push_front(pending);
        }
        let free_again = std::mem::replace(&mut waiting.busy, false);
        waiting.skipped = skipped;
        if waiting.orders.is_empty() {
            self.lines.remove(&workspace);
        } else if !free_again {
            // It is in the list already: another part of the same batch came back before.
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
                pending.answer(Err(outcome.clone()));
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
