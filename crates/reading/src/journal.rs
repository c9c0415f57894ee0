//! Where journals stand.

use domain::cell::{Cell, Corrupt, Value};
use domain::{Epoch, Position, WorkspaceId};
use store::{Answer, Query, Record};

/// Heads asked for in one statement.
pub const HEADS_MAX: usize = 50;

const HEADS: &str = "SELECT workspace, epoch, position FROM head WHERE workspace IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48,
        $49, $50)";

pub const QUERIES: &[&str] = &[HEADS];

/// Of at most fifty; what is left of the slots asks for the last one again.
pub fn heads(workspaces: &[WorkspaceId]) -> Query {
    let last = workspaces.last().copied();
    let padded = workspaces.iter().copied().chain(last.into_iter().cycle()).take(HEADS_MAX);
    Query { sql: HEADS, values: padded.map(|workspace| Value::of(&workspace)).collect() }
}

pub fn heads_in(answer: &Answer) -> Result<Vec<(WorkspaceId, Epoch, Position)>, Corrupt> {
    let head = |row: Record<'_>| {
        let mut cells = row.columns();
        Ok((
            WorkspaceId::take_present(&mut cells)?,
            Epoch::take_present(&mut cells)?,
            Position::take_present(&mut cells)?,
        ))
    };
    answer.iter().map(head).collect()
}
