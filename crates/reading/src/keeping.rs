//! What those who look after a workspace read of it: its invitations, and what was done.

use domain::cell::{Corrupt, Value};
use domain::{Audit, Invitation, Key, Position, WorkspaceId, values};
use store::{Answer, Query};

use crate::take::rows;

const INVITATIONS: &str = "SELECT workspace, id, hash, maker, role, channels, uses_left, expires_us, state
    FROM invitation WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3";

const AUDIT: &str = "SELECT workspace, position, at_us, actor, what, detail
    FROM audit WHERE workspace = $1 AND position < $2 ORDER BY position DESC LIMIT $3";

pub const QUERIES: &[&str] = &[INVITATIONS, AUDIT];

/// Newest first, before one of them.
pub fn invitations(workspace: WorkspaceId, before: Option<Key>, limit: u32) -> Query {
    let before = before.map_or_else(|| Value::Blob(vec![0xff; 17]), |before| Value::of(&before));
    Query { sql: INVITATIONS, values: vec![Value::of(&workspace), before, Value::of(&limit)] }
}

pub fn invitations_in(answer: &Answer) -> Result<Vec<Invitation>, Corrupt> {
    rows(answer)
}

/// Newest first, before one of them.
pub fn audit(workspace: WorkspaceId, before: Option<Position>, limit: u32) -> Query {
    let before = before.map_or(i64::MAX, |before| i64::try_from(before.0).unwrap_or(i64::MAX));
    Query { sql: AUDIT, values: values![&workspace, &before, &limit] }
}

pub fn audit_in(answer: &Answer) -> Result<Vec<Audit>, Corrupt> {
    rows(answer)
}
