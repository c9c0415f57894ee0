//! How far each follower is in each journal, and the one question that tells which journals moved.
//!
//! Whoever saves a cursor has handled all before it, so it only moves forward, whoever comes late.

use domain::cell::{Cell, Corrupt, Value};
use domain::{BUCKET_US, Epoch, Position, Stamp, WorkspaceId};

use crate::answer::{Answer, Columns, Record};
use crate::port::{Engine, Query, StoreError};

/// All events up to there were handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub epoch: Epoch,
    pub position: Position,
}

/// A journal that has something for a follower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub workspace: WorkspaceId,
    pub head: Cursor,
    /// As it was saved; none for a follower that is new here.
    pub cursor: Option<Cursor>,
}

const CURSOR: &str = "SELECT epoch, position FROM follow WHERE workspace = $1 AND follower = $2";

/// An epoch is never followed by a smaller one.
const SAVE: &str = "INSERT INTO follow (workspace, follower, epoch, position) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace, follower) DO UPDATE SET epoch = excluded.epoch, position = excluded.position
    WHERE excluded.epoch > follow.epoch OR (excluded.epoch = follow.epoch AND excluded.position > follow.position)";

const TOUCHED: &str = "SELECT h.workspace, h.epoch, h.position, f.epoch, f.position, h.touched
    FROM head h LEFT JOIN follow f ON f.workspace = h.workspace AND f.follower = $1
    WHERE h.touched >= $2 AND (h.touched > $2 OR h.workspace > $3) ORDER BY h.touched, h.workspace LIMIT 1000";

const BEHIND: &str = "SELECT h.workspace, h.epoch, h.position, f.epoch, f.position, h.touched
    FROM head h LEFT JOIN follow f ON f.workspace = h.workspace AND f.follower = $1
    WHERE h.workspace > $2 AND (f.position IS NULL OR f.epoch <> h.epoch OR f.position < h.position)
    ORDER BY h.workspace LIMIT 1000";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[CURSOR, SAVE, TOUCHED, BEHIND];

/// Rows of one answer.
const PAGE: usize = 1_000;
/// Cursors saved in one transaction.
const SAVED_TOGETHER: usize = 200;
/// A commit of another node whose outcome was unknown may show up long after its bucket: every so often all are asked.
const EVERY_HEAD_US: i64 = 10 * Stamp::MINUTE;

pub async fn cursor(
    engine: &dyn Engine,
    follower: &str,
    workspace: WorkspaceId,
) -> Result<Option<Cursor>, StoreError> {
    let values = vec![Value::of(&workspace), Value::Text(follower.to_owned())];
    let (rows, _) = engine.run(&Query { sql: CURSOR, values }).await?;
    Ok(rows.first().map(|row| take_cursor(&mut row.columns())).transpose()?.flatten())
}

/// In bulk; what is saved already as far or further stays.
pub async fn save(
    engine: &dyn Engine,
    follower: &str,
    cursors: &[(WorkspaceId, Cursor)],
) -> Result<(), StoreError> {
    // In one order, so that two who save at once wait for each other and never in a circle.
    let mut cursors = cursors.to_vec();
    cursors.sort_by_key(|(workspace, _)| *workspace);
    let query = |(workspace, cursor): &(WorkspaceId, Cursor)| {
        let name = Value::Text(follower.to_owned());
        let values = vec![Value::of(workspace), name, Value::of(&cursor.epoch), Value::of(&cursor.position)];
        Query { sql: SAVE, values }
    };
    for some in cursors.chunks(SAVED_TOGETHER) {
        engine.run_together(&some.iter().map(query).collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Finds what moved: heads touched since the bucket before the last successful ask, at least two buckets.
#[derive(Debug)]
pub struct Discovery {
    follower: &'static str,
    asked: Option<Asked>,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Stamp,
    all_at: Stamp,
}

impl Discovery {
    /// Asks for every head first: whoever takes over does not know what the one before saw.
    pub fn new(follower: &'static str) -> Self {
        Self { follower, asked: None }
    }

    /// A commit was unresolved: it may show up under any bucket.
    pub fn ask_all(&mut self) {
        self.asked = None;
    }

    pub async fn ask(&mut self, engine: &dyn Engine) -> Result<Vec<Moved>, StoreError> {
        let now = engine.now().await?;
        // A clock set back leaves no bucket one could trust.
        let known = self.asked.filter(|asked| asked.at <= now && now < asked.all_at.plus(EVERY_HEAD_US));
        let moved = match known {
            Some(asked) => self.touched_since(engine, bucket(asked.at) - 1).await?,
            None => self.behind(engine).await?,
        };
        self.asked = Some(Asked { at: now, all_at: known.map_or(now, |asked| asked.all_at) });
        Ok(moved)
    }

    async fn touched_since(&self, engine: &dyn Engine, mut since: i64) -> Result<Vec<Moved>, StoreError> {
        let mut after = Value::Blob(Vec::new());
        let mut moved = Vec::new();
        loop {
            let values = vec![self.name(), Value::Int(since), after];
            let (rows, _) = engine.run(&Query { sql: TOUCHED, values }).await?;
            take(&rows, &mut moved)?;
            let end = page_end(&rows);
            let Some([workspace, .., Value::Int(touched)]) = end.as_deref() else { break };
            (since, after) = (*touched, workspace.clone());
        }
        // Most were followed at once, when their commit was heard of.
        moved.retain(|moved| moved.cursor != Some(moved.head));
        Ok(moved)
    }

    async fn behind(&self, engine: &dyn Engine) -> Result<Vec<Moved>, StoreError> {
        let mut after = Value::Blob(Vec::new());
        let mut moved = Vec::new();
        loop {
            let (rows, _) = engine.run(&Query { sql: BEHIND, values: vec![self.name(), after] }).await?;
            take(&rows, &mut moved)?;
            let end = page_end(&rows);
            let Some([workspace, ..]) = end.as_deref() else { return Ok(moved) };
            after = workspace.clone();
        }
    }

    fn name(&self) -> Value {
        Value::Text(self.follower.to_owned())
    }
}

fn bucket(at: Stamp) -> i64 {
    at.0.max(0) / BUCKET_US
}

/// The last row of a full page: there may be another.
fn page_end(rows: &Answer) -> Option<Vec<Value>> {
    rows.iter().next_back().filter(|_| rows.len() == PAGE).map(Record::values)
}

fn take(rows: &Answer, into: &mut Vec<Moved>) -> Result<(), Corrupt> {
    for row in rows {
        let mut source = row.columns();
        let workspace = WorkspaceId::take_present(&mut source)?;
        let head = take_cursor(&mut source)?.ok_or(Corrupt("a head without a position"))?;
        into.push(Moved { workspace, head, cursor: take_cursor(&mut source)? });
    }
    Ok(())
}

fn take_cursor(source: &mut Columns<'_>) -> Result<Option<Cursor>, Corrupt> {
    let (epoch, position) = (Epoch::take(source)?, Position::take(source)?);
    Ok(epoch.zip(position).map(|(epoch, position)| Cursor { epoch, position }))
}
