//! The floor below us on SQLite: rows of the same body in one table, as fast as one connection can commit them.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::time::Instant;

use crate::outcome::Outcome;
use load::trouble::Trouble;

/// What every row and every message carries.
pub const BODY_BYTES: usize = 200;

pub fn run(folder: &Path, rows: usize, measure: Duration) -> Result<Outcome, Trouble> {
    insert_for(&folder.join(format!("floor-{rows}.db")), rows, measure).map_err(Trouble::at("raw SQLite"))
}

/// A message and its event under the next position, each commit for itself.
pub fn unqueued(folder: &Path, measure: Duration) -> Result<Outcome, Trouble> {
    send_for(&folder.join("unqueued.db"), measure).map_err(Trouble::at("SQLite without a queue"))
}

fn opened(file: &Path) -> rusqlite::Result<Connection> {
    let database = Connection::open(file)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    Ok(database)
}

fn send_for(file: &Path, measure: Duration) -> rusqlite::Result<Outcome> {
    let mut database = opened(file)?;
    database.execute_batch(
        "DROP TABLE IF EXISTS head; DROP TABLE IF EXISTS said; DROP TABLE IF EXISTS event;
         CREATE TABLE head (workspace INTEGER PRIMARY KEY, position BIGINT NOT NULL);
         INSERT INTO head VALUES (1, 0);
         CREATE TABLE said (number INTEGER PRIMARY KEY, author BIGINT NOT NULL, body TEXT NOT NULL);
         CREATE TABLE event (position INTEGER PRIMARY KEY, number BIGINT NOT NULL)",
    )?;
    let body = "x".repeat(BODY_BYTES);
    let (began, mut sent) = (Instant::now(), 0_u64);
    while began.elapsed() < measure {
        let alone = database.transaction()?;
        let next: i64 = alone
            .prepare_cached("UPDATE head SET position = position + 1 WHERE workspace = 1 RETURNING position")?
            .query_row([], |row| row.get(0))?;
        alone.prepare_cached("INSERT INTO said VALUES (?1, 1, ?2)")?.execute(params![next, body])?;
        alone.prepare_cached("INSERT INTO event VALUES (?1, ?1)")?.execute([next])?;
        alone.commit()?;
        sent += 1;
    }
    let took = began.elapsed();
    let stored: i64 =
        database.query_row("SELECT count(*) FROM event JOIN said USING (number)", [], |row| row.get(0))?;
    Ok(Outcome::of_peer(stored.max(0) as u64, sent, took))
}

fn insert_for(file: &Path, rows: usize, measure: Duration) -> rusqlite::Result<Outcome> {
    let mut database = opened(file)?;
    database.execute_batch(
        "DROP TABLE IF EXISTS floor;
         CREATE TABLE floor (id INTEGER PRIMARY KEY, channel BIGINT NOT NULL, author BIGINT NOT NULL, body TEXT NOT NULL)",
    )?;
    let body = "x".repeat(BODY_BYTES);
    let (began, mut commits) = (Instant::now(), 0_u64);
    while began.elapsed() < measure {
        let batch = database.transaction()?;
        let mut insert =
            batch.prepare_cached("INSERT INTO floor (channel, author, body) VALUES (?1, ?2, ?3)")?;
        for row in 0..rows {
            insert.execute(params![row as i64 % 16, 1, body])?;
        }
        drop(insert);
        batch.commit()?;
        commits += 1;
    }
    let took = began.elapsed();
    let stored: i64 = database.query_row("SELECT count(*) FROM floor", [], |row| row.get(0))?;
    Ok(Outcome::of_peer(stored.max(0) as u64, commits * rows as u64, took))
}
