//! Reads from whoever may answer them: the same statement says whether the answer will do.

use std::collections::HashMap;
use std::ops::DerefMut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::{Epoch, Fence, Position, WorkspaceId, World};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::codec::{param, values};
use super::trouble::{failed, no_loan, unreadable};
use crate::answer::Answer as Rows;
use crate::pg::{Answer, Connection, Dsn, Param, PgError, Pool, PoolConfig, Row, Statement};
use crate::port::{Freshness, Query, StoreError};
use crate::read::{HEAD_WIDTH, NOTHING, with_head};

/// A replica that failed is left alone for this long.
const REST: Duration = Duration::from_secs(1);
/// Who waits for a replica longer than this asks the primary instead.
const WAIT_MAX: Duration = Duration::from_millis(500);
const FLIGHT_MAX: Duration = Duration::from_secs(5);
const KNOWN_MAX: usize = 65_536;

/// An answer, and the head it was true at.
pub(super) struct Sight {
    pub epoch: Epoch,
    pub position: Position,
    pub fence: Fence,
    pub answers: Vec<Rows>,
}

const BEGIN: Statement<'static> =
    Statement { sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", params: &[] };
const COMMIT: Statement<'static> = Statement { sql: "COMMIT", params: &[] };
const ROLLBACK: Statement<'static> = Statement { sql: "ROLLBACK", params: &[] };

/// How the statements of a look are sent.
#[derive(Clone, Copy)]
enum Sent {
    /// By names the session keeps, where it is ours alone.
    Kept,
    Once,
}

/// Why there is no answer.
enum NotSeen {
    /// What the session kept is not what it is asked for, after a migration perhaps; sent whole it may do.
    Stale(PgError),
    Failed(StoreError),
}

impl From<StoreError> for NotSeen {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

fn not_seen(error: PgError) -> NotSeen {
    if error.is_stale() { NotSeen::Stale(error) } else { NotSeen::Failed(failed(error)) }
}

/// `None`: there is no journal of this workspace.
pub(super) async fn look<L, F>(
    lend: impl Fn() -> F,
    workspace: WorkspaceId,
    queries: &[Query],
) -> Result<Option<Sight>, StoreError>
where
    L: DerefMut<Target = Connection>,
    F: Future<Output = Result<L, StoreError>>,
{
    let seen = look_by(&mut *lend().await?, Sent::Kept, workspace, queries).await;
    let seen = match seen {
        Err(NotSeen::Stale(_)) => look_by(&mut *lend().await?, Sent::Once, workspace, queries).await,
        seen => seen,
    };
    seen.map_err(|error| match error {
        NotSeen::Stale(error) => failed(error),
        NotSeen::Failed(error) => error,
    })
}

async fn fly(
    connection: &mut Connection,
    sent: Sent,
    statements: &[Statement<'_>],
) -> Result<Vec<Answer>, PgError> {
    match sent {
        Sent::Kept => connection.flight_kept(statements).await,
        Sent::Once => connection.flight(statements).await,
    }
}

async fn look_by(
    connection: &mut Connection,
    sent: Sent,
    workspace: WorkspaceId,
    queries: &[Query],
) -> Result<Option<Sight>, NotSeen> {
    let (query, rest) = match queries {
        [query] => (query.clone(), [].as_slice()),
        several => (Query { sql: NOTHING, values: Vec::new() }, several),
    };
    let text = with_head(query.sql, query.values.len());
    let workspace = Param::Blob(Some(workspace.bytes()));
    let params: Vec<_> = query.values.iter().map(param).chain([workspace]).collect();
    let first = Statement { sql: &text, params: &params };
    if rest.is_empty() {
        let answers = fly(connection, sent, &[first]).await.map_err(not_seen)?;
        return Ok(answers.first().map_or(Ok(None), sight)?);
    }
    let params: Vec<Vec<_>> = rest.iter().map(|query| query.values.iter().map(param).collect()).collect();
    let asked = rest.iter().zip(&params).map(|(query, params)| Statement { sql: query.sql, params });
    let flight: Vec<_> = [BEGIN, first].into_iter().chain(asked).chain([COMMIT]).collect();
    let answers = match fly(connection, sent, &flight).await {
        Ok(answers) => answers,
        Err(error) => {
            // The refusal is the answer; a connection that cannot be put right is dropped by its pool.
            let _ = connection.flight(&[ROLLBACK]).await;
            return Err(not_seen(error));
        }
    };
    let Some(mut sight) = answers.get(1).map_or(Ok(None), sight)? else { return Ok(None) };
    let rows = answers[2..answers.len() - 1].iter().map(|answer| values(answer, 0).map_err(unreadable));
    sight.answers = rows.collect::<Result<_, _>>()?;
    Ok(Some(sight))
}

fn sight(answer: &Answer) -> Result<Option<Sight>, StoreError> {
    let Some(first) = answer.first() else { return Ok(None) };
    let number = |at| first.int(at).map(|value| value as u64).map_err(unreadable);
    let (epoch, position, fence) = (Epoch(number(0)?), Position(number(1)?), Fence(number(2)?));
    let empty = answer.len() == 1 && first.is_null(HEAD_WIDTH).unwrap_or(true);
    let rows = if empty { Rows::default() } else { values(answer, HEAD_WIDTH).map_err(unreadable)? };
    Ok(Some(Sight { epoch, position, fence, answers: vec![rows] }))
}

pub(super) struct Replica {
    pub pool: Pool,
    rests_until: Mutex<Option<Instant>>,
}

impl Replica {
    async fn look(&self, workspace: WorkspaceId, queries: &[Query]) -> Result<Option<Sight>, StoreError> {
        look(|| async { self.pool.get().await.map_err(no_loan) }, workspace, queries).await
    }
    fn is_resting(&self) -> bool {
        self.rests_until.lock().is_some_and(|until| until > Instant::now())
    }
    fn rest(&self) {
        *self.rests_until.lock() = Some(Instant::now() + REST);
    }
}

pub(super) struct Replicas {
    pub all: Vec<Replica>,
    next: AtomicUsize,
    /// What the primary last said of a workspace's history. Forgotten whole when it is full: it is learned again.
    known: Mutex<HashMap<WorkspaceId, (Epoch, Fence)>>,
}

impl Replicas {
    pub fn new(places: &[Dsn], config: &PoolConfig) -> Self {
        let config = PoolConfig {
            wait_max: config.wait_max.min(WAIT_MAX),
            connect_max: config.connect_max.min(WAIT_MAX),
            flight_max: config.flight_max.min(FLIGHT_MAX),
            ..config.clone()
        };
        let replica = |place: &Dsn| Replica {
            pool: Pool::new(place.clone(), config.clone()),
            rests_until: Mutex::new(None),
        };
        Self { all: places.iter().map(replica).collect(), next: AtomicUsize::new(0), known: Mutex::default() }
    }

    pub fn learn(&self, workspace: WorkspaceId, epoch: Epoch, fence: Fence) {
        if self.all.is_empty() {
            return;
        }
        let mut known = self.known.lock();
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(workspace, (epoch, fence));
    }
    pub fn learn_all(&self, worlds: &[World]) {
        for world in worlds.iter().filter(|_| !self.all.is_empty()) {
            self.learn(world.workspace(), world.epoch(), world.head().fence);
        }
    }

    /// An answer that will do; `None`: ask the primary.
    pub async fn look(&self, workspace: WorkspaceId, fresh: Freshness, queries: &[Query]) -> Option<Sight> {
        if self.all.is_empty() || fresh == Freshness::Newest {
            return None;
        }
        let (epoch, fence) = self.known.lock().get(&workspace).copied()?;
        let replica = self.turn()?;
        match replica.look(workspace, queries).await {
            Ok(sight) => {
                let will_do = sight.filter(|sight| {
                    let late = matches!(fresh, Freshness::AtLeast(wanted, position)
                        if wanted != sight.epoch || position > sight.position);
                    sight.epoch == epoch && sight.fence == fence && !late
                });
                count(if will_do.is_some() { "replica" } else { "too_old" });
                will_do
            }
            // The question may be at fault: the primary says so in its own words.
            Err(StoreError::Statement(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "a replica does not answer, the primary is asked: {error}");
                replica.rest();
                count("failed");
                None
            }
        }
    }

    /// Round robin among those that answer.
    fn turn(&self) -> Option<&Replica> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let order = (0..self.all.len()).map(|at| &self.all[(first + at) % self.all.len()]);
        order.into_iter().find(|replica| !replica.is_resting())
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("store_replica_reads_total", "outcome" => outcome).increment(1);
}

/// How far a replica is behind its primary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lag {
    pub bytes: i64,
    /// Since the last commit it has replayed; none while it has all of them.
    pub seconds: f64,
}

/// Both are asked, so that a replica cut off from its primary cannot believe to be up to date.
const WRITTEN: &str = "SELECT pg_current_wal_lsn()::text";
const REPLAYED: &str = "SELECT greatest(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint, \
    (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint";

pub(super) async fn written(primary: &mut Connection) -> Result<String, StoreError> {
    let answers = primary.flight(&[Statement { sql: WRITTEN, params: &[] }]).await.map_err(failed)?;
    let row = answers.first().and_then(Answer::first);
    let text = row.map(|row| row.text(0)).transpose().map_err(unreadable)?;
    text.map(str::to_owned).ok_or_else(|| StoreError::Statement("no position of the log came back".into()))
}

impl Replica {
    /// An error where it cannot be asked, or is no replica any more.
    pub async fn lag(&self, written: &str) -> Result<Lag, StoreError> {
        let mut loan = self.pool.get().await.map_err(no_loan)?;
        let params = [Param::Text(Some(written))];
        let answers = loan.flight(&[Statement { sql: REPLAYED, params: &params }]).await.map_err(failed)?;
        let row = answers.first().and_then(Answer::first);
        let numbers = row.map(|row| Ok((row.nullable(0, Row::int)?, row.nullable(1, Row::int)?)));
        match numbers.transpose().map_err(unreadable)? {
            Some((Some(0), _)) => Ok(Lag { bytes: 0, seconds: 0.0 }),
            Some((Some(bytes), micros)) => {
                Ok(Lag { bytes, seconds: micros.unwrap_or(0).max(0) as f64 / 1_000_000.0 })
            }
            _ => Err(StoreError::Unreachable("it replays nobody's log: no replica".into())),
        }
    }
}
