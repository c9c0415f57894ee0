//! The file as something that takes migrations. Nothing here waits for anybody: there is one writer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use domain::Stamp;
use futures_util::FutureExt;
use rusqlite::{Connection, OptionalExtension, params};

use super::setup::{failed, open_writer};
use crate::clock::Clock;
use crate::migrate::{LEDGER, Migratable, Plan, up};
use crate::port::StoreError;
use crate::statement::Dialect;

/// A file whose migrations are looked at or taken before any server uses it.
pub struct Migrating<C> {
    connection: C,
    clock: Arc<dyn Clock>,
}

impl Migrating<Connection> {
    pub fn open(place: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Ok(Self { connection: open_writer(place, None)?, clock })
    }
    /// The level the fleet is known to have reached; 0 where nobody raised it yet.
    pub fn fleet_level(&self) -> Result<i32, StoreError> {
        fleet_level(&self.connection)
    }
}

impl<C: std::borrow::BorrowMut<Connection> + Send> Migrating<C> {
    fn has(&self, table: &str) -> Result<bool, StoreError> {
        has(self.connection.borrow(), table)
    }
}

fn has(connection: &Connection, table: &str) -> Result<bool, StoreError> {
    let known = "SELECT 1 FROM sqlite_schema WHERE name = ?1";
    connection.query_row(known, [table], |_| Ok(())).optional().map(|row| row.is_some()).map_err(failed)
}

fn fleet_level(connection: &Connection) -> Result<i32, StoreError> {
    if !has(connection, "installation")? {
        return Ok(0);
    }
    let level = "SELECT value FROM installation WHERE name = 'level'";
    let level = connection.query_row(level, [], |row| row.get::<_, String>(0)).optional().map_err(failed)?;
    Ok(level.and_then(|level| level.parse().ok()).unwrap_or(0))
}

/// What a server does with its file before it uses it.
pub(super) fn migrate(
    connection: &mut Connection,
    clock: &Arc<dyn Clock>,
    plan: &Plan<'_>,
) -> Result<Vec<&'static str>, StoreError> {
    let plan = Plan { fleet: fleet_level(connection)?.max(plan.fleet), ..*plan };
    let mut migrating = Migrating { connection, clock: Arc::clone(clock) };
    // No await in here is ever pending.
    let taken = up(&mut migrating, &plan).now_or_never();
    taken.unwrap_or_else(|| Err(StoreError::Unreachable("the file was waited for".into())))
}

#[async_trait]
impl<C: std::borrow::BorrowMut<Connection> + Send> Migratable for Migrating<C> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn taken(&mut self) -> Result<BTreeMap<String, Stamp>, StoreError> {
        if !self.has("migration")? {
            return Ok(BTreeMap::new());
        }
        let connection = self.connection.borrow();
        let mut rows = connection.prepare("SELECT name, at_us FROM migration").map_err(failed)?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, Stamp(row.get(1)?)))).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    async fn take(&mut self, name: &str, statements: &[String]) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let transaction = self.connection.borrow_mut().transaction().map_err(failed)?;
        transaction.execute_batch(LEDGER).map_err(failed)?;
        let remember = "INSERT INTO migration (name, at_us) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
        if transaction.execute(remember, params![name, now.0]).map_err(failed)? == 0 {
            return Ok(false);
        }
        for statement in statements {
            transaction.execute_batch(statement).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(true)
    }

    /// Whole or not at all: a crash leaves nothing half built.
    async fn build(&mut self, index: &str, on: &str) -> Result<(), StoreError> {
        let text = format!("CREATE INDEX IF NOT EXISTS {index} ON {on}");
        self.connection.borrow().execute_batch(&text).map_err(failed)
    }
}
