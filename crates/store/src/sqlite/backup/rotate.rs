//! Which copies stay: the newest of each of the last hours, and of each of the last days.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::disk;
use super::name::CopyName;
use crate::port::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Hours that have a copy, not hours by the clock: a server that slept loses none.
    pub hourly: usize,
    pub daily: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self { hourly: 24, daily: 7 }
    }
}

/// Deletes the other copies and what copies that failed left behind. Gives what it deleted; never the newest copy, and
/// nothing that is not named as a copy.
pub fn rotate(folder: &Path, keep: Keep) -> Result<Vec<PathBuf>, StoreError> {
    let mut copies = Vec::new();
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(disk)? {
        let name = entry.map_err(disk)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Ok(copy) = name.parse::<CopyName>() {
            copies.push(copy);
        } else if let Some(Ok(copy)) = name.strip_suffix(".part").map(str::parse::<CopyName>) {
            parts.push(copy);
        }
    }
    copies.sort_unstable_by(|a, b| b.cmp(a));
    let stay = stay(&copies, keep);
    let newest = copies.first().copied();
    let gone = copies.into_iter().filter(|copy| !stay.contains(copy)).map(|copy| copy.to_string());
    // One that is younger than the newest copy may be on its way.
    let left = parts.into_iter().filter(|part| newest.is_some_and(|newest| *part <= newest));
    let gone = gone.chain(left.map(|part| format!("{part}.part")));
    gone.map(|name| {
        let file = folder.join(name);
        fs::remove_file(&file).map(|()| file).map_err(disk)
    })
    .collect()
}

/// Of copies from the newest to the oldest.
fn stay(copies: &[CopyName], keep: Keep) -> BTreeSet<CopyName> {
    let newest_of = |max: usize, bucket: fn(CopyName) -> i64| {
        let mut last = None;
        let first_in_bucket = move |copy: &CopyName| last.replace(bucket(*copy)) != Some(bucket(*copy));
        copies.iter().copied().filter(first_in_bucket).take(max).collect::<Vec<_>>()
    };
    let hourly = newest_of(keep.hourly, CopyName::hour);
    let daily = newest_of(keep.daily, CopyName::day);
    hourly.into_iter().chain(daily).chain(copies.first().copied()).collect()
}

#[cfg(test)]
mod tests {
    use domain::Stamp;

    use super::*;

    #[test]
    fn a_copy_each_half_hour_for_ten_days_leaves_a_day_of_hours_and_a_week_of_days() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = Stamp(1_800_000_000 * Stamp::SECOND);
        for half_hours in 0..480 {
            let copy = CopyName(now.plus(-half_hours * 30 * Stamp::MINUTE));
            fs::write(folder.path().join(copy.to_string()), "").expect("written");
        }
        fs::write(folder.path().join("mine.db"), "").expect("written");
        let old = CopyName(now.plus(-Stamp::HOUR));
        fs::write(folder.path().join(format!("{old}.part")), "").expect("written");

        let gone = rotate(folder.path(), Keep::default()).expect("rotated");
        let left: Vec<_> = fs::read_dir(folder.path())
            .expect("read")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<CopyName>().ok())
            .collect();
        // Today's and yesterday's newest are among the hours.
        assert_eq!((left.len(), gone.len()), (24 + 5, 480 - 29 + 1));
        assert!(left.contains(&CopyName(now)), "the newest stays");
        assert!(folder.path().join("mine.db").exists(), "what is no copy is left alone");
        assert_eq!(rotate(folder.path(), Keep::default()), Ok(Vec::new()), "once is enough");
    }
}
