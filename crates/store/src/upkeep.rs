//! What leaves by its age: events after a week, receipts after a day, removed private rows after a month. Always a
//! thousand rows at a time, so that no writer waits long behind it; stopped anywhere, it goes on from there.

use std::time::Duration;

use domain::cell::Value;
use domain::{Key, Stamp};

use crate::judge::KEY_AGE_MAX_US;
use crate::port::{Engine, Query, StoreError};

/// How long the journal keeps its events, unless the configuration says otherwise.
pub const EVENTS_KEPT: Duration = Duration::from_hours(7 * 24);
/// A receipt outlives the last moment its key is taken.
pub const RECEIPTS_KEPT_US: i64 = KEY_AGE_MAX_US + Stamp::HOUR;
/// Devices that were away for so long load everything anew.
pub const REMOVED_PRIVATE_KEPT_US: i64 = 30 * 24 * Stamp::HOUR;

/// Journals with something to trim: too old an event after the floor, or one below it that a crash left there.
const TO_TRIM: &str = "SELECT h.workspace FROM head h WHERE h.workspace > $1 AND (
        EXISTS (SELECT 1 FROM event e WHERE e.workspace = h.workspace AND e.position = h.floor + 1 AND e.at_us < $2)
        OR EXISTS (SELECT 1 FROM event e WHERE e.workspace = h.workspace AND e.position <= h.floor))
    ORDER BY h.workspace LIMIT 1000";

/// Under the head's lock, like any other change of a journal. Stamps never fall along positions, so what is too old
/// comes first.
const RAISE_FLOOR: &str = "UPDATE head SET floor = (SELECT coalesce(max(old.position), head.floor) FROM (
        SELECT e.position, e.at_us FROM event e WHERE e.workspace = head.workspace AND e.position > head.floor
        ORDER BY e.position LIMIT 1000) old WHERE old.at_us < $1)
    WHERE workspace = $2 AND EXISTS (
        SELECT 1 FROM event e WHERE e.workspace = head.workspace AND e.position = head.floor + 1 AND e.at_us < $1)
    RETURNING floor";

/// Only what the floor has passed. Whatever reads the floor before and the events after sees a gap, never a hole.
const TRIM: &str = "DELETE FROM event WHERE workspace = $1 AND position > $2
    AND position <= (SELECT floor FROM head WHERE workspace = $1)";

/// Keys begin with their time, so the oldest stand together.
const DROP_RECEIPTS: &str = "DELETE FROM receipt WHERE key < $1 AND key <= coalesce(
    (SELECT key FROM receipt WHERE key < $1 ORDER BY key LIMIT 1 OFFSET 999), $1)";

const DROP_PRIVATE: &str = "DELETE FROM private WHERE value IS NULL AND at_us < $1 AND at_us <= coalesce(
    (SELECT at_us FROM private WHERE value IS NULL AND at_us < $1 ORDER BY at_us LIMIT 1 OFFSET 999), $1)";

/// Journals with finished jobs of events that have left.
const TO_SWEEP: &str = "SELECT h.workspace FROM head h WHERE h.workspace > $1 AND EXISTS (
        SELECT 1 FROM job j WHERE j.workspace = h.workspace AND j.state = 'done' AND j.position <= h.floor)
    ORDER BY h.workspace LIMIT 1000";

/// While the event is there a follower may read it once more, and must find that its job was made.
const SWEEP: &str = "DELETE FROM job WHERE id IN (SELECT j.id FROM job j
    WHERE j.workspace = $1 AND j.state = 'done' AND j.position <= (SELECT floor FROM head WHERE workspace = $1)
    LIMIT 1000)";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[TO_TRIM, RAISE_FLOOR, TRIM, DROP_RECEIPTS, DROP_PRIVATE, TO_SWEEP, SWEEP];

/// Gives how many events left. The floor moves first, a thousand positions at a time.
pub async fn trim_events(engine: &dyn Engine, keep: Duration) -> Result<u64, StoreError> {
    let before = engine.now().await?.plus(-i64::try_from(keep.as_micros()).unwrap_or(i64::MAX));
    let (mut gone, mut after) = (0, Value::Blob(Vec::new()));
    loop {
        let values = vec![after.clone(), Value::of(&before)];
        let (journals, _) = engine.run(&Query { sql: TO_TRIM, values }).await?;
        let journals: Vec<Value> = journals.values().into_iter().flatten().collect();
        let Some(last) = journals.last() else { return Ok(gone) };
        after = last.clone();
        for workspace in &journals {
            gone += trim(engine, workspace, before).await?;
        }
    }
}

async fn trim(engine: &dyn Engine, workspace: &Value, before: Stamp) -> Result<u64, StoreError> {
    // Once from the beginning, for what a crash left; then only behind the last floor, since rows that were deleted a
    // moment ago still cost whoever reads past them.
    let (mut gone, mut passed) = (0, Value::Int(-1));
    loop {
        let values = vec![Value::of(&before), workspace.clone()];
        let (raised, _) = engine.run(&Query { sql: RAISE_FLOOR, values }).await?;
        gone += engine.run(&Query { sql: TRIM, values: vec![workspace.clone(), passed] }).await?.1;
        match raised.first().and_then(|row| row.int(0)) {
            Some(floor) => passed = Value::Int(floor),
            None => return Ok(gone),
        }
        tokio::task::yield_now().await;
    }
}

/// Gives how many receipts left: those whose key nobody may use any more.
pub async fn drop_receipts(engine: &dyn Engine) -> Result<u64, StoreError> {
    let before = Key::new(engine.now().await?.plus(-RECEIPTS_KEPT_US), [0; 10]);
    by_thousands(engine, DROP_RECEIPTS, Value::of(&before)).await
}

/// Gives how many removed private rows left.
pub async fn drop_removed_private(engine: &dyn Engine) -> Result<u64, StoreError> {
    let before = engine.now().await?.plus(-REMOVED_PRIVATE_KEPT_US);
    by_thousands(engine, DROP_PRIVATE, Value::of(&before)).await
}

/// Gives how many finished jobs left: those the floor has passed. Dead ones wait for who reads them.
pub async fn drop_finished_jobs(engine: &dyn Engine) -> Result<u64, StoreError> {
    let (mut gone, mut after) = (0, Value::Blob(Vec::new()));
    loop {
        let (journals, _) = engine.run(&Query { sql: TO_SWEEP, values: vec![after.clone()] }).await?;
        let journals: Vec<Value> = journals.values().into_iter().flatten().collect();
        let Some(last) = journals.last() else { return Ok(gone) };
        after = last.clone();
        for workspace in journals {
            gone += by_thousands(engine, SWEEP, workspace).await?;
        }
    }
}

async fn by_thousands(engine: &dyn Engine, sql: &'static str, before: Value) -> Result<u64, StoreError> {
    let mut gone = 0;
    loop {
        let (_, left) = engine.run(&Query { sql, values: vec![before.clone()] }).await?;
        gone += left;
        if left < 1_000 {
            return Ok(gone);
        }
        tokio::task::yield_now().await;
    }
}
