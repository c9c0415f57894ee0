//! What a machine shows of its files, and what of them would be there after its power is gone.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What a disk writes whole or not at all.
const SECTOR_BYTES: u64 = 512;

/// What is left of writes that were not synced when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survivors {
    Nothing,
    /// Any of their sectors: some of a write and not others, later ones and not those before.
    SomeSectors,
}

/// How a sync fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncFault {
    /// It goes well after all: to fail a later one.
    None,
    /// What it should have written still waits for the next one.
    Kept,
    /// The machine goes on showing what it should have written, and will never write it.
    Dropped,
}

/// How often files were synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Syncs {
    pub log: usize,
    pub file: usize,
    pub other: usize,
}

/// Why something does not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The power is off, or the disk says no.
    Broken,
    Full,
    NotSynced,
}

enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Truncate { len: u64 },
}

struct Held {
    /// What everyone on this machine reads.
    seen: Vec<u8>,
    /// Since the last sync, in order.
    unsynced: Vec<Change>,
    /// What is there for sure.
    durable: File,
}

struct State {
    held: BTreeMap<PathBuf, Held>,
    off: bool,
    open: usize,
    cut_after: Option<(u64, Survivors)>,
    full: bool,
    sync_faults: VecDeque<SyncFault>,
    lies: bool,
    syncs: Syncs,
    reads: usize,
    chance: StdRng,
}

pub(super) struct Disk(Mutex<State>);

impl Disk {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(State {
            held: BTreeMap::new(),
            off: false,
            open: 0,
            cut_after: None,
            full: false,
            sync_faults: VecDeque::new(),
            lies: false,
            syncs: Syncs::default(),
            reads: 0,
            chance: StdRng::seed_from_u64(seed),
        }))
    }

    pub fn cut(&self, survivors: Survivors) {
        self.0.lock().cut(survivors);
    }
    pub fn cut_after(&self, steps: u64, survivors: Survivors) {
        self.0.lock().cut_after = Some((steps, survivors));
    }
    pub fn is_off(&self) -> bool {
        self.0.lock().off
    }
    pub fn close_to_all(&self) {
        self.0.lock().off = true;
    }
    pub fn open_again(&self) {
        let mut state = self.0.lock();
        assert_eq!(state.open, 0, "a file is still held from before");
        (state.off, state.cut_after) = (false, None);
        state.sync_faults.clear();
    }
    pub fn power_on(&self) {
        let mut state = self.0.lock();
        assert_eq!(state.open, 0, "a file is still held from before");
        state.held.clear();
        (state.off, state.full, state.cut_after) = (false, false, None);
        state.sync_faults.clear();
    }
    pub fn is_released(&self) -> bool {
        self.0.lock().open == 0
    }
    pub fn is_full(&self, full: bool) {
        self.0.lock().full = full;
    }
    pub fn next_syncs(&self, faults: &[SyncFault]) {
        self.0.lock().sync_faults.extend(faults);
    }
    pub fn lies(&self) {
        self.0.lock().lies = true;
    }
    pub fn syncs(&self) -> Syncs {
        self.0.lock().syncs
    }
    pub fn reads(&self) -> usize {
        self.0.lock().reads
    }

    pub fn open(&self, path: &Path) -> Result<(), Trouble> {
        let mut state = self.0.lock();
        if state.off {
            return Err(Trouble::Broken);
        }
        if !state.held.contains_key(path) {
            let held = Held::load(path).map_err(|_| Trouble::Broken)?;
            state.held.insert(path.into(), held);
        }
        state.open += 1;
        Ok(())
    }
    pub fn close(&self) {
        self.0.lock().open -= 1;
    }

    /// How many bytes there were; the rest stays as it was.
    pub fn read(&self, path: &Path, at: u64, into: &mut [u8]) -> Result<usize, Trouble> {
        let mut state = self.0.lock();
        state.reads += 1;
        let seen = &state.running(path)?.seen;
        let rest = seen.get(at as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    pub fn write(&self, path: &Path, at: u64, bytes: &[u8]) -> Result<(), Trouble> {
        let mut state = self.0.lock();
        state.step()?;
        let full = state.full;
        let held = state.running(path)?;
        let end = at as usize + bytes.len();
        if end > held.seen.len() {
            if full {
                return Err(Trouble::Full);
            }
            held.seen.resize(end, 0);
        }
        held.seen[at as usize..end].copy_from_slice(bytes);
        held.unsynced.push(Change::Write { at, bytes: bytes.into() });
        Ok(())
    }

    pub fn truncate(&self, path: &Path, len: u64) -> Result<(), Trouble> {
        let mut state = self.0.lock();
        state.step()?;
        let held = state.running(path)?;
        held.seen.truncate(len as usize);
        held.unsynced.push(Change::Truncate { len });
        Ok(())
    }

    pub fn sync(&self, path: &Path) -> Result<(), Trouble> {
        let mut state = self.0.lock();
        state.step()?;
        state.count_sync(path);
        let (lies, fault) = (state.lies, state.sync_faults.pop_front());
        let held = state.running(path)?;
        match fault {
            Some(SyncFault::Kept) => return Err(Trouble::NotSynced),
            Some(SyncFault::Dropped) => {
                held.unsynced.clear();
                return Err(Trouble::NotSynced);
            }
            Some(SyncFault::None) | None => {}
        }
        if lies {
            return Ok(());
        }
        std::mem::take(&mut held.unsynced)
            .iter()
            .try_for_each(|change| change.reach(&held.durable))
            .map_err(|_| Trouble::Broken)
    }

    pub fn len(&self, path: &Path) -> Result<u64, Trouble> {
        Ok(self.0.lock().running(path)?.seen.len() as u64)
    }
    /// `None`: nobody looked at it yet, so the folder knows.
    pub fn is_there(&self, path: &Path) -> Result<Option<bool>, Trouble> {
        let state = self.0.lock();
        if state.off {
            return Err(Trouble::Broken);
        }
        Ok(state.held.get(path).map(|held| !held.seen.is_empty()))
    }
    /// Gone at once and for good: the harder of the two for whoever deletes before what replaces it is synced.
    pub fn forget(&self, path: &Path) -> Result<(), Trouble> {
        let mut state = self.0.lock();
        state.step()?;
        state.held.remove(path);
        Ok(())
    }
}

impl State {
    fn running(&mut self, path: &Path) -> Result<&mut Held, Trouble> {
        if self.off {
            return Err(Trouble::Broken);
        }
        self.held.get_mut(path).ok_or(Trouble::Broken)
    }

    fn step(&mut self) -> Result<(), Trouble> {
        match &mut self.cut_after {
            Some((0, survivors)) => {
                let survivors = *survivors;
                self.cut(survivors);
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
        if self.off { Err(Trouble::Broken) } else { Ok(()) }
    }

    fn cut(&mut self, survivors: Survivors) {
        if std::mem::replace(&mut self.off, true) || survivors == Survivors::Nothing {
            return;
        }
        // Nearly nothing, about half, or nearly all of it: each breaks other things.
        let share = [0.05, 0.5, 0.95][self.chance.random_range(0..3)];
        for held in self.held.values() {
            for change in held.unsynced.iter().flat_map(Change::sectors) {
                if self.chance.random_bool(share) {
                    change.reach(&held.durable).expect("the file behind takes it");
                }
            }
        }
    }

    fn count_sync(&mut self, path: &Path) {
        let name = path.to_string_lossy();
        let count = match () {
            () if name.ends_with("-wal") => &mut self.syncs.log,
            () if name.ends_with("-journal") => &mut self.syncs.other,
            () => &mut self.syncs.file,
        };
        *count += 1;
    }
}

impl Held {
    fn load(path: &Path) -> std::io::Result<Self> {
        let seen = std::fs::read(path)?;
        let durable = File::options().read(true).write(true).open(path)?;
        Ok(Self { seen, unsynced: Vec::new(), durable })
    }
}

impl Change {
    fn reach(&self, file: &File) -> std::io::Result<()> {
        match self {
            Self::Write { at, bytes } => file.write_all_at(bytes, *at),
            Self::Truncate { len } => file.set_len(*len),
        }
    }

    /// The parts that reach the disk apart from one another.
    fn sectors(&self) -> Vec<Self> {
        match self {
            Self::Truncate { len } => vec![Self::Truncate { len: *len }],
            Self::Write { at, bytes } => {
                let (mut parts, mut from) = (Vec::new(), 0);
                while from < bytes.len() {
                    let start = at + from as u64;
                    let room = (SECTOR_BYTES - start % SECTOR_BYTES) as usize;
                    let until = bytes.len().min(from + room);
                    parts.push(Self::Write { at: start, bytes: bytes[from..until].into() });
                    from = until;
                }
                parts
            }
        }
    }
}
