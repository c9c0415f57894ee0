//! A copy becomes the file again. Whatever was acknowledged after it is gone, so every journal begins a new epoch
//! before anybody can write to it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use domain::Stamp;
use rusqlite::Connection;

use super::copy::{Pace, into_one_file};
use super::{Pages, beside, disk, sync_folder};
use crate::port::StoreError;
use crate::sqlite::mark::Mark;
use crate::sqlite::setup::{begin_epoch, damage, failed, origin, rename_origin};

/// Whether what stands in the way may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    Refuse,
    Replace,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRestored {
    #[error("{} is there already; nothing was changed", .0.display())]
    Exists(PathBuf),
    #[error("{} is no copy of a store: {why}", .file.display())]
    NotACopy { file: PathBuf, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a copy in the place of the server's file. The caller holds the data folder: no server runs on it. Stopped
/// anywhere, the old file or the new one stands there, whole.
pub fn restore(
    copy: &Path,
    into: &Path,
    overwrite: Overwrite,
    now: Stamp,
    progress: &mut dyn FnMut(Pages),
) -> Result<(), NotRestored> {
    if into.exists() && overwrite == Overwrite::Refuse {
        return Err(NotRestored::Exists(into.to_owned()));
    }
    let not_a_copy = |why: String| NotRestored::NotACopy { file: copy.to_owned(), why };
    if !copy.is_file() {
        return Err(not_a_copy("there is no such file".into()));
    }
    let part = beside(into, ".restoring");
    let outcome = into_one_file(copy, &part, Pace::FULL, progress).and_then(|()| renew(&part, now));
    if let Err(error) = outcome {
        drop(fs::remove_file(&part));
        return Err(match error {
            StoreError::Statement(why) => not_a_copy(why),
            error => error.into(),
        });
    }
    swap(&part, into)?;
    Ok(())
}

/// Another history under another name: no mark of the old one fits it, whichever way files are copied afterwards.
fn renew(part: &Path, now: Stamp) -> Result<(), StoreError> {
    let mut connection = Connection::open(part).map_err(failed)?;
    let broken = damage(&connection)?;
    if let Some(first) = broken.first() {
        return Err(StoreError::Statement(format!("its pages are damaged: {first}")));
    }
    let transaction = connection.transaction().map_err(failed)?;
    begin_epoch(&transaction, now)?;
    rename_origin(&transaction)?;
    transaction.commit().map_err(failed)?;
    drop(connection);
    File::open(part).and_then(|file| file.sync_all()).map_err(disk)
}

fn swap(part: &Path, into: &Path) -> Result<(), StoreError> {
    let origin = origin(&Connection::open(part).map_err(failed)?)?;
    // A log left from the old file would be played into the new one.
    for ending in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(into, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk(error)),
            _ => {}
        }
    }
    sync_folder(into)?;
    fs::rename(part, into).map_err(disk)?;
    Mark::write(into, &origin).map_err(disk)?;
    sync_folder(into)
}
