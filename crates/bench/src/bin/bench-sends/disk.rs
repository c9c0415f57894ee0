//! A durability bench in memory proves nothing: the data must lie on a disk.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use load::trouble::Trouble;

/// A folder of our own, for `TMPDIR` or the system's choice.
pub fn folder() -> Result<TempDir, Trouble> {
    let folder = tempfile::Builder::new()
        .prefix("bench-sends.")
        .tempdir()
        .map_err(Trouble::at("a temporary folder"))?;
    refuse_memory(folder.path())?;
    Ok(folder)
}

pub fn refuse_memory(path: &Path) -> Result<(), Trouble> {
    let mounts = fs::read_to_string("/proc/self/mounts").map_err(Trouble::at("reading the mounts"))?;
    match file_system(&mounts, path) {
        Some(kind @ ("tmpfs" | "ramfs")) => Err(Trouble::new(format!(
            "{} is memory ({kind}); set TMPDIR to a folder on a disk",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// The type of the mount the path lies in: the longest one, and of equal ones the last.
fn file_system<'m>(mounts: &'m str, path: &Path) -> Option<&'m str> {
    let mount = |line: &'m str| {
        let mut fields = line.split(' ').skip(1);
        Some((Path::new(fields.next()?), fields.next()?))
    };
    let around = mounts.lines().filter_map(mount).filter(|(at, _)| path.starts_with(at));
    around.max_by_key(|(at, _)| at.components().count()).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_its_innermost_mount() {
        let mounts = "/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/vdb /tmp/disk xfs rw 0 0\n";
        let kind = |path: &str| file_system(mounts, Path::new(path)).map(str::to_owned);
        assert_eq!(kind("/tmp/bench").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/tmp/disk/bench").as_deref(), Some("xfs"));
        assert_eq!(kind("/tmpx").as_deref(), Some("ext4"));
        assert_eq!(kind("relative"), None);
    }
}
