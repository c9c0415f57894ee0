//! Where somebody is or was a member: all of it, for who goes for good.

use domain::cell::{Cell, Corrupt};
use domain::{AccountId, MembershipState, WorkspaceId, values};
use store::{Answer, Query, Record};

const MEMBERSHIPS: &str = "SELECT workspace, state FROM membership WHERE account = $1 AND workspace > $2 ORDER BY workspace LIMIT $3";

const BEGUN: &str = "SELECT name, value FROM installation WHERE name >= 'closing/' AND name < 'closing0' ORDER BY name LIMIT 200";

pub const QUERIES: &[&str] = &[MEMBERSHIPS, BEGUN];

/// Who began to close their account, and has not come to its end.
pub fn begun() -> Query {
    Query { sql: BEGUN, values: Vec::new() }
}

/// Of the directory, after one of them.
pub fn memberships(account: AccountId, after: WorkspaceId, limit: u32) -> Query {
    Query { sql: MEMBERSHIPS, values: values![&account, &after, &limit] }
}

pub fn memberships_in(answer: &Answer) -> Result<Vec<(WorkspaceId, MembershipState)>, Corrupt> {
    let membership = |row: Record<'_>| {
        let mut source = row.columns();
        Ok((Cell::take_present(&mut source)?, Cell::take_present(&mut source)?))
    };
    answer.iter().map(membership).collect()
}
