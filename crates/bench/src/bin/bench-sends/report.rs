//! The results of all turns: a table for people, one JSON document for scripts, and the figures.

use load::counters::Counters;
use load::latency::{Percentiles, milliseconds};
use load::noise::Loud;
use load::rounds::Tally;
use serde_json::{Value, json};

use crate::args::Engine;
use crate::figures;
use crate::outcome::Outcome;
use crate::plan::Contestant;
use crate::sheet;

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    loud: Loud,
}

/// One contestant over its rounds.
pub struct Row {
    pub engine: Engine,
    pub contestant: Contestant,
    pub rate: Tally,
    pub p50_ms: Tally,
    pub p99_ms: Tally,
    max_ms: Tally,
    lag_p99_ms: Tally,
    pub cpu_us: Tally,
    steal: Tally,
    other: Tally,
    missed: u64,
    loud: usize,
    counters: Counters,
}

impl Row {
    fn new(engine: Engine, contestant: Contestant) -> Self {
        let tally = Tally::default;
        Self {
            engine,
            contestant,
            rate: tally(),
            p50_ms: tally(),
            p99_ms: tally(),
            max_ms: tally(),
            lag_p99_ms: tally(),
            cpu_us: tally(),
            steal: tally(),
            other: tally(),
            missed: 0,
            loud: 0,
            counters: Counters::default(),
        }
    }

    fn add(&mut self, outcome: &Outcome) {
        self.rate.add(outcome.per_second);
        if let Some(Percentiles { p50, p99, max, .. }) = outcome.waited {
            self.p50_ms.add(milliseconds(p50));
            self.p99_ms.add(milliseconds(p99));
            self.max_ms.add(milliseconds(max));
            self.lag_p99_ms.add(milliseconds(outcome.lag.p99()));
        }
        self.cpu_us.add(outcome.cpu_us());
        self.steal.add(outcome.noise.steal_share * 100.0);
        self.other.add(outcome.noise.other_share * 100.0);
        self.missed += outcome.missed;
        self.loud += usize::from(outcome.noise.is_loud());
        self.counters.merge(&outcome.counters);
    }

    /// Above one in a hundred the 99th percentile is somebody who was never served.
    pub fn serves_ninety_nine(&self) -> bool {
        let unserved = self.missed + self.counters.refused + self.counters.unknown;
        unserved * 100 <= self.counters.sent + self.missed
    }

    fn line(&self) -> String {
        let range = format!("{:.0}–{:.0}", worst(&self.rate), self.rate.largest().unwrap_or_default());
        format!(
            "{:<9} {:<24} {:>9.0} {range:>15} {} {} {} {} {:>7.1} {:>6.1} {:>6.1} {:>7} {:>7}",
            self.engine.to_string(),
            self.contestant.to_string(),
            middle(&self.rate),
            cell(&self.p50_ms),
            cell(&self.p99_ms),
            cell(&self.max_ms),
            cell(&self.lag_p99_ms),
            middle(&self.cpu_us),
            middle(&self.steal),
            middle(&self.other),
            self.missed,
            self.counters.refused + self.counters.unknown,
        )
    }

    fn json(&self) -> Value {
        let Counters {
            sent,
            acknowledged,
            refused,
            unknown,
            lost,
            doubled,
            reordered,
            holes,
            torn,
            leaked: _,
        } = self.counters;
        json!({
            "engine": self.engine.to_string(),
            "contestant": self.contestant.to_string(),
            "rounds": self.rate.rounds(),
            "per_second": { "median": self.rate.median(), "least": self.rate.smallest(), "most": self.rate.largest() },
            "p50_ms": self.p50_ms.median(), "p99_ms": self.p99_ms.median(), "max_ms": self.max_ms.largest(),
            "lag_p99_ms": self.lag_p99_ms.median(), "missed": self.missed, "noisy_rounds": self.loud, "cpu_us": self.cpu_us.median(),
            "steal_percent": self.steal.median(), "other_load_percent": self.other.median(),
            "counters": { "sent": sent, "acknowledged": acknowledged, "refused": refused, "unknown": unknown, "lost": lost,
                "doubled": doubled, "reordered": reordered, "holes": holes, "torn": torn },
        })
    }
}

fn middle(tally: &Tally) -> f64 {
    tally.median().unwrap_or_default()
}

fn worst(tally: &Tally) -> f64 {
    tally.smallest().unwrap_or_default()
}

fn cell(tally: &Tally) -> String {
    tally.median().map_or_else(|| format!("{:>8}", "–"), |value| format!("{value:>8.2}"))
}

const HEADING: &str = "engine    contestant                  per s           range   p50 ms   p99 ms   max ms   lag99  \
                       cpu us steal% other%  missed  undone";

impl Report {
    pub fn add(&mut self, engine: Engine, contestant: Contestant, outcome: &Outcome) {
        let known = self.rows.iter().position(|row| row.engine == engine && row.contestant == contestant);
        let at = known.unwrap_or(self.rows.len());
        if known.is_none() {
            self.rows.push(Row::new(engine, contestant));
        }
        self.rows[at].add(outcome);
        self.loud.count(&outcome.noise);
    }

    pub fn row(&self, engine: Engine, contestant: Contestant) -> Option<&Row> {
        self.rows.iter().find(|row| row.engine == engine && row.contestant == contestant)
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn print(&self, as_json: bool, as_lines: bool) {
        let figures = figures::of(self);
        let notes: Vec<String> = self.loud.told().into_iter().collect();
        if as_json {
            let lines: Vec<String> = figures.iter().map(ToString::to_string).collect();
            println!(
                "{}",
                json!({ "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(), "figures": lines })
            );
            return;
        }
        if as_lines {
            bench::sheet::print(&sheet::of(self), &notes, true);
        } else {
            println!("{HEADING}");
            self.rows.iter().for_each(|row| println!("{}", row.line()));
            notes.iter().for_each(|note| println!("NOTE {note}"));
        }
        for figure in figures {
            println!("{figure}");
        }
    }
}
