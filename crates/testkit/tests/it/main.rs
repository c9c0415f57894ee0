//! The invariants of the journal, by the names they are known by, on every engine.

mod density;
mod isolation;
mod keys;
mod kills;
mod reads;
mod talk;
