//! An engine that fails on command, at every place where the journal awaits it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Needs, Stamp, WorkspaceId, World};
use parking_lot::Mutex;
use store::Answer;
use store::port::{
    Ask, CommitError, Engine, Freshness, LoadFigures, Opened, Query, Seen, Shape, StoreError, Transaction,
    Wait,
};
use store::statement::Dialect;

/// What goes wrong at the next place of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The database is gone before anything begins.
    OpenFails,
    /// A statement of the load does not go.
    LoadFails,
    /// A statement of the write does not go: nothing happens.
    WriteFails,
    /// The connection is gone before COMMIT was sent.
    LostBeforeCommit,
    /// COMMIT was durable, its answer never came.
    AnswerLost,
    /// COMMIT was sent, nothing became durable, and no answer came.
    CommitLost,
    /// The process dies here: the future never goes on.
    DiesBeforeOpen,
    DiesAfterOpen,
    DiesBeforeCommit,
    DiesAfterCommit,
}

impl Fault {
    pub const ALL: &'static [Self] = &[
        Self::OpenFails,
        Self::LoadFails,
        Self::WriteFails,
        Self::LostBeforeCommit,
        Self::AnswerLost,
        Self::CommitLost,
        Self::DiesBeforeOpen,
        Self::DiesAfterOpen,
        Self::DiesBeforeCommit,
        Self::DiesAfterCommit,
    ];
    pub fn kills(self) -> bool {
        matches!(
            self,
            Self::DiesBeforeOpen | Self::DiesAfterOpen | Self::DiesBeforeCommit | Self::DiesAfterCommit
        )
    }
}

/// What is to go wrong, in order; `None` is a step that goes well.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    plan: Arc<Mutex<VecDeque<Option<Fault>>>>,
    happened: Arc<Mutex<Vec<Fault>>>,
    looked: Arc<Mutex<(usize, usize)>>,
    asked: Arc<Mutex<BTreeMap<&'static str, usize>>>,
    unread: Arc<Mutex<Option<&'static str>>>,
}

impl Faults {
    /// The next transaction but `after` meets this.
    pub fn plan(&self, after: usize, fault: Fault) {
        let mut plan = self.plan.lock();
        while plan.len() < after {
            plan.push_back(None);
        }
        plan.push_back(Some(fault));
    }
    /// How often a text with these words was read.
    pub fn asked(&self, words: &str) -> usize {
        self.asked.lock().iter().filter(|(text, _)| text.contains(words)).map(|(_, times)| times).sum()
    }
    /// No look with these words in one of its texts is answered, until others are named or none.
    pub fn cannot_read(&self, words: Option<&'static str>) {
        *self.unread.lock() = words;
    }
    pub fn clear(&self) {
        self.plan.lock().clear();
    }
    pub fn happened(&self) -> Vec<Fault> {
        self.happened.lock().clone()
    }
    /// Round trips that read, and the statements in them.
    pub fn looked(&self) -> (usize, usize) {
        *self.looked.lock()
    }
    fn next(&self) -> Option<Fault> {
        self.plan.lock().pop_front().flatten()
    }
    fn note(&self, fault: Fault) {
        self.happened.lock().push(fault);
    }
}

/// An engine whose next transactions meet what was planned for them.
pub struct Faulty {
    engine: Arc<dyn Engine>,
    pub faults: Faults,
}

impl Faulty {
    pub fn over(engine: Arc<dyn Engine>) -> Self {
        Self { engine, faults: Faults::default() }
    }
    /// Faults planned and counted elsewhere: they outlive the engine.
    #[must_use]
    pub fn with(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }
    async fn die(&self, fault: Fault) {
        self.faults.note(fault);
        std::future::pending::<()>().await;
    }
}

struct Doomed {
    transaction: Box<dyn Transaction>,
    fault: Fault,
    faults: Faults,
}

fn gone() -> StoreError {
    StoreError::Unreachable("a planned fault".into())
}

#[async_trait]
impl Engine for Faulty {
    fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }
    fn shape(&self) -> Shape {
        self.engine.shape()
    }
    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError> {
        let Some(fault) = self.faults.next() else { return self.engine.open(asks, wait).await };
        match fault {
            Fault::DiesBeforeOpen => self.die(fault).await,
            Fault::OpenFails => {
                self.faults.note(fault);
                return Err(gone());
            }
            Fault::LoadFails => {
                self.faults.note(fault);
                return Err(StoreError::Statement("a planned fault".into()));
            }
            _ => {}
        }
        let Opened { transaction, worlds } = self.engine.open(asks, wait).await?;
        if fault == Fault::DiesAfterOpen {
            drop(transaction);
            self.die(fault).await;
            return Err(gone());
        }
        let transaction = Box::new(Doomed { transaction, fault, faults: self.faults.clone() });
        Ok(Opened { transaction, worlds })
    }
    async fn begin_epoch(&self) -> Result<(), StoreError> {
        self.engine.begin_epoch().await
    }
    async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        // Known before it is counted: whoever saw the count knows what became of the look.
        let unread = *self.faults.unread.lock();
        {
            let mut looked = self.faults.looked.lock();
            *looked = (looked.0 + 1, looked.1 + queries.len());
        }
        for query in queries {
            *self.faults.asked.lock().entry(query.sql).or_default() += 1;
        }
        if unread.is_some_and(|words| queries.iter().any(|query| query.sql.contains(words))) {
            return Err(gone());
        }
        self.engine.look(workspace, fresh, queries).await
    }
    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError> {
        self.engine.run(query).await
    }
    async fn run_together(&self, queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError> {
        self.engine.run_together(queries).await
    }
    async fn now(&self) -> Result<Stamp, StoreError> {
        self.engine.now().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.engine.ping().await
    }
    fn load_figures(&self) -> LoadFigures {
        self.engine.load_figures()
    }
}

#[async_trait]
impl Transaction for Doomed {
    async fn load(&mut self, world: &mut World, needs: &Needs) -> Result<(), StoreError> {
        self.transaction.load(world, needs).await
    }
    async fn commit(self: Box<Self>, worlds: &[World]) -> Result<(), CommitError> {
        let Self { transaction, fault, faults } = *self;
        faults.note(fault);
        match fault {
            Fault::WriteFails => Err(CommitError::Rejected(StoreError::Statement("a planned fault".into()))),
            Fault::LostBeforeCommit => Err(CommitError::Rejected(gone())),
            Fault::CommitLost => Err(CommitError::Unknown("a planned fault".into())),
            Fault::AnswerLost => {
                transaction.commit(worlds).await?;
                Err(CommitError::Unknown("a planned fault".into()))
            }
            Fault::DiesBeforeCommit => {
                drop(transaction);
                std::future::pending().await
            }
            Fault::DiesAfterCommit => {
                transaction.commit(worlds).await?;
                std::future::pending().await
            }
            _ => transaction.commit(worlds).await,
        }
    }
}
