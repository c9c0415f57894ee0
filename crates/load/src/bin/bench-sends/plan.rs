//! What is run: the cells of the bench, and the peers beside them.

use std::fmt;
use std::time::Duration;

use crate::args::{Args, Engine};

pub const CALLERS: [usize; 3] = [16, 128, 512];
/// Latencies are asked for at this rate, whatever the server could do.
pub const OPEN_PER_SECOND: f64 = 20_000.0;
/// Where the figures are taken.
pub const CALLERS_AT_PEAK: usize = 512;
pub const SPREADS: [Spread; 5] = [
    Spread { workspaces: 1, zipf: false },
    Spread { workspaces: 16, zipf: false },
    Spread { workspaces: 16, zipf: true },
    Spread { workspaces: 1_000, zipf: false },
    Spread { workspaces: 1_000, zipf: true },
];
const RAW_ROWS: [usize; 2] = [1, 100];

const FULL: Length = Length { rounds: 3, seconds: 5 };
const QUICK: Length = Length { rounds: 1, seconds: 3 };
const WARM_UP: Duration = Duration::from_secs(1);

struct Length {
    rounds: usize,
    seconds: u64,
}

/// Over how many workspaces the sends go, and how evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub workspaces: usize,
    pub zipf: bool,
}

impl fmt::Display for Spread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "w{}{}", self.workspaces, if self.zipf { "_zipf" } else { "" })
    }
}

/// Who takes a turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contestant {
    Closed(ClosedCell),
    Open(OpenCell),
    /// The database alone: this many rows a transaction. On PostgreSQL it is pgbench.
    Raw {
        rows: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedCell {
    pub spread: Spread,
    pub callers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenCell {
    pub spread: Spread,
    pub per_second: f64,
}

impl fmt::Display for Contestant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&match self {
            Self::Closed(cell) => format!("{} callers {}", cell.callers, cell.spread),
            Self::Open(cell) => format!("open {}/s {}", cell.per_second, cell.spread),
            Self::Raw { rows: 1 } => "peer, a row a commit".to_owned(),
            Self::Raw { rows } => format!("peer, {rows} rows a commit"),
        })
    }
}

pub struct Plan {
    pub rounds: usize,
    pub warm_up: Duration,
    pub measure: Duration,
    ours: Vec<Contestant>,
    peers: bool,
}

impl Plan {
    pub fn of(args: &Args) -> Self {
        let length = if args.quick { QUICK } else { FULL };
        let rounds = if args.one_cell() { 1 } else { length.rounds };
        Self {
            rounds: args.rounds.unwrap_or(rounds).max(1),
            warm_up: WARM_UP,
            measure: Duration::from_secs(args.seconds.unwrap_or(length.seconds).max(1)),
            ours: ours(args),
            peers: !args.one_cell(),
        }
    }

    pub fn contestants(&self, _engine: Engine) -> Vec<Contestant> {
        let peers = RAW_ROWS.into_iter().filter(|_| self.peers).map(|rows| Contestant::Raw { rows });
        self.ours.iter().copied().chain(peers).collect()
    }
}

fn ours(args: &Args) -> Vec<Contestant> {
    if args.peers {
        return Vec::new();
    }
    if args.one_cell() {
        let spread = Spread { workspaces: args.workspaces.unwrap_or(16).max(1), zipf: args.zipf };
        return vec![match args.rate {
            Some(per_second) => Contestant::Open(OpenCell { spread, per_second }),
            None => Contestant::Closed(ClosedCell { spread, callers: args.callers.unwrap_or(128).max(1) }),
        }];
    }
    let quick_cell =
        |cell: &ClosedCell| cell.callers >= 128 && (cell.spread.workspaces != 16 || !cell.spread.zipf);
    let closed = SPREADS
        .into_iter()
        .flat_map(|spread| CALLERS.map(|callers| ClosedCell { spread, callers }))
        .filter(|cell| !args.quick || quick_cell(cell))
        .map(Contestant::Closed);
    let open = SPREADS.map(|spread| Contestant::Open(OpenCell { spread, per_second: OPEN_PER_SECOND }));
    closed.chain(open).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn plan(line: &str) -> Plan {
        Plan::of(&Args::parse_from(std::iter::once("bench-sends").chain(line.split_ascii_whitespace())))
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.contestants(Engine::Sqlite).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_whole_bench_is_every_caller_over_every_spread_beside_its_peers() {
        let plan = plan("");
        assert_eq!((names(&plan).len(), plan.rounds), (15 + 5 + 2, 3));
    }

    #[test]
    fn a_quick_bench_takes_two_minutes_on_two_engines() {
        let plan = plan("--quick");
        let turns = plan.contestants(Engine::Sqlite).len() * plan.rounds;
        assert!((plan.warm_up + plan.measure) * turns as u32 * 2 <= Duration::from_mins(2));
    }

    #[test]
    fn one_cell_runs_alone_for_a_profile() {
        assert_eq!(
            names(&plan("--engine sqlite --workspaces 16 --callers 128 --seconds 5")),
            ["128 callers w16"]
        );
        assert_eq!(names(&plan("--workspaces 1000 --zipf --rate 20000")), ["open 20000/s w1000_zipf"]);
    }

    #[test]
    fn the_peers_can_run_alone() {
        assert_eq!(names(&plan("--peers")), ["peer, a row a commit", "peer, 100 rows a commit"]);
    }
}
