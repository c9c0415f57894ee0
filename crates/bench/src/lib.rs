//! What all benches say alike: what was measured, of whom, and beside whom; as lines for `bench-suite`, as a table for people; and the
//! servers several of them need.
//!
//! **Invariant.** A measure is a median with its range, and a peer is only ever shown beside ours of the same run.

pub mod services;
pub mod sheet;
