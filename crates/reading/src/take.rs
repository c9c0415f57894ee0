//! Answers become rows again.

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use store::Answer;

/// Answers that hold exactly the columns of one table, in order.
pub fn rows<R: Row>(answer: &Answer) -> Result<Vec<R>, Corrupt> {
    answer.iter().map(|row| R::take(&mut row.columns())).collect()
}

pub fn one<R: Row>(answer: &Answer) -> Result<Option<R>, Corrupt> {
    answer.first().map(|row| R::take(&mut row.columns())).transpose()
}

/// The range from just before an id to itself, for a text that pages by it.
pub fn only(id: &[u8; 16]) -> (Value, Value) {
    let before = u128::from_be_bytes(*id).saturating_sub(1).to_be_bytes();
    (Value::Blob(before.to_vec()), Value::Blob(id.to_vec()))
}
