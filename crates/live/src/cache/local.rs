//! The level of one process: the latest used of what was kept, by number and by weight.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::kept::{Kept, Settings};
use super::name::{Name, Pattern};
use super::{Cache, CacheError};

/// What an entry weighs beside its texts.
const ENTRY_BYTES: usize = 160;

pub struct InProcess {
    settings: Settings,
    shelves: Mutex<Shelves>,
}

/// Two halves: what is used moves to the younger, and the older is forgotten whole when that is full.
#[derive(Default)]
struct Shelves {
    young: HashMap<Name, Held>,
    young_bytes: usize,
    old: HashMap<Name, Held>,
}

struct Held {
    kept: Kept,
    until: Instant,
}

impl Held {
    fn weight(&self, name: &Name) -> usize {
        ENTRY_BYTES + name.text().len() + self.kept.text.len()
    }
}

impl InProcess {
    pub fn new(settings: Settings) -> Self {
        Self { settings, shelves: Mutex::default() }
    }

    fn stays(&self, name: &Name) -> Duration {
        self.settings.near.min(self.settings.of(name.class))
    }

    pub(super) fn take(&self, name: &Name) -> Option<Kept> {
        let mut shelves = self.shelves.lock();
        if let Some(held) = shelves.old.remove(name) {
            self.put(&mut shelves, name.clone(), held);
        }
        let held = shelves.young.get(name)?;
        (held.until > Instant::now()).then(|| held.kept.clone())
    }

    pub(super) fn keep(&self, name: &Name, kept: &Kept) {
        let held = Held { kept: kept.clone(), until: Instant::now() + self.stays(name) };
        if held.weight(name) > self.settings.bytes_max / 2 {
            return;
        }
        let mut shelves = self.shelves.lock();
        shelves.old.remove(name);
        self.put(&mut shelves, name.clone(), held);
    }

    fn put(&self, shelves: &mut Shelves, name: Name, held: Held) {
        let weight = held.weight(&name);
        let full = shelves.young.len() >= self.settings.entries_max / 2
            || shelves.young_bytes + weight > self.settings.bytes_max / 2;
        if full {
            shelves.old = std::mem::take(&mut shelves.young);
            shelves.young_bytes = 0;
        }
        if self.settings.entries_max < 2 {
            return;
        }
        shelves.young_bytes += weight;
        if let Some(before) = shelves.young.insert(name.clone(), held) {
            shelves.young_bytes = shelves.young_bytes.saturating_sub(before.weight(&name));
        }
    }
}

#[async_trait]
impl Cache for InProcess {
    async fn get(&self, names: &[Name]) -> Result<Vec<Option<Kept>>, CacheError> {
        Ok(names.iter().map(|name| self.take(name)).collect())
    }

    async fn set(&self, values: &[(Name, Kept)]) -> Result<(), CacheError> {
        values.iter().for_each(|(name, kept)| self.keep(name, kept));
        Ok(())
    }

    async fn invalidate(&self, pattern: &Pattern) -> Result<u64, CacheError> {
        let shelves = &mut *self.shelves.lock();
        let before = shelves.young.len() + shelves.old.len();
        shelves.old.retain(|name, _| !pattern.fits(name));
        let dropped: usize = {
            let going = shelves.young.extract_if(|name, _| pattern.fits(name));
            going.map(|(name, held)| held.weight(&name)).sum()
        };
        shelves.young_bytes = shelves.young_bytes.saturating_sub(dropped);
        Ok((before - shelves.young.len() - shelves.old.len()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Epoch, Position, WorkspaceId};

    use super::super::name::Class;
    use super::*;
    use crate::journal::Mark;

    fn name(number: usize) -> Name {
        Name::of(WorkspaceId::INSTALLATION, Class::Profiles, &number.to_string())
    }

    fn kept(bytes: usize) -> Kept {
        let mark = Mark { epoch: Epoch(1), position: Position(1) };
        Kept { mark, text: "a".repeat(bytes).into() }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_used_stays_and_there_are_never_too_many_nor_too_much() {
        let settings = Settings { entries_max: 100, bytes_max: 100_000, ..Settings::default() };
        let cache = InProcess::new(settings);
        for number in 0..1_000 {
            cache.keep(&name(number), &kept(if number % 2 == 0 { 10 } else { 2_000 }));
            assert!(cache.take(&name(0)).is_some(), "what is used stays: {number}");
            let shelves = cache.shelves.lock();
            let all = shelves.young.iter().chain(&shelves.old);
            let weight: usize = all.clone().map(|(name, held)| held.weight(name)).sum();
            assert!(all.count() <= 100 && weight <= 100_000, "{number}: {weight}");
            let young: usize = shelves.young.iter().map(|(name, held)| held.weight(name)).sum();
            assert_eq!(shelves.young_bytes, young);
        }
        assert!(cache.take(&name(1)).is_none(), "what is not used leaves");
        cache.keep(&name(7), &kept(60_000));
        assert!(cache.take(&name(7)).is_none(), "nothing takes everything's place");
        tokio::time::advance(Duration::from_mins(5)).await;
        assert!(cache.take(&name(0)).is_none(), "nothing is believed for ever");
    }
}
