//! What every contestant did, over the rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use load::noise::Loud;
use load::rounds::Tally;
use load::trouble::Trouble;

use crate::figures;
use crate::ours::Ours;
use crate::sheet;
use crate::turn::Outcome;

/// Who takes a turn, with so many callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contestant {
    Sends(usize),
    Store(usize),
    Pages(usize),
    Raw(usize),
    /// Sends and pages of a whole chat server of the registries.
    SynapseSends(usize),
    SynapsePages(usize),
    /// The generator against a stub.
    SendsAlone(usize),
    PagesAlone(usize),
}

impl Contestant {
    pub const SENDS: &'static [Contestant] = &[
        Contestant::Sends(1),
        Contestant::Store(1),
        Contestant::Sends(8),
        Contestant::Store(8),
        Contestant::SynapseSends(8),
        Contestant::Sends(32),
        Contestant::Store(32),
        Contestant::SynapseSends(32),
        Contestant::Sends(128),
        Contestant::Store(128),
        Contestant::SendsAlone(128),
    ];
    pub const PAGES: &'static [Contestant] = &[
        Contestant::Pages(1),
        Contestant::Raw(1),
        Contestant::Pages(8),
        Contestant::Raw(8),
        Contestant::SynapsePages(8),
        Contestant::PagesAlone(8),
    ];

    /// What starts a peer's process.
    pub fn arguments(self, ours: &Ours<'_>, folder: &Path, last: u64, seconds: u64) -> Vec<String> {
        let file = ours.server.file();
        let words: Vec<(&str, String)> = match self {
            Contestant::Store(callers) => {
                vec![
                    ("store", String::new()),
                    ("--folder", shown(folder)),
                    ("--callers", callers.to_string()),
                ]
            }
            Contestant::Raw(callers) => vec![
                ("pages", String::new()),
                ("--file", shown(&file)),
                ("--workspace", ours.town.workspace.clone()),
                ("--account", ours.town.account.clone()),
                ("--channel", ours.town.channels[0].clone()),
                ("--last", last.to_string()),
                ("--callers", callers.to_string()),
            ],
            _ => Vec::new(),
        };
        let words = words.into_iter().chain([("--seconds", seconds.to_string())]);
        words.flat_map(|(word, value)| [word.to_owned(), value]).filter(|word| !word.is_empty()).collect()
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl fmt::Display for Contestant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, callers) = match self {
            Contestant::Sends(callers) => ("sends over HTTP", callers),
            Contestant::Store(callers) => ("sends, the store alone", callers),
            Contestant::Pages(callers) => ("pages over HTTP", callers),
            Contestant::Raw(callers) => ("pages, raw SQLite", callers),
            Contestant::SynapseSends(callers) => ("sends, Synapse", callers),
            Contestant::SynapsePages(callers) => ("pages, Synapse", callers),
            Contestant::SendsAlone(callers) => ("sends to a stub", callers),
            Contestant::PagesAlone(callers) => ("pages of a stub", callers),
        };
        out.pad(&format!("{name}, {callers} at once"))
    }
}

/// The turns of one contestant.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub rate: Tally,
    pub cpu_us: Tally,
    pub client_cpu_us: Tally,
    pub p99_ms: Tally,
}

#[derive(Debug, Default)]
pub struct Report {
    rows: BTreeMap<Contestant, Row>,
    pub binary_mb: f64,
    pub cold_start_ms: Tally,
    pub at_rest_mb: Tally,
    pub after_a_hundred_mb: f64,
    /// p99 of pages in milliseconds.
    pub at_half_load: Tally,
    pub loud: Loud,
    /// Peers that were once not correct, or not there.
    struck: BTreeSet<Contestant>,
    pub notes: Vec<String>,
}

impl Report {
    pub fn add(&mut self, contestant: Contestant, outcome: &Outcome) {
        let row = self.rows.entry(contestant).or_default();
        row.rate.add(outcome.per_second);
        row.cpu_us.add(outcome.cpu_us);
        row.client_cpu_us.add(outcome.client_cpu_us);
        row.p99_ms.add(outcome.waited.p99.as_secs_f64() * 1e3);
    }

    /// A peer that is not correct has no figure, of the rounds before neither.
    pub fn strike(&mut self, contestant: Contestant, why: &Trouble) {
        self.rows.remove(&contestant);
        self.struck.insert(contestant);
        self.notes.push(format!("{} has no figure: {why}", contestant.to_string().trim_end()));
    }

    pub fn is_struck(&self, contestant: Contestant) -> bool {
        self.struck.contains(&contestant)
    }

    pub fn row(&self, contestant: Contestant) -> Option<&Row> {
        self.rows.get(&contestant)
    }

    /// The most the server gave.
    pub fn pages_per_second(&self) -> f64 {
        self.most(|contestant| matches!(contestant, Contestant::Pages(_))).unwrap_or_default()
    }

    pub fn most(&self, of: impl Fn(&Contestant) -> bool) -> Option<f64> {
        let rows = self.rows.iter().filter(|(contestant, _)| of(contestant));
        rows.filter_map(|(_, row)| row.rate.median()).reduce(f64::max)
    }

    pub fn print(&self, as_lines: bool) {
        let notes: Vec<String> = self.loud.told().into_iter().chain(self.notes.iter().cloned()).collect();
        if as_lines {
            bench::sheet::print(&sheet::of(self), &notes, true);
        } else {
            self.print_table();
            notes.iter().for_each(|note| println!("NOTE {note}"));
        }
        figures::of(self).iter().for_each(|figure| println!("{figure}"));
    }

    fn print_table(&self) {
        println!("{:40} {:>10} {:>20} {:>10} {:>10} {:>8}", "", "a second", "range", "cpu", "client", "p99");
        for (contestant, row) in &self.rows {
            let middle = |tally: &Tally| tally.median().unwrap_or_default();
            let range = format!(
                "{:.0} to {:.0}",
                row.rate.smallest().unwrap_or_default(),
                row.rate.largest().unwrap_or_default()
            );
            println!(
                "{contestant:40} {:>10.0} {range:>20} {:>8.1}us {:>8.1}us {:>6.2}ms",
                middle(&row.rate),
                middle(&row.cpu_us),
                middle(&row.client_cpu_us),
                middle(&row.p99_ms),
            );
        }
    }
}
