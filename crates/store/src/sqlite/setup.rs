//! Opening the file: its settings, its history.

use std::path::Path;

use domain::Stamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::clock::{new_epoch, random};
use crate::port::StoreError;

/// Every acknowledged commit is on the disk: WAL, and a sync before the answer.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
    PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";
const STATEMENTS_KEPT: usize = 256;
/// How long another process may hold the file.
pub(super) const BUSY_MAX: std::time::Duration = std::time::Duration::from_secs(5);

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
    connection.busy_timeout(BUSY_MAX).map_err(failed)?;
    connection.execute_batch(WRITER).map_err(failed)?;
    keep_statements(&connection)?;
    Ok(connection)
}

pub(super) fn open_reader(place: &Path, vfs: Option<&str>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(place, flags, vfs),
        None => Connection::open_with_flags(place, flags),
    };
    let connection = connection.map_err(failed)?;
    connection.busy_timeout(BUSY_MAX).map_err(failed)?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// Statements are kept as they were planned. Otherwise SQLite looks at what is bound to a LIMIT and plans anew whenever it is
/// bound, which costs several times what it finds.
fn keep_statements(connection: &Connection) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop).map_err(failed)
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
    let id = fresh_id();
    connection
        .execute("INSERT INTO origin (name, value) VALUES ('id', ?1), ('commits', '0')", [&id])
        .map_err(failed)?;
    Ok(Origin { id, commits: 0 })
}

fn fresh_id() -> String {
    random::<16>().map(|byte| format!("{byte:02x}")).concat()
}

/// From now on this is another database than the one it was copied from.
pub(super) fn rename_origin(connection: &Connection) -> Result<(), StoreError> {
    let rename = "UPDATE origin SET value = ?1 WHERE name = 'id'";
    connection.execute(rename, [fresh_id()]).map(drop).map_err(failed)
}

/// What the database says of its own pages; nothing when they are sound.
pub(super) fn damage(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut lines = connection.prepare("PRAGMA integrity_check").map_err(failed)?;
    let lines = lines.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    let lines: Vec<_> = lines.collect::<Result<_, _>>().map_err(failed)?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// Every journal of this database goes on in a new epoch from where it stands.
pub(super) fn begin_epoch(connection: &Connection, now: Stamp) -> Result<(), StoreError> {
    let newer = "UPDATE head SET epoch_before = epoch, epoch_from = position, epoch = max(?1, epoch + 1)";
    connection.execute(newer, [new_epoch(now).0 as i64]).map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_that_is_kept_is_planned_once_whatever_is_bound_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("one.db");
        let writer = open_writer(&place, None).expect("a writer");
        writer.execute_batch("CREATE TABLE said (number INTEGER PRIMARY KEY, text TEXT)").expect("a table");
        let reader = open_reader(&place, None).expect("a reader");
        for connection in [&writer, &reader] {
            let page = "SELECT text FROM said WHERE number < ?1 ORDER BY number DESC LIMIT ?2";
            let mut page = connection.prepare_cached(page).expect("a statement");
            for limit in [50, 1, 200] {
                assert!(page.query([1_000, limit]).expect("asked").next().expect("answered").is_none());
            }
            assert_eq!(page.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
