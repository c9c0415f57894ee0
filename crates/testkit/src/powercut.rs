//! A disk whose power can be cut: what was not synced is gone, or partly there. SQLite uses it by name.
//!
//! Locks and shared memory stay with SQLite's own way to the disk; only what reaches the files goes through here.

mod disk;
#[allow(unsafe_code, reason = "SQLite is shown another disk in C's terms; nothing else here needs it")]
mod vfs;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use disk::Disk;
pub use disk::{Survivors, SyncFault, Syncs};

/// One disk, and the name SQLite knows it by.
pub struct PowerCut {
    disk: Arc<Disk>,
    name: String,
}

impl PowerCut {
    /// Powered. The seed decides what survives by chance.
    pub fn new(seed: u64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("powercut-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let disk = Arc::new(Disk::new(seed));
        vfs::register(&name, &disk);
        Self { disk, name }
    }

    /// For `SqliteOptions`.
    pub fn vfs(&self) -> Option<String> {
        Some(self.name.clone())
    }

    /// Now.
    pub fn cut(&self, survivors: Survivors) {
        self.disk.cut(survivors);
    }
    /// Instead of the write, truncation, deletion or sync after so many of them.
    pub fn cut_after(&self, steps: u64, survivors: Survivors) {
        self.disk.cut_after(steps, survivors);
    }
    pub fn is_off(&self) -> bool {
        self.disk.is_off()
    }
    /// The machine starts again; whoever held a file before must have let go of it.
    pub fn power_on(&self) {
        self.disk.power_on();
    }
    /// The process dies where it stands, the machine goes on: whoever holds a file can do nothing more with it.
    pub fn process_dies(&self) {
        self.disk.close_to_all();
    }
    /// The disk is well again, and another process may use what the dead one left, as the machine shows it.
    pub fn process_restarts(&self) {
        self.disk.open_again();
    }
    /// Whether nobody holds a file.
    pub fn is_released(&self) -> bool {
        self.disk.is_released()
    }

    /// No file grows any more, until there is room again.
    pub fn is_full(&self, full: bool) {
        self.disk.is_full(full);
    }
    /// What the next syncs meet, one after another.
    pub fn next_syncs(&self, faults: &[SyncFault]) {
        self.disk.next_syncs(faults);
    }
    /// From now on it says that it synced, and does not.
    pub fn lies(&self) {
        self.disk.lies();
    }
    pub fn syncs(&self) -> Syncs {
        self.disk.syncs()
    }
    /// How often a page was fetched.
    pub fn reads(&self) -> usize {
        self.disk.reads()
    }
}
