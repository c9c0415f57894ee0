//! How many sockets of this process hear a channel: each core knows its own part, and says it where it matters.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use protocol::{ChannelId, WorkspaceId};

/// Of each core.
type Parts = Box<[u32]>;

pub(crate) struct Crowds {
    cores: usize,
    parts: Mutex<BTreeMap<(WorkspaceId, ChannelId), Parts>>,
}

impl Crowds {
    pub fn of(cores: usize) -> Self {
        Self { cores, parts: Mutex::default() }
    }

    /// What a core counts now, with what the others said last: none does before it was told of something there itself.
    pub fn count(&self, core: usize, at: (WorkspaceId, ChannelId), here: usize) -> usize {
        if self.cores == 1 {
            return here;
        }
        let mut parts = self.parts.lock();
        let all = parts.entry(at).or_insert_with(|| vec![0; self.cores].into());
        all[core] = u32::try_from(here).unwrap_or(u32::MAX);
        all.iter().map(|part| *part as usize).sum()
    }

    /// Nobody of a workspace is at this core any more.
    pub fn leaves(&self, core: usize, workspace: WorkspaceId) {
        self.parts.lock().retain(|(of, _), all| {
            if *of == workspace {
                all[core] = 0;
            }
            all.iter().any(|part| *part > 0)
        });
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Key, Stamp};

    use super::*;

    #[test]
    fn the_parts_of_all_cores_are_one_crowd_until_they_leave() {
        let key = |number| Key::new(Stamp(0), [number; 10]);
        let (rooks, general) = (WorkspaceId::new(key(1)), ChannelId::new(key(2)));
        let crowds = Crowds::of(2);
        assert_eq!(crowds.count(0, (rooks, general), 3), 3);
        assert_eq!(crowds.count(1, (rooks, general), 2), 5);
        assert_eq!(crowds.count(0, (rooks, general), 1), 3);
        crowds.leaves(0, WorkspaceId::new(key(3)));
        assert_eq!(crowds.count(1, (rooks, general), 2), 3);
        crowds.leaves(0, rooks);
        assert_eq!(crowds.count(1, (rooks, general), 2), 2);
        crowds.leaves(1, rooks);
        assert!(crowds.parts.lock().is_empty());
        assert_eq!(Crowds::of(1).count(0, (rooks, general), 7), 7);
    }
}
