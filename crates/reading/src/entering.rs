//! Everything a socket is, in one look: who it is here, where they sit, which of their commands happened.

use domain::cell::{Cell, Corrupt, Value};
use domain::{AccountId, By, Credential, Key, Position, Seat, WorkspaceId, values};
use store::{Answer, Query, Record};

use crate::people::by_fifties;
use crate::take::rows;

/// Keys asked for in one statement.
const SLOTS: usize = 50;

/// Held ones.
const SEATS: &str = "SELECT channel, account, workspace, role, since, read_number, read_version, changed
    FROM channel_member WHERE workspace = $1 AND account = $2 AND role <> 'left'";

/// Of several.
const SEATS_OF: &str = "SELECT channel, account, workspace, role, since, read_number, read_version, changed
    FROM channel_member WHERE workspace = $1 AND account IN (
        $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49,
        $50, $51) AND role <> 'left'";

const RECEIPTS: &str = "SELECT key, position, result FROM receipt WHERE key IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48,
        $49, $50) AND workspace = $51 AND account = $52";

/// A session or token by its id.
const OPENED: &str =
    "SELECT hash, id, account, kind, workspace, scopes, label, agent, address, created_us, seen_us, expires_us, revoked_us
    FROM credential WHERE id = $1";

const OPENED_ALL: &str =
    "SELECT hash, id, account, kind, workspace, scopes, label, agent, address, created_us, seen_us, expires_us, revoked_us
    FROM credential WHERE id IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48,
        $49, $50)";

pub const QUERIES: &[&str] = &[OPENED, OPENED_ALL, RECEIPTS, SEATS, SEATS_OF];

pub fn seats(by: By) -> Query {
    Query { sql: SEATS, values: values![&by.workspace, &by.account] }
}

/// A statement for every fifty.
pub fn seats_of(workspace: WorkspaceId, accounts: &[AccountId]) -> Vec<Query> {
    by_fifties(SEATS_OF, workspace, accounts)
}

pub fn seats_in(answer: &Answer) -> Result<Vec<Seat>, Corrupt> {
    rows(answer)
}

/// Which of these commands of somebody happened.
pub fn receipts(by: By, keys: &[Key]) -> Vec<Query> {
    let asked = |some: &[Key]| {
        let mut values: Vec<_> = padded(some).map(|key| Value::of(&key)).collect();
        values.extend(values![&by.workspace, &by.account]);
        Query { sql: RECEIPTS, values }
    };
    keys.chunks(SLOTS).map(asked).collect()
}

/// Key, position and what it answered.
pub fn receipts_in(answers: &[Answer]) -> Result<Vec<(Key, Position, String)>, Corrupt> {
    let receipt = |row: Record<'_>| {
        let mut cells = row.columns();
        Ok((
            Key::take_present(&mut cells)?,
            Position::take_present(&mut cells)?,
            String::take_present(&mut cells)?,
        ))
    };
    answers.iter().flatten().map(receipt).collect()
}

/// A statement for every fifty; alone, by a text of its own.
pub fn opened(credentials: &[Key]) -> Vec<Query> {
    if let [credential] = credentials {
        return vec![Query { sql: OPENED, values: vec![Value::of(credential)] }];
    }
    let asked =
        |some: &[Key]| Query { sql: OPENED_ALL, values: padded(some).map(|key| Value::of(&key)).collect() };
    credentials.chunks(SLOTS).map(asked).collect()
}

pub fn opened_in(answer: &Answer) -> Result<Vec<Credential>, Corrupt> {
    rows(answer)
}

/// What is left of the slots asks for the last one again.
fn padded(some: &[Key]) -> impl Iterator<Item = Key> {
    some.iter().copied().chain(some.last().copied().into_iter().cycle()).take(SLOTS)
}
