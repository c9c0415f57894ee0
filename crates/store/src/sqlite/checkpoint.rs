//! Checkpoints run beside the writer. Only when the log has grown long does the writer wait, for what little is left.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rusqlite::Connection;
use tokio::sync::Notify;

use super::setup::{failed, open_writer};
use crate::port::StoreError;

/// New pages in the log before a checkpoint begins: about 8 MB.
const BEGIN_PAGES: i64 = 2_000;
/// Pages in the log before the writer starts it over: about 32 MB. A log that is written over costs less a sync than
/// one that grows, since its place on the disk does not change.
const RESTART_PAGES: i64 = 8_000;

/// How long the log is, told by the writer after each commit.
#[derive(Debug, Default)]
pub(super) struct Log {
    pages: AtomicI64,
    /// Where the last checkpoint found the end.
    passed: AtomicI64,
    grown: Notify,
    /// The log is long and nearly all in the file: the writer starts it over before its next batch.
    restart: AtomicBool,
}

impl Log {
    pub fn committed(&self, pages: i64) {
        if pages < self.pages.swap(pages, Ordering::Relaxed) {
            self.passed.store(0, Ordering::Relaxed);
        }
        if pages - self.passed.load(Ordering::Relaxed) >= BEGIN_PAGES {
            self.grown.notify_one();
        }
    }
    pub async fn grown(&self) {
        self.grown.notified().await;
    }
    fn passed(&self, progress: Progress) {
        self.passed.store(progress.pages, Ordering::Relaxed);
        // A long reader, such as a backup, keeps the rest out of the file: then starting over is not cheap.
        if progress.pages >= RESTART_PAGES && progress.pages - progress.done < BEGIN_PAGES {
            self.restart.store(true, Ordering::Relaxed);
        }
    }
    pub fn wants_restart(&self) -> bool {
        self.restart.swap(false, Ordering::Relaxed)
    }
}

/// How long the log is, and how much of it is in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub pages: i64,
    pub done: i64,
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
    pub fn pass(&self, log: &Log) -> Result<Progress, StoreError> {
        let progress = run(&self.0, "PASSIVE")?;
        log.passed(progress);
        Ok(progress)
    }
}

/// In the writer, between two batches.
pub(super) fn restart(writer: &Connection) -> Result<Progress, StoreError> {
    // Whoever still reads from the log is not waited for: the next long log asks again.
    writer.busy_timeout(std::time::Duration::ZERO).map_err(failed)?;
    let progress = run(writer, "RESTART");
    writer.busy_timeout(super::setup::BUSY_MAX).map_err(failed)?;
    progress
}

/// Whether whoever used the file last left its log behind: it died.
pub(super) fn is_left_behind(place: &Path) -> bool {
    let mut log = place.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// Before anything found in a log left behind is told to anybody. Its last commit may be one whose sync failed: the
/// system shows it, and a later sync of the same log need not write it. So all is moved into the file, that is synced,
/// and the log begun anew. Where another process uses the file the log is not left behind, and stays.
pub(super) fn make_durable(writer: &Connection) -> Result<(), StoreError> {
    let busy: bool =
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed)?;
    if !busy {
        let touch = "UPDATE origin SET value = value WHERE name = 'commits'";
        writer.execute(touch, []).map_err(failed)?;
    }
    Ok(())
}
