//! The high-water mark beside the file: a file that has seen fewer commits than its mark was put back from a copy.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::setup::Origin;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    id: String,
    commits: i64,
}

fn beside(place: &Path) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(".mark");
    PathBuf::from(name)
}

impl Mark {
    /// Absent or unreadable proves nothing.
    pub fn read(place: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(beside(place)).ok()?).ok()
    }
    /// Whether a file with this origin may have lost commits that were acknowledged.
    pub fn proves_loss(&self, origin: &Origin) -> bool {
        self.id != origin.id || self.commits > origin.commits
    }
    /// Behind the commits it names, never before them; so it needs no sync of its own.
    pub fn write(place: &Path, origin: &Origin) -> std::io::Result<()> {
        let mark = Self { id: origin.id.clone(), commits: origin.commits };
        let target = beside(place);
        let mut fresh = target.clone();
        fresh.as_mut_os_string().push(".new");
        fs::write(&fresh, serde_json::to_vec(&mark)?)?;
        if let Ok(file) = fs::metadata(place) {
            // Root, who looks after a file, leaves its mark to the owner, or they could not read it. Nobody else may or need.
            drop(chown(&fresh, Some(file.uid()), Some(file.gid())));
        }
        fs::rename(fresh, target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_whose_the_file_is_whoever_writes_it() {
        const NOBODY: u32 = 65_534;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("one.db");
        fs::write(&place, "").expect("written");
        // Only root gives files away; for anyone else the file is their own.
        chown(&place, Some(NOBODY), Some(NOBODY)).ok();
        Mark::write(&place, &Origin { id: "one".into(), commits: 7 }).expect("written");
        let owner = |path: &Path| fs::metadata(path).map(|known| (known.uid(), known.gid())).expect("there");
        assert_eq!(owner(&beside(&place)), owner(&place));
    }
}
