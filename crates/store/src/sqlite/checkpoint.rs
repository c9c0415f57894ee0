//! Checkpoints run beside the writer. Only when the log has grown long does the writer wait, for what little is left.

use std::path::Path;

use rusqlite::Connection;

use super::setup::{failed, open_writer};
use crate::port::StoreError;

/// Pages in the log before a checkpoint begins: about 8 MB.
pub(super) const BEGIN_PAGES: i64 = 2_000;
/// Pages in the log before the writer starts it over: about 256 MB.
const RESTART_PAGES: i64 = 64_000;

/// How long the log is, and how much of it is in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub pages: i64,
    pub done: i64,
}

impl Progress {
    /// The log is long and nearly all in the file: starting over is cheap now.
    pub fn may_restart(self) -> bool {
        self.pages >= RESTART_PAGES
    }
}

fn run(connection: &Connection, mode: &str) -> Result<Progress, StoreError> {
    connection
        .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
            Ok(Progress { pages: row.get(1)?, done: row.get(2)? })
        })
        .map_err(failed)
}

/// Beside the writer, never waiting for anybody.
pub(super) struct Checkpointer(Connection);

impl Checkpointer {
    pub fn open(place: &Path, vfs: Option<&str>) -> Result<Self, StoreError> {
        open_writer(place, vfs).map(Self)
    }
    pub fn pass(&self) -> Result<Progress, StoreError> {
        run(&self.0, "PASSIVE")
    }
}

/// In the writer, between two batches.
pub(super) fn restart(writer: &Connection) -> Result<Progress, StoreError> {
    run(writer, "RESTART")
}
