//! Who there is and what opens the door: rows of the directory.

use domain::cell::{Cell, Corrupt, Value};
use domain::row::Row;
use domain::{Account, AccountId, Credential, Position, WorkspaceId, values};
use store::{Answer, Query, Record};

use crate::take::one;

const CREDENTIAL: &str = "SELECT c.hash, c.id, c.account, c.kind, c.workspace, c.scopes, c.label, c.agent, c.address,
        c.created_us, c.seen_us, c.expires_us, c.revoked_us,
        a.id, a.kind, a.name, a.email_key, a.email_verified_us, a.password, a.operator, a.owner, a.state, a.created_us
    FROM credential c JOIN account a ON a.id = c.account
    WHERE c.hash = $1";

const CREDENTIALS: &str = "SELECT c.hash, c.id, c.account, c.kind, c.workspace, c.scopes, c.label, c.agent, c.address,
        c.created_us, c.seen_us, c.expires_us, c.revoked_us,
        a.id, a.kind, a.name, a.email_key, a.email_verified_us, a.password, a.operator, a.owner, a.state, a.created_us
    FROM credential c JOIN account a ON a.id = c.account
    WHERE c.hash IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48,
        $49, $50)";

const ACCOUNT: &str =
    "SELECT id, kind, name, email_key, email_verified_us, password, operator, owner, state, created_us
    FROM account WHERE id = $1";

const SLUG: &str = "SELECT id FROM workspace WHERE slug = $1";

const EVENTS_AFTER: &str = "SELECT position, kind, account FROM event WHERE workspace = $1 AND position > $2 ORDER BY position LIMIT 500";

/// Events of one look at the installation's journal.
pub const EVENTS_MAX: usize = 500;

pub const QUERIES: &[&str] = &[ACCOUNT, CREDENTIAL, CREDENTIALS, EVENTS_AFTER, SLUG];

/// Secrets asked for in one statement; it is one text for any number up to it.
const SLOTS: usize = 50;

/// What each of several secrets opens, a statement for every fifty.
pub fn credentials(hashes: &[[u8; 32]]) -> Vec<Query> {
    let asked = |some: &[[u8; 32]]| {
        // What is left of the slots asks for the last one again.
        let last = some.last();
        let padded = some.iter().chain(last.into_iter().cycle()).take(SLOTS);
        Query { sql: CREDENTIALS, values: padded.map(|hash| Value::Blob(hash.to_vec())).collect() }
    };
    hashes.chunks(SLOTS).map(asked).collect()
}

/// What a secret opens, and whose it is.
pub fn credential(hash: &[u8]) -> Query {
    Query { sql: CREDENTIAL, values: vec![Value::Blob(hash.to_vec())] }
}

pub fn credential_in(answer: &Answer) -> Result<Option<(Credential, Account)>, Corrupt> {
    answer.first().map(credential_of).transpose()
}

pub fn credentials_in(answer: &Answer) -> Result<Vec<(Credential, Account)>, Corrupt> {
    answer.iter().map(credential_of).collect()
}

fn credential_of(row: Record<'_>) -> Result<(Credential, Account), Corrupt> {
    let mut source = row.columns();
    Ok((Credential::take(&mut source)?, Account::take(&mut source)?))
}

/// Somebody, in whatever workspaces they are.
pub fn account(account: AccountId) -> Query {
    Query { sql: ACCOUNT, values: values![&account] }
}

pub fn account_in(answer: &Answer) -> Result<Option<Account>, Corrupt> {
    one(answer)
}

/// Which workspace has this address.
pub fn slug(slug: &str) -> Query {
    Query { sql: SLUG, values: vec![Value::Text(slug.to_owned())] }
}

pub fn slug_in(answer: &Answer) -> Result<Option<WorkspaceId>, Corrupt> {
    answer.first().map(|row| WorkspaceId::take_present(&mut row.columns())).transpose()
}

/// What happened in the installation since a position.
pub fn events_after(position: Position) -> Query {
    Query { sql: EVENTS_AFTER, values: values![&WorkspaceId::INSTALLATION, &position] }
}

/// Where, the code of what, and to whom. A kind may be newer than this build, so it stays a code.
pub fn events_in(answer: &Answer) -> Result<Vec<(Position, i32, Option<AccountId>)>, Corrupt> {
    let event = |row: Record<'_>| {
        let mut source = row.columns();
        Ok((
            Position::take_present(&mut source)?,
            i32::take_present(&mut source)?,
            Option::<AccountId>::take_present(&mut source)?,
        ))
    };
    answer.iter().map(event).collect()
}
