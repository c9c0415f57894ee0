//! One snapshot, page by page, beside the writer: it waits for nobody, and only the log grows until the copy is done.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Stamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::name::CopyName;
use super::{Pages, beside, disk, sync_folder};
use crate::port::StoreError;
use crate::sqlite::setup::{failed, open_reader};

/// How hard a copy may press on the disk it shares with the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub pages: u16,
    /// After so many pages.
    pub pause: Duration,
}

impl Default for Pace {
    /// At most about 250 MB a second.
    fn default() -> Self {
        Self { pages: 256, pause: Duration::from_millis(4) }
    }
}

impl Pace {
    /// As fast as it goes: nobody writes.
    pub const FULL: Self = Self { pages: 4_096, pause: Duration::ZERO };
}

/// A copy that is whole and on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub file: PathBuf,
    pub bytes: u64,
}

/// Copies the file into a folder, which is made where there is none. What is made is the owner's alone, whoever may look
/// into the folder: a copy holds all that people said. Blocks its thread; dropped halfway it leaves only a `.part`, which
/// the next rotation clears away.
pub fn copy(
    source: &Path,
    folder: &Path,
    now: Stamp,
    pace: Pace,
    progress: &mut dyn FnMut(Pages),
) -> Result<Copied, StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(disk)?;
    let file = folder.join(CopyName(now).to_string());
    if file.exists() {
        return Err(StoreError::Statement(format!("{} is there already", file.display())));
    }
    let part = beside(&file, ".part");
    into_one_file(source, &part, pace, progress)?;
    fs::rename(&part, &file).map_err(disk)?;
    sync_folder(&file)?;
    let bytes = fs::metadata(&file).map_err(disk)?.len();
    Ok(Copied { file, bytes })
}

/// All pages of one moment, in a file that needs no log beside it, synced.
pub(super) fn into_one_file(
    source: &Path,
    part: &Path,
    pace: Pace,
    progress: &mut dyn FnMut(Pages),
) -> Result<(), StoreError> {
    if part.exists() {
        fs::remove_file(part).map_err(disk)?;
    }
    let from = open_reader(source, None)?;
    // Held open, the snapshot stays the same however much is written meanwhile: the copy never starts over.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").map_err(failed)?;
    // Made before it is opened: SQLite leaves to the process who may read its files, and what it puts beside them is as they are.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(part).map_err(disk)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut to = Connection::open_with_flags(part, flags).map_err(failed)?;
    // Synced once, at the end.
    to.execute_batch("PRAGMA synchronous = OFF").map_err(failed)?;
    pages(&from, &mut to, pace, progress)?;
    drop(to);
    let to = Connection::open_with_flags(part, flags).map_err(failed)?;
    let mode: String = to.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(failed)?;
    drop(to);
    if mode != "delete" {
        return Err(StoreError::Statement(format!("the copy stayed in journal mode {mode}")));
    }
    File::open(part).and_then(|file| file.sync_all()).map_err(disk)
}

fn pages(
    from: &Connection,
    to: &mut Connection,
    pace: Pace,
    progress: &mut dyn FnMut(Pages),
) -> Result<(), StoreError> {
    let backup = Backup::new(from, to).map_err(failed)?;
    loop {
        let step = backup.step(i32::from(pace.pages)).map_err(failed)?;
        let at = backup.progress();
        let total = u64::try_from(at.pagecount).unwrap_or(0);
        progress(Pages { done: total.saturating_sub(u64::try_from(at.remaining).unwrap_or(0)), total });
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => std::thread::park_timeout(pace.pause),
            _ => return Err(StoreError::Unreachable("another process holds the file".into())),
        }
    }
}
