//! Reads say how fresh they must be, and learn the moment they were true at.

/// Columns of the head before those of the question: epoch, position, fence.
pub(crate) const HEAD_WIDTH: usize = 3;

/// The head alone.
pub(crate) const NOTHING: &str = "SELECT 1 WHERE 1 = 0";

/// The question with the head of its workspace, in the same statement and so of the same snapshot. The workspace is
/// the parameter after the question's own. A journal without an answer gives one row of NULLs.
pub(crate) fn with_head(sql: &str, parameters: usize) -> String {
    format!(
        "SELECT h.epoch, h.position, h.fence, q.* FROM head h LEFT JOIN ({sql}) q ON 1 = 1 WHERE h.workspace = ${}",
        parameters + 1
    )
}
