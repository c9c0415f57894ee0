//! Answers become rows again.

use domain::cell::{Corrupt, Values};
use domain::row::Row;
use store::Answer;

/// Answers that hold exactly the columns of one table, in order.
pub fn rows<R: Row>(answer: &Answer) -> Result<Vec<R>, Corrupt> {
    answer.iter().map(|row| R::take(&mut Values(row.iter()))).collect()
}

pub fn one<R: Row>(answer: &Answer) -> Result<Option<R>, Corrupt> {
    answer.first().map(|row| R::take(&mut Values(row.iter()))).transpose()
}
