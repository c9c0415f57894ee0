//! Accounts and what opens them, where they are members, and what stands open to newcomers.

use domain::cell::{Corrupt, Value};
use domain::{
    Account, AccountId, Credential, Installation, Member, Membership, WorkspaceId, WorkspacePlace, values,
};
use store::{Answer, Query};

use crate::take::{one, rows};

const BY_EMAIL: &str =
    "SELECT id, kind, name, email_key, email_verified_us, password, operator, owner, state, created_us
    FROM account WHERE email_key = $1";

const OPERATORS: &str =
    "SELECT id, kind, name, email_key, email_verified_us, password, operator, owner, state, created_us
    FROM account WHERE id > $1 AND operator = 1 AND state = 'active' ORDER BY id LIMIT 20";

const CREDENTIALS: &str =
    "SELECT hash, id, account, kind, workspace, scopes, label, agent, address, created_us, seen_us,
        expires_us, revoked_us
    FROM credential WHERE account = $1 LIMIT 200";

const EVERY_CREDENTIAL: &str =
    "SELECT hash, id, account, kind, workspace, scopes, label, agent, address, created_us,
        seen_us, expires_us, revoked_us
    FROM credential WHERE hash > $1 ORDER BY hash LIMIT 500";

const MEMBERSHIP: &str =
    "SELECT account, workspace, state, position FROM membership WHERE account = $1 AND workspace = $2";

const PLACE: &str = "SELECT id, slug, shard, fence, state, region, created_us FROM workspace WHERE id = $1";

const MEMBER: &str =
    "SELECT workspace, account, role, state, name, name_key, profile, private, signed_after_us, changed
    FROM member WHERE workspace = $1 AND account = $2";

const FACT: &str = "SELECT name, value FROM installation WHERE name = $1";

const BEGUN: &str = "SELECT name, value FROM installation WHERE name >= 'member/' AND name < 'member0' ORDER BY name LIMIT 200";

pub const QUERIES: &[&str] =
    &[BY_EMAIL, OPERATORS, CREDENTIALS, EVERY_CREDENTIAL, MEMBERSHIP, PLACE, MEMBER, FACT, BEGUN];

pub fn by_email(email_key: &str) -> Query {
    Query { sql: BY_EMAIL, values: vec![Value::Text(email_key.to_owned())] }
}

pub fn account_in(answer: &Answer) -> Result<Option<Account>, Corrupt> {
    one(answer)
}

/// Those who may do anything to the installation, the first one first.
pub fn operators() -> Query {
    Query { sql: OPERATORS, values: vec![Value::Blob(Vec::new())] }
}

pub fn accounts_in(answer: &Answer) -> Result<Vec<Account>, Corrupt> {
    rows(answer)
}

/// All there are of one account, ended ones too until they are swept.
pub fn credentials(account: AccountId) -> Query {
    Query { sql: CREDENTIALS, values: values![&account] }
}

/// Of everyone, by their hashes, after one.
pub fn every_credential(after: &[u8]) -> Query {
    Query { sql: EVERY_CREDENTIAL, values: vec![Value::Blob(after.to_vec())] }
}

pub fn credentials_in(answer: &Answer) -> Result<Vec<Credential>, Corrupt> {
    rows(answer)
}

pub fn membership(account: AccountId, workspace: WorkspaceId) -> Query {
    Query { sql: MEMBERSHIP, values: values![&account, &workspace] }
}

pub fn membership_in(answer: &Answer) -> Result<Option<Membership>, Corrupt> {
    one(answer)
}

pub fn place(workspace: WorkspaceId) -> Query {
    Query { sql: PLACE, values: values![&workspace] }
}

pub fn place_in(answer: &Answer) -> Result<Option<WorkspacePlace>, Corrupt> {
    one(answer)
}

/// Somebody as one workspace knows them, whatever became of them there.
pub fn member(workspace: WorkspaceId, account: AccountId) -> Query {
    Query { sql: MEMBER, values: values![&workspace, &account] }
}

pub fn member_in(answer: &Answer) -> Result<Option<Member>, Corrupt> {
    one(answer)
}

/// What the installation knows of itself under a name.
pub fn fact(name: &str) -> Query {
    Query { sql: FACT, values: vec![Value::Text(name.to_owned())] }
}

/// Whose membership a shard was asked about, and nobody has written down what it said.
pub fn begun() -> Query {
    Query { sql: BEGUN, values: Vec::new() }
}

pub fn facts_in(answer: &Answer) -> Result<Vec<Installation>, Corrupt> {
    rows(answer)
}
