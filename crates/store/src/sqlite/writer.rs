//! One transaction on the one writing connection.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::row::Row;
use domain::tables::{EachTable, for_each_table};
use domain::{Event, Head, InWorld, Needs, World};
use rusqlite::{CachedStatement, Connection, OptionalExtension};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::checkpoint::Log;
use super::codec::{Binder, Columns};
use super::mark::Mark;
use super::setup::{Origin, failed, open_writer};
use crate::clock::new_epoch;
use crate::port::{Ask, CommitError, StoreError, Transaction};
use crate::statement::{Dialect, delete, insert, select_by_index, select_by_key, update};

const MARK_EVERY: Duration = Duration::from_secs(1);

/// The texts of one table.
struct Texts {
    select: String,
    insert: String,
    update: Option<String>,
    delete: String,
}

impl Texts {
    fn of<R: Row>() -> Self {
        let dialect = Dialect::Sqlite;
        Self {
            select: select_by_key::<R>(dialect),
            insert: insert::<R>(dialect),
            update: update::<R>(dialect),
            delete: delete::<R>(dialect),
        }
    }
}

/// All texts, in the order of the tables.
pub(super) struct AllTexts {
    tables: Vec<Texts>,
    head: Texts,
    event: Texts,
}

impl AllTexts {
    pub fn new() -> Self {
        struct Collect(Vec<Texts>);
        impl EachTable for Collect {
            fn table<R: InWorld>(&mut self) {
                self.0.push(Texts::of::<R>());
            }
        }
        let mut collect = Collect(Vec::new());
        for_each_table(&mut collect);
        Self { tables: collect.0, head: Texts::of::<Head>(), event: Texts::of::<Event>() }
    }
}

pub(super) struct Writer {
    pub place: PathBuf,
    pub vfs: Option<String>,
    /// Absent after a commit whose outcome is unknown: the next one opens the file anew.
    pub connection: Option<Connection>,
    pub origin: Origin,
    pub texts: Arc<AllTexts>,
    pub marked: Instant,
    pub log: Arc<Log>,
}

impl Writer {
    pub fn connection(&mut self) -> Result<&Connection, StoreError> {
        if self.connection.is_none() {
            let fresh = open_writer(&self.place, self.vfs.as_deref())?;
            self.origin = super::setup::origin(&fresh)?;
            self.adopt(fresh);
        }
        self.connection.as_ref().ok_or_else(|| StoreError::Unreachable("the file is closed".into()))
    }

    /// From now on this connection writes, and says how the log grows.
    pub fn adopt(&mut self, mut connection: Connection) {
        let log = Arc::clone(&self.log);
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            log.committed(i64::from(pages));
            Ok(())
        };
        if let Err(error) = connection.wal_hook(Some(hook)) {
            tracing::warn!(%error, "checkpoints will wait for a restart: {error}");
        }
        self.connection = Some(connection);
    }

    /// Written beside, now and then: a little late is safe, early would not be.
    pub fn mark(&mut self, at_once: bool) {
        if at_once || self.marked.elapsed() >= MARK_EVERY {
            self.marked = Instant::now();
            if let Err(error) = Mark::write(&self.place, &self.origin) {
                tracing::warn!(%error, "the high-water mark could not be written: {error}");
            }
        }
    }

    pub fn begin(&mut self, asks: &[Ask], now: domain::Stamp) -> Result<Vec<World>, StoreError> {
        let texts = Arc::clone(&self.texts);
        let connection = self.connection()?;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        let mut worlds = Vec::with_capacity(asks.len());
        for ask in asks {
            if ask.founding {
                found(connection, ask, now)?;
            }
            let mut select = connection.prepare_cached(&texts.head.select).map_err(failed)?;
            let Some(head) = one::<Head>(&mut select, &(ask.workspace,))? else { continue };
            let mut world = World::new(head, now);
            Load {
                connection,
                texts: &texts.tables,
                at: 0,
                needs: &ask.needs,
                world: &mut world,
                result: Ok(()),
            }
            .all()?;
            worlds.push(world);
        }
        Ok(worlds)
    }

    fn write(&mut self, worlds: &[World]) -> Result<(), StoreError> {
        let texts = Arc::clone(&self.texts);
        let commits = self.origin.commits + 1;
        let connection = self.connection()?;
        let mut write = Write { connection, texts: &texts.tables, at: 0, worlds, result: Ok(()) };
        for_each_table(&mut write);
        write.result?;
        put_all(connection, &texts.event.insert, worlds.iter().flat_map(World::events))?;
        let heads: Vec<_> = worlds.iter().filter_map(World::moved_head).collect();
        put_all(connection, texts.head.update.as_deref().unwrap_or_default(), heads.iter())?;
        let mut count = connection
            .prepare_cached("UPDATE origin SET value = ?1 WHERE name = 'commits'")
            .map_err(failed)?;
        count.execute([commits.to_string()]).map_err(failed)?;
        Ok(())
    }

    fn commit(&mut self, worlds: &[World]) -> Result<(), CommitError> {
        if let Err(error) = self.write(worlds) {
            self.roll_back();
            return Err(CommitError::Rejected(error));
        }
        let outcome = match self.connection() {
            Ok(connection) => connection.execute_batch("COMMIT"),
            Err(error) => return Err(CommitError::Rejected(error)),
        };
        match outcome {
            Ok(()) => {
                self.origin.commits += 1;
                self.mark(false);
                Ok(())
            }
            // The frames may have reached the file before the sync failed.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure) => {
                self.connection = None;
                Err(CommitError::Unknown(error.to_string()))
            }
            Err(error) => {
                self.roll_back();
                Err(CommitError::Rejected(failed(error)))
            }
        }
    }

    pub fn roll_back(&mut self) {
        let open = self.connection.as_ref().is_some_and(|connection| !connection.is_autocommit());
        let rolled = !open || self.connection.as_ref().is_some_and(|c| c.execute_batch("ROLLBACK").is_ok());
        if !rolled {
            // A connection that cannot roll back is of no use; closing it does.
            self.connection = None;
        }
    }
}

/// The first command of a workspace finds a head of its own.
fn found(connection: &Connection, ask: &Ask, now: domain::Stamp) -> Result<(), StoreError> {
    let known = "SELECT 1 FROM head WHERE workspace = ?1";
    let known =
        connection.query_row(known, [ask.workspace.bytes()], |_| Ok(())).optional().map_err(failed)?;
    if known.is_some() {
        return Ok(());
    }
    let head = Head::new(ask.workspace, new_epoch(now));
    put_all(connection, &insert::<Head>(Dialect::Sqlite), std::iter::once(&head))
}

fn one<R: Row>(statement: &mut CachedStatement<'_>, key: &R::Key) -> Result<Option<R>, StoreError> {
    let mut binder = Binder::new(statement);
    R::put_key(key, &mut binder);
    binder.done().map_err(failed)?;
    let mut rows = statement.raw_query();
    match rows.next().map_err(failed)? {
        Some(row) => Ok(Some(R::take(&mut Columns::new(row))?)),
        None => Ok(None),
    }
}

/// One prepared statement in a loop; each row must have touched one.
fn put_all<'r, R: Row>(
    connection: &Connection,
    text: &str,
    rows: impl Iterator<Item = &'r R>,
) -> Result<(), StoreError> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(text).map_err(failed)?;
    for row in rows {
        let mut binder = Binder::new(&mut statement);
        row.put(&mut binder);
        binder.done().map_err(failed)?;
        if statement.raw_execute().map_err(failed)? != 1 {
            return Err(StoreError::Statement(format!("a row of {} to change is gone", R::TABLE)));
        }
    }
    Ok(())
}

struct Load<'a> {
    connection: &'a Connection,
    texts: &'a [Texts],
    at: usize,
    needs: &'a Needs,
    world: &'a mut World,
    result: Result<(), StoreError>,
}

impl Load<'_> {
    fn all(mut self) -> Result<(), StoreError> {
        for_each_table(&mut self);
        self.result
    }

    fn load<R: InWorld>(&mut self, text: &str) -> Result<(), StoreError> {
        let asked = R::asked(self.needs);
        if asked.keys.is_empty() && asked.finds.is_empty() {
            return Ok(());
        }
        let rows = R::rows_mut(&mut self.world.tables);
        rows.expect(asked);
        let mut select = self.connection.prepare_cached(text).map_err(failed)?;
        for key in &asked.keys {
            if let Some(row) = one::<R>(&mut select, key)? {
                rows.fill(row);
            }
        }
        for (index, find) in &asked.finds {
            let text = select_by_index::<R>(index, Dialect::Sqlite);
            let mut select = self.connection.prepare_cached(&text).map_err(failed)?;
            let mut binder = Binder::new(&mut select);
            binder.values(&find.values);
            domain::cell::Sink::int(&mut binder, i64::from(find.max));
            binder.done().map_err(failed)?;
            let mut found = select.raw_query();
            while let Some(row) = found.next().map_err(failed)? {
                rows.fill(R::take(&mut Columns::new(row))?);
            }
        }
        Ok(())
    }
}

impl EachTable for Load<'_> {
    fn table<R: InWorld>(&mut self) {
        let texts = self.texts;
        let text = &texts[self.at].select;
        self.at += 1;
        if self.result.is_ok() {
            self.result = self.load::<R>(text);
        }
    }
}

struct Write<'a> {
    connection: &'a Connection,
    texts: &'a [Texts],
    at: usize,
    worlds: &'a [World],
    result: Result<(), StoreError>,
}

impl Write<'_> {
    /// Leaving rows first, so that a unique name may pass from one row to another.
    fn write<R: InWorld>(&self, texts: &Texts) -> Result<(), StoreError> {
        let all =
            || self.worlds.iter().map(|world| R::rows(&world.tables)).filter(|rows| !rows.slots.is_empty());
        let mut removed = all().flat_map(domain::tables::Rows::removed).peekable();
        if removed.peek().is_some() {
            let mut statement = self.connection.prepare_cached(&texts.delete).map_err(failed)?;
            for key in removed {
                let mut binder = Binder::new(&mut statement);
                R::put_key(&key, &mut binder);
                binder.done().map_err(failed)?;
                statement.raw_execute().map_err(failed)?;
            }
        }
        if let Some(update) = &texts.update {
            put_all(self.connection, update, all().flat_map(domain::tables::Rows::updated))?;
        }
        put_all(self.connection, &texts.insert, all().flat_map(domain::tables::Rows::inserted))
    }
}

impl EachTable for Write<'_> {
    fn table<R: InWorld>(&mut self) {
        let texts = self.texts;
        let texts = &texts[self.at];
        self.at += 1;
        if self.result.is_ok() {
            self.result = self.write::<R>(texts);
        }
    }
}

/// Holds the writer until it is committed or dropped.
pub(super) struct Writing {
    pub writer: OwnedMutexGuard<Writer>,
}

#[async_trait]
impl Transaction for Writing {
    async fn load(&mut self, world: &mut World, needs: &Needs) -> Result<(), StoreError> {
        let texts = Arc::clone(&self.writer.texts);
        let connection = self.writer.connection()?;
        Load { connection, texts: &texts.tables, at: 0, needs, world, result: Ok(()) }.all()
    }
    async fn commit(mut self: Box<Self>, worlds: &[World]) -> Result<(), CommitError> {
        self.writer.commit(worlds)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.writer.roll_back();
    }
}
