//! The engine port on SQLite.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Epoch, Position, Stamp, WorkspaceId};
use parking_lot::Mutex as SyncMutex;
use rusqlite::Connection;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::checkpoint::{Checkpointer, Log, is_left_behind, make_durable, restart};
use super::codec::{Binder, take};
use super::mark::Mark;
use super::migrating::migrate;
use super::readers::Readers;
use super::setup::{begin_epoch, failed, open_writer, origin as read_origin, rename_origin};
use super::writer::{AllTexts, Writer, Writing};
use crate::answer::Answer;
use crate::clock::Clock;
use crate::migrate::Plan;
use crate::port::{Ask, Engine, Freshness, LoadFigures, Opened, Query, Seen, Shape, StoreError, Wait};
use crate::statement::Dialect;
use crate::timing::Timed;

/// How the file is used. The defaults are what a server wants.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// 0: everything on the caller's thread, for schedules that must repeat exactly.
    pub readers: usize,
    /// Another way to the disk, by the name it is registered under.
    pub vfs: Option<String>,
    /// What the file should come to.
    pub plan: Plan<'static>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 2, vfs: None, plan: Plan::default() }
    }
}

pub struct Sqlite {
    place: PathBuf,
    writer: Arc<Mutex<Writer>>,
    readers: Readers,
    clock: Arc<dyn Clock>,
    checkpointer: SyncMutex<Checkpointer>,
    log: Arc<Log>,
}

impl Sqlite {
    /// Opens or makes the file, takes missing migrations, and begins a new epoch where commits were lost.
    pub fn open(place: &Path, clock: Arc<dyn Clock>, options: &SqliteOptions) -> Result<Self, StoreError> {
        let vfs = options.vfs.as_deref();
        let left_behind = is_left_behind(place);
        let mut connection = open_writer(place, vfs)?;
        migrate(&mut connection, &clock, &options.plan)?;
        let mut origin = read_origin(&connection)?;
        if left_behind {
            make_durable(&connection)?;
        }
        if let Some(mark) = Mark::read(place).filter(|mark| mark.proves_loss(&origin)) {
            tracing::warn!(?mark, "this file is older than the mark beside it: a new epoch begins");
            begin_epoch(&connection, clock.now())?;
            // Under another name from here on: no mark of the history it parted from may ever fit it again.
            rename_origin(&connection)?;
            origin = read_origin(&connection)?;
        }
        let log = Arc::new(Log::default());
        let mut writer = Writer {
            log: Arc::clone(&log),
            place: place.to_owned(),
            vfs: options.vfs.clone(),
            connection: None,
            origin,
            texts: Arc::new(AllTexts::new()),
            marked: Instant::now(),
        };
        writer.adopt(connection);
        writer.mark(true);
        let readers = match options.readers {
            0 => Readers::inline(place, vfs)?,
            count => Readers::threads(place, vfs, count)?,
        };
        Ok(Self {
            place: place.to_owned(),
            writer: Arc::new(Mutex::new(writer)),
            readers,
            clock,
            checkpointer: SyncMutex::new(Checkpointer::open(place, vfs)?),
            log,
        })
    }

    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Moves the log into the file, beside the writer. Gives how many pages the log still holds.
    pub fn checkpoint(&self) -> Result<i64, StoreError> {
        let progress = self.checkpointer.lock().pass(&self.log)?;
        Ok(progress.pages - progress.done)
    }

    /// Runs until dropped: works when the writer says that the log has grown.
    pub async fn checkpoints(self: Arc<Self>) {
        loop {
            self.log.grown().await;
            let engine = Arc::clone(&self);
            #[allow(clippy::disallowed_methods, reason = "awaited right here: the work has an owner")]
            let pass = tokio::task::spawn_blocking(move || engine.checkpoint()).await;
            if let Ok(Err(error)) = pass {
                tracing::warn!(%error, "a checkpoint failed: {error}");
            }
        }
    }

    /// The last word on the mark, so that a clean stop leaves it exact.
    pub async fn settle(&self) {
        self.writer.lock().await.mark(true);
    }
}

/// An answer and the head it was true at, in one statement.
pub(super) fn ask(
    connection: &Connection,
    workspace: WorkspaceId,
    queries: &[Query],
) -> Result<Seen<Vec<Answer>>, StoreError> {
    if let [query] = queries {
        let Seen { epoch, position, value } = ask_one(connection, workspace, query)?;
        return Ok(Seen { epoch, position, value: vec![value] });
    }
    // Dropped, it ends: a transaction that only reads has nothing to keep.
    let snapshot = connection.unchecked_transaction().map_err(failed)?;
    let head = ask_one(&snapshot, workspace, &Query { sql: crate::read::NOTHING, values: Vec::new() })?;
    let answers = queries.iter().map(|query| run(&snapshot, query).map(|(answer, _)| answer));
    Ok(Seen { epoch: head.epoch, position: head.position, value: answers.collect::<Result<_, _>>()? })
}

fn ask_one(
    connection: &Connection,
    workspace: WorkspaceId,
    query: &Query,
) -> Result<Seen<Answer>, StoreError> {
    let text = crate::read::with_head(query.sql, query.values.len());
    let mut statement = connection.prepare_cached(&text).map_err(failed)?;
    let width = statement.column_count();
    let mut binder = Binder::new(&mut statement);
    binder.values(&query.values);
    domain::cell::Sink::blob(&mut binder, workspace.bytes());
    binder.done().map_err(failed)?;
    let mut rows = statement.raw_query();
    let mut head = None;
    let answer = Answer::filled(width - crate::read::HEAD_WIDTH, |answer| {
        while let Some(row) = rows.next().map_err(failed)? {
            let at = |at| row.get::<_, i64>(at).map_err(failed);
            head = Some((Epoch(at(0)? as u64), Position(at(1)? as u64)));
            let hit =
                !matches!(row.get_ref(crate::read::HEAD_WIDTH), Ok(rusqlite::types::ValueRef::Null) | Err(_));
            if hit {
                take(row, crate::read::HEAD_WIDTH..width, answer).map_err(failed)?;
            }
        }
        Ok::<_, StoreError>(())
    })?;
    let (epoch, position) = head.ok_or(StoreError::Elsewhere)?;
    Ok(Seen { epoch, position, value: answer })
}

pub(super) fn run(connection: &Connection, query: &Query) -> Result<(Answer, u64), StoreError> {
    let mut statement = connection.prepare_cached(query.sql).map_err(failed)?;
    let width = statement.column_count();
    let mut binder = Binder::new(&mut statement);
    binder.values(&query.values);
    binder.done().map_err(failed)?;
    if width == 0 {
        return Ok((Answer::default(), statement.raw_execute().map_err(failed)? as u64));
    }
    let mut rows = statement.raw_query();
    let answer = Answer::filled(width, |answer| {
        while let Some(row) = rows.next().map_err(failed)? {
            take(row, 0..width, answer).map_err(failed)?;
        }
        Ok::<_, StoreError>(())
    })?;
    let touched = answer.len() as u64;
    Ok((answer, touched))
}

#[async_trait]
impl Engine for Sqlite {
    fn shape(&self) -> Shape {
        Shape { lanes: 1, workspaces: 4_096, commands: 64, own_thread: !self.is_inline() }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn open(&self, asks: &[Ask], _wait: Wait) -> Result<Opened, StoreError> {
        let mut transaction = Writing { writer: Arc::clone(&self.writer).lock_owned().await };
        if self.log.wants_restart() {
            // It only saves room: what cannot start over now does so later.
            if let Err(error) = restart(transaction.writer.connection()?) {
                tracing::warn!(%error, "the log was not started over: {error}");
            }
        }
        let worlds = transaction.writer.begin(asks, self.clock.now())?;
        Ok(Opened { transaction: Box::new(transaction), worlds })
    }

    async fn begin_epoch(&self) -> Result<(), StoreError> {
        begin_epoch(self.writer.lock().await.connection()?, self.clock.now())
    }

    async fn look(
        &self,
        workspace: WorkspaceId,
        _fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        let _timed = Timed::look();
        let queries = queries.to_vec();
        self.readers.ask(move |connection| ask(connection, workspace, &queries)).await
    }

    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError> {
        let _timed = Timed::run();
        run(self.writer.lock().await.connection()?, query)
    }

    async fn run_together(&self, queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError> {
        let _timed = Timed::run();
        let mut writer = self.writer.lock().await;
        // Dropped, it is rolled back.
        let together = writer.connection()?.unchecked_transaction().map_err(failed)?;
        let answers = queries.iter().map(|query| run(&together, query)).collect::<Result<_, _>>()?;
        together.commit().map_err(failed)?;
        Ok(answers)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.readers.ask(|connection| connection.query_row("SELECT 1", [], |_| Ok(())).map_err(failed)).await
    }

    async fn now(&self) -> Result<Stamp, StoreError> {
        Ok(self.clock.now())
    }

    fn load_figures(&self) -> LoadFigures {
        self.readers.figures()
    }
}

impl Sqlite {
    fn is_inline(&self) -> bool {
        matches!(self.readers, Readers::Inline(_))
    }
}
