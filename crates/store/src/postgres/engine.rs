//! The engine port on PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::{Stamp, WorkspaceId};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::codec::{param, values};
use super::history::{Moment, record};
use super::lock::{NotOpened, Opening};
use super::options::PostgresOptions;
use super::replica::{Replicas, look};
use super::setup::{Migrating, carries_settings};
use super::texts::AllTexts;
use super::trouble::{failed, no_loan, unreadable};
use super::write::{Writing, roll_back};
use crate::answer::Answer;
use crate::migrate::{Plan, up};
use crate::pg::{Connection, Loan, Pool, PoolConfig, Statement};
use crate::port::{Ask, Engine, Freshness, LoadFigures, Opened, Query, Seen, Shape, StoreError, Wait};
use crate::statement::Dialect;
use crate::timing::Timed;

/// A new epoch touches every head there is.
const EPOCH_MAX: Duration = Duration::from_mins(5);
/// How long who finds no free connection should stay away.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Inner {
    pub options: PostgresOptions,
    pub texts: AllTexts,
    primary: Pool,
    /// A pool of its own only where writers sign in by another role.
    writers: Pool,
    pub replicas: Replicas,
    /// The connections readers may hold; the rest is the lanes'.
    seats: Semaphore,
    standing: AtomicUsize,
    /// Whether the writer's role carries its settings, so that batches need not say them.
    carries_settings: AtomicBool,
}

pub struct Postgres {
    pub(super) inner: Arc<Inner>,
}

/// A connection to the primary, and the right of a reader to hold one.
pub(super) struct Reader<'a> {
    loan: Loan,
    _seat: SemaphorePermit<'a>,
}

impl std::ops::Deref for Reader<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.loan
    }
}

impl std::ops::DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.loan
    }
}

impl Postgres {
    /// Asks nothing yet: a server may start before its database does.
    pub fn new(options: PostgresOptions) -> Self {
        let max = options.pool.size + options.pool.overflow;
        let (primary, writers) = match &options.writer {
            None => {
                let pool = Pool::new(options.primary.clone(), options.pool.clone());
                (pool.clone(), pool)
            }
            Some(writer) => {
                let size = options.lanes.min(max.saturating_sub(1)).max(1);
                let of_writers = PoolConfig { size, overflow: 0, ..options.pool.clone() };
                let overflow = options.pool.overflow.saturating_sub(size);
                let of_others = PoolConfig { overflow, ..options.pool.clone() };
                (Pool::new(options.primary.clone(), of_others), Pool::new(writer.clone(), of_writers))
            }
        };
        let inner = Inner {
            replicas: Replicas::new(&options.replicas, &options.pool),
            seats: Semaphore::new(max - options.reserve()),
            standing: AtomicUsize::new(0),
            carries_settings: AtomicBool::new(false),
            texts: AllTexts::new(),
            primary,
            writers,
            options,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Connects, takes the migrations that wait, records the history of a new database.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreError> {
        let engine = Self::new(options);
        engine.migrate(&Plan::default()).await?;
        engine.settle().await?;
        Ok(engine)
    }

    /// Gives the names of the steps it took.
    pub async fn migrate(&self, plan: &Plan<'_>) -> Result<Vec<&'static str>, StoreError> {
        let mut database = Migrating::open(&self.inner.options.primary).await?;
        let fleet = database.fleet_level().await?.max(plan.fleet);
        up(&mut database, &Plan { fleet, ..*plan }).await
    }

    /// Records the history of a database that has none yet, and looks at what the writer's role carries. Another
    /// history than recorded is left to the first batch.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        let moment = self.moment(&mut reader).await?;
        if moment.is_first() {
            record(&mut reader, &self.inner.texts.moment).await?;
        }
        drop(reader);
        if self.inner.options.writer.is_some() {
            let mut loan = self.inner.writers.get().await.map_err(no_loan)?;
            let carries = carries_settings(&mut loan).await?;
            self.inner.carries_settings.store(carries, Ordering::Relaxed);
            if !carries {
                tracing::warn!("the writer's role does not carry its settings; each batch says them");
            }
        }
        Ok(())
    }

    /// Whether batches need not say the writer's settings themselves.
    pub fn writer_carries_its_settings(&self) -> bool {
        self.inner.carries_settings.load(Ordering::Relaxed)
    }

    async fn moment(&self, reader: &mut Connection) -> Result<Moment, StoreError> {
        let asked = [Statement { sql: &self.inner.texts.moment, params: &[] }];
        let answers = reader.flight(&asked).await.map_err(failed)?;
        Moment::read(&answers[0], self.skew())
    }

    fn skew(&self) -> i64 {
        self.inner.options.skew_us.load(Ordering::Relaxed)
    }

    pub(super) async fn reader(&self) -> Result<Reader<'_>, StoreError> {
        let inner = &self.inner;
        let seat = match inner.seats.try_acquire() {
            Ok(seat) => Some(seat),
            Err(_) => self.seat_in_line().await,
        };
        let seat = seat.ok_or(StoreError::Saturated { retry_after: RETRY_AFTER })?;
        Ok(Reader { loan: inner.primary.get().await.map_err(no_loan)?, _seat: seat })
    }

    async fn seat_in_line(&self) -> Option<SemaphorePermit<'_>> {
        let _place = Place::take(&self.inner.standing);
        timeout(self.inner.options.pool.wait_max, self.inner.seats.acquire()).await.ok()?.ok()
    }

    async fn begin(&self, asks: &[Ask], wait: Wait) -> Result<Opened, NotOpened> {
        let inner = &self.inner;
        let mut loan = inner.writers.get().await.map_err(no_loan)?;
        let opening = Opening {
            texts: &inner.texts,
            settings: !self.writer_carries_its_settings(),
            skew_us: self.skew(),
        };
        match opening.fly(&mut loan, asks, wait).await {
            Ok(worlds) => {
                inner.replicas.learn_all(&worlds);
                let transaction = Box::new(Writing { loan, inner: Arc::clone(inner) });
                Ok(Opened { transaction, worlds })
            }
            Err(error) => {
                roll_back(&mut loan).await;
                Err(error)
            }
        }
    }
}

/// Counts who stands in line, also when they give up.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(standing: &'a AtomicUsize) -> Self {
        standing.fetch_add(1, Ordering::Relaxed);
        Self(standing)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Engine for Postgres {
    fn shape(&self) -> Shape {
        Shape { lanes: self.inner.options.lanes, workspaces: 256, commands: 64, own_thread: false }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError> {
        let outcome = match self.begin(asks, wait).await {
            Err(NotOpened::Stale(_)) => self.begin(asks, wait).await,
            outcome => outcome,
        };
        outcome.map_err(|error| match error {
            NotOpened::Stale(error) => failed(error),
            NotOpened::Failed(error) => error,
        })
    }

    async fn begin_epoch(&self) -> Result<(), StoreError> {
        let mut loan = self.inner.writers.get().await.map_err(no_loan)?;
        loan.set_flight_limit(EPOCH_MAX);
        let recorded = record(&mut loan, &self.inner.texts.moment).await;
        roll_back(&mut loan).await;
        recorded.map(|_| ())
    }

    async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        let _timed = Timed::look();
        let replicas = &self.inner.replicas;
        if let Some(sight) = replicas.look(workspace, fresh, queries).await {
            return Ok(Seen { epoch: sight.epoch, position: sight.position, value: sight.answers });
        }
        let sight = look(|| self.reader(), workspace, queries).await?.ok_or(StoreError::Elsewhere)?;
        replicas.learn(workspace, sight.epoch, sight.fence);
        match fresh {
            Freshness::AtLeast(epoch, _) if epoch != sight.epoch => Err(StoreError::OtherEpoch),
            _ => Ok(Seen { epoch: sight.epoch, position: sight.position, value: sight.answers }),
        }
    }

    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError> {
        Ok(self.run_together(std::slice::from_ref(query)).await?.pop().unwrap_or_default())
    }

    async fn run_together(&self, queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError> {
        let _timed = Timed::run();
        let mut reader = self.reader().await?;
        let params: Vec<Vec<_>> =
            queries.iter().map(|query| query.values.iter().map(param).collect()).collect();
        let asked = queries.iter().zip(&params);
        let asked: Vec<_> = asked.map(|(query, params)| Statement { sql: query.sql, params }).collect();
        // What stands before one Sync is one transaction.
        let answers = reader.flight(&asked).await.map_err(failed)?;
        let read = |answer: &crate::pg::Answer| {
            let rows = values(answer, 0).map_err(unreadable)?;
            let touched = answer.affected().unwrap_or(rows.len() as u64);
            Ok((rows, touched))
        };
        answers.iter().map(read).collect()
    }

    async fn now(&self) -> Result<Stamp, StoreError> {
        let now = Query { sql: NOW, values: Vec::new() };
        let now = self.run(&now).await?.0.first().and_then(|row| row.int(0));
        let now = now.ok_or_else(|| StoreError::Statement("no time came back".into()))?;
        Ok(Stamp(now).plus(self.skew()))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // Not a reader: a node whose readers are many is still there.
        let mut loan = self.inner.primary.get().await.map_err(no_loan)?;
        loan.flight(&[Statement { sql: "SELECT 1", params: &[] }]).await.map(drop).map_err(failed)
    }

    fn load_figures(&self) -> LoadFigures {
        let stats = self.inner.primary.stats();
        let mut figures = LoadFigures {
            in_use: stats.in_use,
            idle: stats.idle,
            waiting: stats.waiting + self.inner.standing.load(Ordering::Relaxed),
            max: stats.max,
        };
        if self.inner.options.writer.is_some() {
            let writers = self.inner.writers.stats();
            figures.in_use += writers.in_use;
            figures.idle += writers.idle;
            figures.waiting += writers.waiting;
            figures.max += writers.max;
        }
        figures
    }
}

const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
