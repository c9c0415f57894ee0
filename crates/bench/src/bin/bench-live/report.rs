//! What the turns came to, and what is said of it.

use std::collections::{BTreeMap, BTreeSet};

use bench::sheet::Row;
use load::noise::Loud;
use load::rounds::Tally;
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::figures;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    ConnectRate,
    ConnectCpu,
    Memory,
    W4,
    W4Cpu,
    W16,
    W16Cpu,
    EachP50,
    EachP99,
    LastP50,
    LastP99,
    OpenCpu,
    SmallPerCpu,
    SmallP99,
    SmallLag,
    TailBack,
    TailBackBusy,
    Recovered,
    RecoveredRate,
    ChangedBack,
    ChangedRate,
    ManyBack,
    ManyRate,
    PresenceCpu,
    SocketsCpu,
    ManyGrowth,
    ManyMemory,
    TeamP95,
    TeamHeard,
    TeamCpu,
    SoakMemory,
    SoakDescriptors,
    SoakLatency,
    AskedCpu,
    AskedP95,
    ToldCpu,
    ToldP95,
    EverywhereCpu,
    EverywhereHeard,
    EverywhereP95,
    RoomsCpu,
    RoomsHeard,
    RoomsP95,
}

impl Metric {
    /// How a table calls it, and its unit.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ConnectRate => ("sign in and level, all of them, a second", "/s"),
            Self::ConnectCpu => ("server CPU for each of those", "us"),
            Self::Memory => ("resident memory an idle socket", "kB"),
            Self::W4 => ("deliveries a second, window of 4", "/s"),
            Self::W4Cpu => ("server CPU a delivery, window of 4", "us"),
            Self::W16 => ("deliveries a second, window of 16", "/s"),
            Self::W16Cpu => ("server CPU a delivery, window of 16", "us"),
            Self::EachP50 => ("4 messages a second: each receiver, p50", "ms"),
            Self::EachP99 => ("each receiver, p99", "ms"),
            Self::LastP50 => ("the last receiver, p50", "ms"),
            Self::LastP99 => ("the last receiver, p99", "ms"),
            Self::OpenCpu => ("server CPU a delivery, one message at a time", "us"),
            Self::SmallPerCpu => ("small channels: deliveries a CPU second of the server", "/s"),
            Self::SmallP99 => ("small channels: each receiver, p99", "ms"),
            Self::SmallLag => ("small channels: the generator's own lag, p99", "ms"),
            Self::TailBack => ("back from the tail, all told 2 messages a second: 99 of 100 level", "s"),
            Self::TailBackBusy => ("the same, all told 10 messages a second", "s"),
            Self::Recovered => ("all lines broken, 10 messages missed by each: 99 of 100 have them", "s"),
            Self::RecoveredRate => ("recovered a second, all of them", "/s"),
            Self::ChangedBack => {
                ("server killed and started again, back by `changed`, 3 channels: 99 of 100 level", "s")
            }
            Self::ChangedRate => ("admitted a second by it, 3 channels", "/s"),
            Self::ManyBack => ("the same with 500 channels: 99 of 100 level", "s"),
            Self::ManyRate => ("admitted a second by it, 500 channels", "/s"),
            Self::PresenceCpu => ("CPU of presence, of one processor", "%"),
            Self::ManyGrowth => ("many sockets: memory, last quarter over first", "%"),
            Self::ManyMemory => ("many sockets: memory of all gateways, each", "kB"),
            Self::TeamP95 => ("a team at work: each receiver, p95", "ms"),
            Self::TeamHeard => ("a team at work: deliveries a second", "/s"),
            Self::TeamCpu => ("a team at work: server CPU, of one processor", "%"),
            Self::SoakMemory => ("soak: growth of memory over the run", "%"),
            Self::SoakDescriptors => ("soak: growth of descriptors", "%"),
            Self::SoakLatency => ("soak: growth of p95", "%"),
            Self::AskedCpu => ("everyone asks every second what is new: server CPU, of one processor", "%"),
            Self::AskedP95 => ("everyone asks every second: a message seen, p95", "ms"),
            Self::ToldCpu => ("the same people at sockets: server CPU, of one processor", "%"),
            Self::ToldP95 => ("the same people at sockets: a message seen, p95", "ms"),
            Self::EverywhereCpu => ("everyone is told everything: server CPU, of one processor", "%"),
            Self::EverywhereHeard => ("everyone is told everything: deliveries a second", "/s"),
            Self::EverywhereP95 => ("everyone is told everything: each receiver, p95", "ms"),
            Self::RoomsCpu => ("the same people in rooms of 20: server CPU, of one processor", "%"),
            Self::RoomsHeard => ("the same people in rooms of 20: deliveries a second", "/s"),
            Self::RoomsP95 => ("the same people in rooms of 20: each receiver, p95", "ms"),
            Self::SocketsCpu => ("the generator's own processor, windows of 4 and 16", "%"),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    rows: BTreeMap<Metric, BTreeMap<Contestant, Tally>>,
    /// What nobody may be shown with: a round of theirs was not correct.
    struck: BTreeSet<(Contestant, Metric)>,
    pub frame_bytes: usize,
    pub loud: Loud,
    /// What could not be run, and what else is to be known.
    notes: Vec<String>,
}

impl Report {
    pub fn add(&mut self, contestant: Contestant, metric: Metric, value: f64) {
        if !self.struck.contains(&(contestant, metric)) {
            self.rows.entry(metric).or_default().entry(contestant).or_default().add(value);
        }
    }

    /// From here on, and of the rounds before, a peer has none of these.
    pub fn strike(&mut self, contestant: Contestant, metrics: &[Metric], why: &Trouble) {
        for &metric in metrics {
            self.struck.insert((contestant, metric));
            self.rows.get_mut(&metric).and_then(|row| row.remove(&contestant));
        }
        self.note(format!("{contestant} has no figure where it was not correct: {why}"));
    }

    pub fn is_struck(&self, contestant: Contestant, metrics: &[Metric]) -> bool {
        metrics.iter().all(|&metric| self.struck.contains(&(contestant, metric)))
    }

    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            println!("note: {note}");
            self.notes.push(note);
        }
    }

    pub fn median(&self, contestant: Contestant, metric: Metric) -> Option<f64> {
        self.rows.get(&metric)?.get(&contestant)?.median()
    }

    fn sheet(&self) -> Vec<Row> {
        let row = |(metric, cells): (&Metric, &BTreeMap<Contestant, Tally>)| {
            let (words, unit) = metric.words();
            cells
                .iter()
                .fold(Row::new(words, unit), |row, (contestant, tally)| row.with(contestant.name(), tally))
        };
        self.rows.iter().filter(|(_, cells)| !cells.is_empty()).map(row).collect()
    }

    /// What was measured, what is to be known of it, and the figures.
    pub fn print(&self, as_lines: bool) {
        let frames = format!("Frames of {} bytes, a text of 200 among them.", self.frame_bytes);
        let frames = (self.frame_bytes > 0).then_some(frames);
        let told = frames.into_iter().chain(self.loud.told());
        let notes: Vec<String> = told.chain(self.notes.iter().cloned()).collect();
        bench::sheet::print(&self.sheet(), &notes, as_lines);
        figures::of(self).iter().for_each(|figure| println!("{figure}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_was_once_wrong_has_no_figure_before_or_after() {
        let mut report = Report::default();
        report.add(Contestant::Nchan, Metric::W4, 110_000.0);
        report.add(Contestant::Nchan, Metric::Memory, 10.0);
        report.strike(Contestant::Nchan, &[Metric::W4, Metric::W4Cpu], &Trouble::new("lost 3"));
        report.add(Contestant::Nchan, Metric::W4, 120_000.0);
        assert_eq!(report.median(Contestant::Nchan, Metric::W4), None);
        assert_eq!(report.median(Contestant::Nchan, Metric::Memory), Some(10.0));
        assert!(report.is_struck(Contestant::Nchan, &[Metric::W4]));
        assert!(!report.is_struck(Contestant::Nchan, &[Metric::W4, Metric::Memory]));
        assert_eq!(report.notes, ["nchan has no figure where it was not correct: lost 3"]);
    }
}
