//! Copies of the file while people write, and the way back. A copy is one file, synced, named by its time; what comes
//! out of it is another history: restoring always begins a new epoch.

mod copy;
mod name;
mod restore;
mod rotate;
mod verify;

pub use copy::{Copied, Pace, copy};
pub use name::CopyName;
pub use restore::{NotRestored, Overwrite, restore};
pub use rotate::{Keep, rotate};
pub use verify::{JournalSeen, Verified, verify};

use std::fs::File;
use std::path::Path;

use crate::port::StoreError;

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    pub done: u64,
    pub total: u64,
}

/// What the disk said.
#[allow(clippy::needless_pass_by_value, reason = "it stands behind map_err")]
fn disk(error: std::io::Error) -> StoreError {
    StoreError::ReadOnly(error.to_string())
}

/// What was renamed or made in a folder is there after a power cut.
fn sync_folder(of: &Path) -> Result<(), StoreError> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk)
}

/// The file's name with an ending more.
fn beside(file: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
