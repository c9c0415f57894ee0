//! Opening the file: its settings, its tables, its history.

use std::path::Path;

use domain::Stamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::clock::{new_epoch, random};
use crate::migrate::{LEDGER, STEPS};
use crate::port::StoreError;
use crate::statement::Dialect;

/// Every acknowledged commit is on the disk: WAL, and a sync before the answer.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
    PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;";
const STATEMENTS_KEPT: usize = 256;

pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let words = error.to_string();
    match error.sqlite_error_code() {
        Some(Code::DiskFull | Code::SystemIoFailure | Code::ReadOnly) => StoreError::ReadOnly(words),
        Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::CannotOpen | Code::OutOfMemory) => {
            StoreError::Unreachable(words)
        }
        _ => StoreError::Statement(words),
    }
}

pub(super) fn open_writer(place: &Path, vfs: Option<&str>) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(place, flags, vfs),
        None => Connection::open_with_flags(place, flags),
    };
    let connection = connection.map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    connection.execute_batch(WRITER).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

pub(super) fn open_reader(place: &Path, vfs: Option<&str>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(place, flags, vfs),
        None => Connection::open_with_flags(place, flags),
    };
    let connection = connection.map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// Takes the steps that were not taken yet, each in a transaction of its own. Gives their names.
pub(super) fn migrate(connection: &mut Connection, now: Stamp) -> Result<Vec<&'static str>, StoreError> {
    connection.execute_batch(LEDGER).map_err(failed)?;
    let mut taken = Vec::new();
    for step in STEPS {
        let transaction = connection.transaction().map_err(failed)?;
        let known = transaction
            .query_row("SELECT 1 FROM migration WHERE name = ?1", [step.name], |_| Ok(()))
            .optional()
            .map_err(failed)?;
        if known.is_some() {
            continue;
        }
        for statement in step.statements(Dialect::Sqlite) {
            transaction.execute_batch(&statement).map_err(failed)?;
        }
        let remember = "INSERT INTO migration (name, at_us) VALUES (?1, ?2)";
        transaction.execute(remember, params![step.name, now.0]).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        taken.push(step.name);
    }
    Ok(taken)
}

/// The database's own name and how many commits it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub id: String,
    pub commits: i64,
}

pub(super) fn origin(connection: &Connection) -> Result<Origin, StoreError> {
    let get = |name: &str| {
        connection
            .query_row("SELECT value FROM origin WHERE name = ?1", [name], |row| row.get::<_, String>(0))
            .optional()
            .map_err(failed)
    };
    let known = get("id")?.zip(get("commits")?);
    if let Some((id, commits)) = known {
        return Ok(Origin { id, commits: commits.parse().unwrap_or(0) });
    }
    let id = random::<16>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    connection
        .execute("INSERT INTO origin (name, value) VALUES ('id', ?1), ('commits', '0')", [&id])
        .map_err(failed)?;
    Ok(Origin { id, commits: 0 })
}

/// Every journal of this database goes on in a new epoch from where it stands.
pub(super) fn begin_epoch(connection: &Connection, now: Stamp) -> Result<(), StoreError> {
    let newer = "UPDATE head SET epoch_before = epoch, epoch_from = position, epoch = max(?1, epoch + 1)";
    connection.execute(newer, [new_epoch(now).0 as i64]).map_err(failed)?;
    Ok(())
}
