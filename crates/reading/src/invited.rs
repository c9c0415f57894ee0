//! What an invitation opens, and who may judge it: read whole, for a stranger.

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use domain::{Invitation, Member, WorkspaceId, WorkspaceSelf};
use store::{Answer, Query};

const INVITED: &str = "SELECT i.workspace, i.id, i.hash, i.maker, i.role, i.channels, i.uses_left, i.expires_us, i.state,
        w.workspace, w.name, w.picture, w.settings, w.state, w.owners, w.members, w.channels, w.changed,
        m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM invitation i
    JOIN workspace_self w ON w.workspace = i.workspace
    JOIN member m ON m.workspace = i.workspace AND m.account = i.maker
    WHERE i.hash = $1 AND i.workspace = $2";

pub const QUERIES: &[&str] = &[INVITED];

pub fn query(workspace: WorkspaceId, hash: &[u8; 32]) -> Query {
    Query { sql: INVITED, values: vec![Value::Blob(hash.to_vec()), Value::of(&workspace)] }
}

/// The invitation, its workspace, and who made it.
pub fn found(answer: &Answer) -> Result<Option<(Invitation, WorkspaceSelf, Member)>, Corrupt> {
    let Some(row) = answer.first() else { return Ok(None) };
    let mut source = row.columns();
    let invitation = Invitation::take(&mut source)?;
    Ok(Some((invitation, WorkspaceSelf::take(&mut source)?, Member::take(&mut source)?)))
}
