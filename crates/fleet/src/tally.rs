//! What happened in some schedules of a fleet, counted; and what went wrong.

use std::fmt;

use crate::ether::Mishaps;
use testkit::ledger;

/// All zero is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wrongs {
    /// Devices that hold something else than what a fresh look shows, or never came level.
    pub diverged: usize,
    /// Told to who could not see it.
    pub leaked: usize,
    /// Told twice, or done twice.
    pub doubled: usize,
    /// Told after what came later, or before the answer to the command that caused it.
    pub reordered: usize,
    /// Acknowledged and not there.
    pub lost: usize,
    pub holes: usize,
}

impl Wrongs {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
    pub(crate) fn of_the_journal(&mut self, wrongs: ledger::Wrongs) {
        self.lost += wrongs.lost;
        self.doubled += wrongs.doubled;
        self.reordered += wrongs.reordered;
        self.holes += wrongs.holes;
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub schedules: usize,
    pub commands: usize,
    pub acknowledged: usize,
    pub refused: usize,
    pub retried: usize,
    pub events: usize,
    pub mishaps: Mishaps,
    pub store_faults: usize,
    pub apis_killed: usize,
    pub gateways_killed: usize,
    pub drained: usize,
    pub hung_up: usize,
    pub slow: usize,
    pub repairs: usize,
    pub snapshots: usize,
    pub by_tail: usize,
    pub by_changed: usize,
    /// Brought level again on the same line.
    pub fell_behind: usize,
    pub wrongs: Wrongs,
    /// What was wrong, in words.
    pub words: Vec<String>,
    /// Everything that was heard, in order: two runs of a seed are the same when this is.
    pub trace: u64,
}

impl Tally {
    pub fn add(&mut self, mut other: Self) {
        for (sum, more) in self.counts_mut().into_iter().zip(other.counts_mut()) {
            *sum += *more;
        }
        self.words.extend(other.words);
        self.trace ^= other.trace;
    }

    pub(crate) fn traces(&mut self, step: u64) {
        self.trace = (self.trace ^ step).wrapping_mul(0x0100_0000_01B3);
    }

    pub(crate) fn wrong(&mut self, which: impl FnOnce(&mut Wrongs) -> &mut usize, words: String) {
        *which(&mut self.wrongs) += 1;
        self.words.push(words);
    }

    fn counts_mut(&mut self) -> [&mut usize; 26] {
        let Mishaps { lost, doubled, reordered } = &mut self.mishaps;
        let wrongs = &mut self.wrongs;
        [
            &mut self.schedules,
            &mut self.commands,
            &mut self.acknowledged,
            &mut self.refused,
            &mut self.retried,
            &mut self.events,
            lost,
            doubled,
            reordered,
            &mut self.store_faults,
            &mut self.apis_killed,
            &mut self.gateways_killed,
            &mut self.drained,
            &mut self.hung_up,
            &mut self.slow,
            &mut self.repairs,
            &mut self.snapshots,
            &mut self.by_tail,
            &mut self.by_changed,
            &mut self.fell_behind,
            &mut wrongs.diverged,
            &mut wrongs.leaked,
            &mut wrongs.doubled,
            &mut wrongs.reordered,
            &mut wrongs.lost,
            &mut wrongs.holes,
        ]
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { commands, acknowledged, refused, retried, .. } = self;
        writeln!(f, "schedules {}", self.schedules)?;
        writeln!(
            f,
            "commands {commands} ({acknowledged} acknowledged, {refused} refused, {retried} asked again)"
        )?;
        writeln!(f, "events told {}", self.events)?;
        let Mishaps { lost, doubled, reordered } = self.mishaps;
        writeln!(f, "publishes: {lost} lost, {doubled} doubled, {reordered} reordered")?;
        writeln!(f, "kills: {} of api nodes, {} of gateways", self.apis_killed, self.gateways_killed)?;
        writeln!(f, "faults of the store {}, drains {}", self.store_faults, self.drained)?;
        writeln!(f, "devices: {} hung up, {} stopped reading", self.hung_up, self.slow)?;
        let Self { snapshots, by_tail, by_changed, fell_behind, repairs, .. } = self;
        writeln!(
            f,
            "level: {snapshots} by a snapshot, {by_tail} by the tail, {by_changed} by `changed`, {fell_behind} after \
             falling behind; holes read from the store {repairs}"
        )?;
        let Wrongs { diverged, leaked, doubled, reordered, lost, holes } = self.wrongs;
        write!(
            f,
            "{diverged} diverged, {leaked} leaked, {doubled} doubled, {reordered} reordered, {lost} lost, {holes} holes"
        )
    }
}
