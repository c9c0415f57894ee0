//! What one transaction carries: a few commands of each of some workspaces.

use std::time::Duration;

use domain::{Needs, WorkspaceId};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::order::{Done, NotDone, Order};
use crate::port::{Ask, Wait};

/// An order, and who waits for its outcome.
#[derive(Debug)]
pub(crate) struct Pending {
    pub order: Order,
    pub digest: Option<[u8; 32]>,
    pub reply: Option<oneshot::Sender<Result<Done, NotDone>>>,
    pub since: Instant,
}

impl Pending {
    /// The asker may be gone; the outcome stands all the same.
    pub fn answer(&mut self, outcome: Result<Done, NotDone>) {
        if let Some(reply) = self.reply.take() {
            drop(reply.send(outcome));
        }
    }
}

/// The commands of one workspace, in the order they came.
#[derive(Debug)]
pub(crate) struct Line {
    pub workspace: WorkspaceId,
    pub orders: Vec<Pending>,
}

impl Line {
    pub fn ask(&self) -> Ask {
        let mut needs = Needs::default();
        for pending in &self.orders {
            pending.order.needs(&mut needs);
        }
        let founding = self.orders.iter().any(|pending| pending.order.command.founds());
        Ask { workspace: self.workspace, needs, founding }
    }
    /// Who has waited this long was not tried, and will not be.
    pub fn turn_away(&mut self, patience: Duration, outcome: &NotDone) {
        self.orders.retain_mut(|pending| {
            let late = pending.since.elapsed() >= patience;
            if late {
                pending.answer(Err(outcome.clone()));
            }
            !late
        });
    }
    pub fn answer_all(&mut self, outcome: &NotDone) {
        for pending in &mut self.orders {
            pending.answer(Err(outcome.clone()));
        }
    }
}

#[derive(Debug)]
pub(crate) struct Batch {
    pub lines: Vec<Line>,
    pub wait: Wait,
}

impl Batch {
    /// Smaller batches that hold the same in the same order: by workspace, then by command. One part: it is as
    /// small as it gets.
    pub fn parts(self) -> Vec<Self> {
        let wait = Wait::Wait;
        if self.lines.len() > 1 {
            return self.lines.into_iter().map(|line| Self { lines: vec![line], wait }).collect();
        }
        let alone =
            |workspace, pending| Self { lines: vec![Line { workspace, orders: vec![pending] }], wait };
        let apart = self.lines.into_iter().flat_map(|line| {
            let workspace = line.workspace;
            line.orders.into_iter().map(move |pending| alone(workspace, pending))
        });
        apart.collect()
    }
    pub fn workspaces(&self) -> Vec<WorkspaceId> {
        self.lines.iter().map(|line| line.workspace).collect()
    }
    pub fn commands(&self) -> usize {
        self.lines.iter().map(|line| line.orders.len()).sum()
    }
}
