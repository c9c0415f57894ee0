//! How many sockets of this process hear a channel: each core knows its own part, and says it where it matters.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use protocol::{ChannelId, WorkspaceId};

/// Of each core.
type Parts = Box<[u32]>;

pub(crate) struct Crowds {
    cores: usize,
    /// More than so many are one.
    crowd: usize,
    /// Of channels that are or may soon be one: few, however many there are, and those of a workspace together.
    parts: Mutex<BTreeMap<WorkspaceId, BTreeMap<ChannelId, Parts>>>,
}

impl Crowds {
    pub fn of(cores: usize, crowd: usize) -> Self {
        Self { cores, crowd, parts: Mutex::default() }
    }

    /// What a core counts now, with what the others said last: none does before it was told of something there itself. Of
    /// a crowd some core has its share, which is kept, and with it what all the others count from then on.
    pub fn count(&self, core: usize, (workspace, channel): (WorkspaceId, ChannelId), here: usize) -> usize {
        if self.cores == 1 {
            return here;
        }
        let part = u32::try_from(here).unwrap_or(u32::MAX);
        let mut parts = self.parts.lock();
        let is_kept = parts.get(&workspace).is_some_and(|channels| channels.contains_key(&channel));
        if !is_kept && !self.matters(part) {
            return here;
        }
        let channels = parts.entry(workspace).or_default();
        let all = channels.entry(channel).or_insert_with(|| vec![0; self.cores].into());
        all[core] = part;
        let sum = all.iter().map(|part| *part as usize).sum();
        if !all.iter().any(|part| self.matters(*part)) {
            channels.remove(&channel);
            if channels.is_empty() {
                parts.remove(&workspace);
            }
        }
        sum
    }

    /// Nobody of a workspace is at this core any more.
    pub fn leaves(&self, core: usize, workspace: WorkspaceId) {
        let mut parts = self.parts.lock();
        let Some(channels) = parts.get_mut(&workspace) else { return };
        channels.retain(|_, all| {
            all[core] = 0;
            all.iter().any(|part| self.matters(*part))
        });
        if channels.is_empty() {
            parts.remove(&workspace);
        }
    }

    /// Half of a core's share of a crowd: where sockets are spread as they usually are, every core's part of one is kept
    /// when it is first counted.
    fn matters(&self, part: u32) -> bool {
        part as usize * self.cores * 2 > self.crowd
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Key, Stamp};

    use super::*;

    fn key(number: u8) -> Key {
        Key::new(Stamp(0), [number; 10])
    }
    fn place(workspace: u8, channel: u8) -> (WorkspaceId, ChannelId) {
        (WorkspaceId::new(key(workspace)), ChannelId::new(key(channel)))
    }
    /// How many channels of how many workspaces are kept.
    fn kept(crowds: &Crowds) -> (usize, usize) {
        let parts = crowds.parts.lock();
        (parts.values().map(BTreeMap::len).sum(), parts.len())
    }

    #[test]
    fn the_parts_of_all_cores_are_one_crowd_until_they_leave() {
        let (rooks, general) = place(1, 2);
        let crowds = Crowds::of(2, 3);
        assert_eq!(crowds.count(0, (rooks, general), 3), 3);
        assert_eq!(crowds.count(1, (rooks, general), 2), 5);
        assert_eq!(crowds.count(0, (rooks, general), 1), 3);
        crowds.leaves(0, WorkspaceId::new(key(3)));
        assert_eq!(crowds.count(1, (rooks, general), 2), 3);
        crowds.leaves(0, rooks);
        assert_eq!(crowds.count(1, (rooks, general), 2), 2);
        crowds.leaves(1, rooks);
        assert_eq!(kept(&crowds), (0, 0));
        assert_eq!(Crowds::of(1, 3).count(0, (rooks, general), 7), 7);
    }

    #[test]
    fn what_can_be_no_crowd_is_not_kept_nor_looked_at_when_others_leave() {
        let crowds = Crowds::of(2, 1_000);
        for direct in 0..100 {
            assert_eq!(crowds.count(0, place(1, direct), 1), 1);
            assert_eq!(crowds.count(1, place(1, direct), 1), 1, "for all that matters");
        }
        assert_eq!(kept(&crowds), (0, 0));
        crowds.count(0, place(1, 1), 600);
        crowds.count(0, place(2, 1), 600);
        assert_eq!(kept(&crowds), (2, 2));
        crowds.leaves(0, place(1, 1).0);
        assert_eq!(kept(&crowds), (1, 1));
        assert_eq!(crowds.count(1, place(2, 1), 1), 601, "the other is as it was");
        crowds.count(0, place(2, 1), 20);
        assert_eq!(kept(&crowds), (0, 0), "most of them went to sleep");
    }

    #[test]
    fn a_crowd_is_known_however_it_is_spread() {
        const CROWD: usize = 1_000;
        for cores in 2..=8 {
            for first in (0..=CROWD + 1).step_by(7) {
                let crowds = Crowds::of(cores, CROWD);
                let mut parts = vec![first];
                let rest = CROWD + 1 - first;
                parts.extend(
                    (1..cores).map(|core| rest / (cores - 1) + usize::from(core <= rest % (cores - 1))),
                );
                // Each is told of the same reactions, in any order: after two of them all know.
                let told =
                    || parts.iter().enumerate().map(|(core, here)| crowds.count(core, place(1, 1), *here));
                told().for_each(drop);
                told().for_each(drop);
                assert!(told().all(|heard| heard == CROWD + 1), "{parts:?}");
            }
        }
    }
}
