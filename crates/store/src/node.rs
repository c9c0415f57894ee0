//! The processes of an installation: which are alive, what all of them read, and how many connections they may take.

use domain::cell::Value;
use domain::verbs::RaiseLevel;
use domain::{Key, Stamp};

use crate::answer::Record;
use crate::migrate::LEVEL;
use crate::port::{Engine, Query, StoreError};

/// A node that was not seen for so long counts as gone. It beats three times as often.
pub const ALIVE_US: i64 = 15 * Stamp::SECOND;
/// A row of a node that was not seen for so long leaves.
const FORGOTTEN_US: i64 = 24 * Stamp::HOUR;

/// One process, as the others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Made when the process starts.
    pub id: Key,
    /// What it runs, separated by commas.
    pub roles: String,
    /// What it reads and writes.
    pub level: i32,
    /// The most connections it takes to the shared database; 0 where it takes none.
    pub pool: u32,
}

impl Node {
    pub fn new(id: Key, roles: &[&str], pool: u32) -> Self {
        Self { id, roles: roles.join(","), level: LEVEL, pool }
    }
}

/// What a database gives to all nodes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub max_connections: u32,
    /// Kept for its operators and for what is not Rookery.
    pub reserve: u32,
}

/// Why a node may not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    #[error(
        "one node too many: this node takes up to {own} connections and the {others} live nodes beside it up to {taken}, \
         {} together; the database has max_connections = {} less a reserve of {}, {} in all. Lower the pool of the \
         nodes, raise max_connections, or put a pooler in between",
        own + taken, room.max_connections, room.reserve, room.max_connections.saturating_sub(room.reserve)
    )]
    TooMany { own: u32, others: usize, taken: u32, room: Room },
    #[error(
        "this build is of level {own} and the installation of level {fleet}: it cannot read what is written now"
    )]
    TooOld { own: i32, fleet: i32 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

const BEAT: &str = "INSERT INTO node (id, roles, level, seen_us, pool) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET roles = excluded.roles, level = excluded.level, seen_us = excluded.seen_us,
    pool = excluded.pool";
const LEAVE: &str = "DELETE FROM node WHERE id = $1";
const FORGET: &str = "DELETE FROM node WHERE seen_us < $1";
const LIVE: &str = "SELECT id, roles, level, pool FROM node WHERE seen_us > $1 ORDER BY id";
const FLEET: &str = "SELECT value FROM installation WHERE name = $1";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[BEAT, LEAVE, FORGET, LIVE, FLEET];

/// Says that a node is there. To be said every five seconds.
pub async fn beat(directory: &dyn Engine, node: &Node) -> Result<(), StoreError> {
    let seen = directory.now().await?;
    let values = vec![
        Value::of(&node.id),
        Value::Text(node.roles.clone()),
        Value::of(&node.level),
        Value::of(&seen),
        Value::of(&node.pool),
    ];
    directory.run(&Query { sql: BEAT, values }).await?;
    Ok(())
}

/// A node that stops says so, and does not count from then on.
pub async fn leave(directory: &dyn Engine, node: Key) -> Result<(), StoreError> {
    directory.run(&Query { sql: LEAVE, values: vec![Value::of(&node)] }).await?;
    Ok(())
}

/// Rows of nodes long gone. Gives how many there were.
pub async fn forget(directory: &dyn Engine) -> Result<u64, StoreError> {
    let before = directory.now().await?.plus(-FORGOTTEN_US);
    Ok(directory.run(&Query { sql: FORGET, values: vec![Value::of(&before)] }).await?.1)
}

/// Seen within the last 15 seconds. A row from the future counts: its node may well be alive.
pub async fn live(directory: &dyn Engine) -> Result<Vec<Node>, StoreError> {
    let since = directory.now().await?.plus(-ALIVE_US);
    let (rows, _) = directory.run(&Query { sql: LIVE, values: vec![Value::of(&since)] }).await?;
    rows.iter().map(read).collect()
}

fn read(row: Record<'_>) -> Result<Node, StoreError> {
    let (Some(id), Some(roles), Some(level), Some(pool)) = (row.blob(0), row.text(1), row.int(2), row.int(3))
    else {
        return Err(domain::cell::Corrupt("a node does not read back").into());
    };
    let id = id.try_into().map_err(|_| domain::cell::Corrupt("a node's id is not 16 bytes"))?;
    let pool = u32::try_from(pool).unwrap_or(0);
    Ok(Node { id: Key(id), roles: roles.to_owned(), level: i32::try_from(level).unwrap_or(0), pool })
}

/// The level the installation has reached; 0 before it was raised the first time.
pub async fn fleet_level(directory: &dyn Engine) -> Result<i32, StoreError> {
    let values = vec![Value::Text(RaiseLevel::ROW.into())];
    let (rows, _) = directory.run(&Query { sql: FLEET, values }).await?;
    let Some(level) = rows.first().and_then(|row| row.text(0)) else { return Ok(0) };
    level.parse().map_err(|_| domain::cell::Corrupt("the installation's level is not a number").into())
}

/// The level that every live node reads, where it is above the installation's: `RaiseLevel` may write it.
pub async fn level_to_raise(directory: &dyn Engine) -> Result<Option<i32>, StoreError> {
    let least = live(directory).await?.into_iter().map(|node| node.level).min();
    let fleet = fleet_level(directory).await?;
    Ok(least.filter(|level| *level > fleet))
}

/// Registers a node that starts, or refuses it. It is counted first and withdrawn if it is too much, so of two that
/// start at once for one last place at most one stays. No `room`: nothing is shared.
pub async fn admit_node(directory: &dyn Engine, node: &Node, room: Option<Room>) -> Result<(), NotAdmitted> {
    beat(directory, node).await?;
    let refused = match judge(directory, node, room).await {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    leave(directory, node.id).await?;
    Err(refused)
}

async fn judge(directory: &dyn Engine, node: &Node, room: Option<Room>) -> Result<(), NotAdmitted> {
    // Read after the node is counted: whoever raises the level from now on sees it.
    let fleet = fleet_level(directory).await?;
    if node.level < fleet {
        return Err(NotAdmitted::TooOld { own: node.level, fleet });
    }
    let Some(room) = room else { return Ok(()) };
    let others: Vec<_> =
        live(directory).await?.into_iter().filter(|other| other.id != node.id && other.pool > 0).collect();
    let taken = others.iter().map(|other| other.pool).fold(0, u32::saturating_add);
    if node.pool.saturating_add(taken) > room.max_connections.saturating_sub(room.reserve) {
        return Err(NotAdmitted::TooMany { own: node.pool, others: others.len(), taken, room });
    }
    Ok(())
}

/// Connections all live nodes may take together: the gauge beside `max_connections`.
pub async fn connections_taken(directory: &dyn Engine) -> Result<u32, StoreError> {
    Ok(live(directory).await?.iter().map(|node| node.pool).fold(0, u32::saturating_add))
}
