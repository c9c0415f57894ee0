//! The embedded engine: one file, one writer, readers beside it. Nothing is acknowledged before it is synced.

mod checkpoint;
mod codec;
mod engine;
mod mark;
mod readers;
mod setup;
mod writer;

pub use engine::{Sqlite, SqliteOptions};
