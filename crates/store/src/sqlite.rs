//! The embedded engine: one file, one writer, readers beside it. Nothing is acknowledged before it is synced.

pub mod backup;
mod checkpoint;
mod codec;
mod engine;
mod mark;
mod migrating;
mod readers;
mod reading;
mod setup;
mod writer;

pub use engine::{Sqlite, SqliteOptions};
pub use migrating::Migrating;
pub use reading::Reading;
