//! The members an answer names.

use domain::cell::{Corrupt, Value};
use domain::{AccountId, Member, WorkspaceId};
use store::{Answer, Query};

use crate::take::rows;

/// Ids asked for in one statement; it is one text for any number up to it.
const SLOTS: usize = 50;

const PEOPLE: &str =
    "SELECT workspace, account, role, state, name, name_key, profile, private, signed_after_us, changed
    FROM member WHERE workspace = $1 AND account IN (
        $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49,
        $50, $51)";

pub const QUERIES: &[&str] = &[PEOPLE];

/// Whatever became of them; each once, so ask with a set. A statement for every fifty.
pub fn named(workspace: WorkspaceId, accounts: &[AccountId]) -> Vec<Query> {
    by_fifties(PEOPLE, workspace, accounts)
}

/// A text with a workspace and fifty slots.
pub(crate) fn by_fifties(sql: &'static str, workspace: WorkspaceId, accounts: &[AccountId]) -> Vec<Query> {
    let asked = |some: &[AccountId]| {
        // What is left of the slots asks for the last one again.
        let last = some.last().copied();
        let padded = some.iter().copied().chain(last.into_iter().cycle()).take(SLOTS);
        let values = std::iter::once(Value::of(&workspace)).chain(padded.map(|account| Value::of(&account)));
        Query { sql, values: values.collect() }
    };
    accounts.chunks(SLOTS).map(asked).collect()
}

pub fn named_in(answers: &[Answer]) -> Result<Vec<Member>, Corrupt> {
    let mut members = Vec::new();
    for answer in answers {
        members.extend(rows::<Member>(answer)?);
    }
    Ok(members)
}
