//! The invariants of the journal, by the names they are known by, on every engine.

#![allow(clippy::disallowed_methods, reason = "writers live as long as their test")]

mod arriving;
mod density;
mod following;
mod images;
mod isolation;
mod jobs;
mod keys;
mod kills;
mod reads;
mod talk;
