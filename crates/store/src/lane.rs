//! Group commit: while a commit is on its way, commands gather; gathering makes the batch, no timer.

mod batch;
mod carry;
mod queue;

pub(crate) use batch::{Batch, Line, Pending, Traced};
pub(crate) use carry::Lane;
pub(crate) use queue::Queue;
