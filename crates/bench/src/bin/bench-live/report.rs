//! What the turns came to, and what is said of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use load::rounds::Tally;

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
    TailBackAll,
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
            Self::TailBack => ("back from the tail: 99 of 100 level", "s"),
            Self::TailBackAll => ("back from the tail: all level", "s"),
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
            Self::SocketsCpu => ("the generator's own processor, windows of 4 and 16", "%"),
        }
    }
}

#[derive(Debug, Default)]
pub struct Report {
    rows: BTreeMap<Metric, BTreeMap<Contestant, Tally>>,
    pub frame_bytes: usize,
    /// What could not be run, and what was noisy.
    pub notes: Vec<String>,
}

impl Report {
    pub fn add(&mut self, contestant: Contestant, metric: Metric, value: f64) {
        self.rows.entry(metric).or_default().entry(contestant).or_default().add(value);
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

    /// Tables, then the figures.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.frame_bytes > 0 {
            writeln!(text, "Frames of {} bytes, a text of 200 among them.\n", self.frame_bytes).ok();
        }
        text.push_str("| | ");
        let known: Vec<Contestant> = Contestant::ALL
            .into_iter()
            .filter(|contestant| self.rows.values().any(|row| row.contains_key(contestant)))
            .collect();
        for contestant in &known {
            write!(text, "{contestant} | ").ok();
        }
        text.push_str("\n|---|");
        known.iter().for_each(|_| text.push_str("---:|"));
        text.push('\n');
        for (metric, row) in &self.rows {
            let (words, unit) = metric.words();
            write!(text, "| {words}, {unit} | ").ok();
            for contestant in &known {
                match row.get(contestant) {
                    Some(tally) => write!(text, "{} | ", shown(tally)).ok(),
                    None => write!(text, "– | ").ok(),
                };
            }
            text.push('\n');
        }
        text.push('\n');
        for note in &self.notes {
            writeln!(text, "- {note}").ok();
        }
        text.push_str("\n```\n");
        for figure in figures::of(self) {
            writeln!(text, "{figure}").ok();
        }
        text.push_str("```\n");
        text
    }
}

/// The median, and the range in brackets.
fn shown(tally: &Tally) -> String {
    let number = |value: Option<f64>| {
        let value = value.unwrap_or_default();
        if value >= 10_000.0 {
            format!("{:.0}k", value / 1e3)
        } else if value >= 100.0 {
            format!("{value:.0}")
        } else {
            format!("{value:.2}")
        }
    };
    let range = (number(tally.smallest()), number(tally.largest()));
    match tally.rounds() {
        1 => number(tally.median()),
        _ => format!("{} ({}–{})", number(tally.median()), range.0, range.1),
    }
}
