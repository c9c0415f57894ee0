//! What one transaction carries: a few commands of each of some workspaces.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use domain::{Needs, WorkspaceId};
use tokio::sync::oneshot;
use tokio::time::Instant;
use traces::{Kind, Place, Span};

use crate::order::{Done, NotDone, Order};
use crate::port::{Ask, Wait};

/// An order, and who waits for its outcome.
#[derive(Debug)]
pub(crate) struct Pending {
    pub order: Order,
    pub digest: Option<[u8; 32]>,
    pub reply: Option<oneshot::Sender<Result<Done, NotDone>>>,
    pub since: Instant,
    /// Its COMMIT was sent once and not answered: until its receipt tells, it may have happened.
    pub maybe: bool,
    pub traced: Traced,
}

/// How it went, for who traces it: nothing, where it is not sampled.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// From here until its asker has an answer.
    whole: Span,
    /// Until a lane takes it.
    wait: Span,
}

impl Traced {
    pub fn begin(order: &Order) -> Self {
        let mut whole = Span::child(Kind::Internal, "store.execute");
        whole.set("rookery.command", || order.command.name());
        whole.set("rookery.key", || order.key.to_string());
        let wait = whole.below(Kind::Internal, "store.wait");
        Self { whole, wait }
    }
}

/// The spans of one transaction. It failed, unless somebody says that it went well.
#[derive(Debug)]
pub(crate) struct Underway(Vec<Span>);

impl Underway {
    pub fn went_well(mut self) {
        self.0.clear();
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Span::failed);
    }
}

impl Pending {
    /// That it did not happen is only said of what was never sent.
    pub fn give_up(&mut self, outcome: &NotDone) {
        let outcome = if self.maybe { NotDone::Unknown } else { outcome.clone() };
        self.answer(Err(outcome));
    }
    /// The asker may be gone; the outcome stands all the same.
    pub fn answer(&mut self, outcome: Result<Done, NotDone>) {
        if matches!(outcome, Err(NotDone::Failed(_) | NotDone::Unknown)) {
            self.traced.whole.failed();
        }
        self.traced.whole.end();
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
    /// Where what is told of it belongs: to the first command that is traced.
    pub fn place(&self) -> Place {
        let places = self.orders.iter().map(|pending| pending.traced.whole.place());
        places.fold(Place::default(), Place::or)
    }
    pub fn ask(&self) -> Ask {
        let mut needs = Needs::default();
        for pending in &self.orders {
            // Without its rows a broken rule is refused when it is judged; the lane goes on.
            if catch_unwind(AssertUnwindSafe(|| pending.order.needs(&mut needs))).is_err() {
                tracing::error!(command = pending.order.command.name(), "a command cannot name its rows");
            }
        }
        let founding = self.orders.iter().any(|pending| pending.order.command.founds());
        Ask { workspace: self.workspace, needs, founding }
    }
    /// Who has waited this long will not be tried again.
    pub fn turn_away(&mut self, patience: Duration, outcome: &NotDone) {
        self.orders.retain_mut(|pending| {
            let late = pending.since.elapsed() >= patience;
            if late {
                pending.give_up(outcome);
            }
            !late
        });
    }
    pub fn answer_all(&mut self, outcome: &NotDone) {
        self.orders.iter_mut().for_each(|pending| pending.give_up(outcome));
    }
}

#[derive(Debug)]
pub(crate) struct Batch {
    pub lines: Vec<Line>,
    pub wait: Wait,
}

impl Batch {
    /// Two halves in their order: of the workspaces, or of one workspace's commands. So one that does not go is found
    /// in a few commits among thousands.
    pub fn halves(mut self) -> [Self; 2] {
        if self.lines.len() > 1 {
            let rest = self.lines.split_off(self.lines.len() / 2);
            let wait = self.wait;
            return [self, Self { lines: rest, wait }];
        }
        let mut rest = Vec::new();
        for line in &mut self.lines {
            let orders = line.orders.split_off(line.orders.len() / 2);
            rest.push(Line { workspace: line.workspace, orders });
        }
        // The parts of one line keep their order only if none is left for later.
        [Self { wait: Wait::Wait, ..self }, Self { lines: rest, wait: Wait::Wait }]
    }
    /// Each workspace by itself, waiting for its lock.
    pub fn by_workspace(self) -> Vec<Self> {
        self.lines.into_iter().map(|line| Self { lines: vec![line], wait: Wait::Wait }).collect()
    }
    pub fn may_have_happened(&mut self) {
        self.lines.iter_mut().flat_map(|line| &mut line.orders).for_each(|pending| pending.maybe = true);
    }
    pub fn workspaces(&self) -> Vec<WorkspaceId> {
        self.lines.iter().map(|line| line.workspace).collect()
    }
    /// The transaction of all, once for each command that is traced.
    pub fn begin_transaction(&mut self) -> Underway {
        if !traces::is_on() {
            return Underway(Vec::new());
        }
        let (workspaces, commands) = (self.lines.len(), self.commands());
        let traced =
            self.lines.iter_mut().flat_map(|line| &mut line.orders).map(|pending| &mut pending.traced);
        let spans = traced.filter(|traced| traced.whole.is_kept()).map(|traced| {
            traced.wait.end();
            let mut span = traced.whole.below(Kind::Client, "store.transaction");
            span.set("rookery.batch.commands", || commands);
            span.set("rookery.batch.workspaces", || workspaces);
            span
        });
        Underway(spans.collect())
    }
    pub fn commands(&self) -> usize {
        self.lines.iter().map(|line| line.orders.len()).sum()
    }
}
