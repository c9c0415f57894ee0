//! One member's own rows.

use domain::cell::{Corrupt, Value};
use domain::{By, Private};
use store::{Answer, Query};

use crate::take::rows;

/// The index is partial, so that a look-up by key cannot use it; a range must say so too.
const SINCE: &str = "SELECT workspace, account, kind, subject, value, version, at_us FROM private
    WHERE workspace = $1 AND account = $2 AND version > 0 AND version > $3 ORDER BY version LIMIT $4";

pub const QUERIES: &[&str] = &[SINCE];

/// Removed ones among them, oldest version first.
pub fn since(by: By, version: u64, max: u32) -> Query {
    let values = vec![
        Value::of(&by.workspace),
        Value::of(&by.account),
        // No row is as new as a version that no column holds.
        Value::Int(i64::try_from(version).unwrap_or(i64::MAX)),
        Value::Int(i64::from(max)),
    ];
    Query { sql: SINCE, values }
}

pub fn since_in(answer: &Answer) -> Result<Vec<Private>, Corrupt> {
    rows(answer)
}
