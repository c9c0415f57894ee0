//! What is run: the cells of the bench, and the peers beside them.

use std::fmt;
use std::time::Duration;

use load::closed::Closed;
use load::open::Open;
use load::schedule::Schedule;

use crate::args::Args;

pub const CALLERS: [usize; 3] = [16, 128, 512];
/// Latencies are asked for at this rate, whatever the server could do.
pub const OPEN_PER_SECOND: f64 = 20_000.0;
/// Where the figures are taken.
pub const CALLERS_AT_PEAK: usize = 512;
/// The generator alone, asked as the cells the figures are taken of.
pub const GENERATOR_AT_PEAK: Contestant = Contestant::Generator(Load::Closed { callers: CALLERS_AT_PEAK });
pub const SPREADS: [Spread; 5] = [
    Spread { workspaces: 1, zipf: false },
    Spread { workspaces: 16, zipf: false },
    Spread { workspaces: 16, zipf: true },
    Spread { workspaces: 1_000, zipf: false },
    Spread { workspaces: 1_000, zipf: true },
];
const PEER_ROWS: [usize; 2] = [1, 100];

const FULL: Length = Length { rounds: 3, seconds: 5 };
const QUICK: Length = Length { rounds: 1, seconds: 2 };
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
    Ours(Cell),
    /// The database alone: this many rows a transaction. On PostgreSQL it is pgbench.
    Peer {
        rows: usize,
    },
    /// The database alone, keeping a journal without a queue: each send takes the next position for itself, and commits.
    Unqueued,
    /// The generator alone: its ceiling must be well above what it measures.
    Generator(Load),
}

/// Our sends, asked for in one way over one spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub spread: Spread,
    pub load: Load,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Load {
    Closed { callers: usize },
    Open { per_second: f64 },
}

impl fmt::Display for Contestant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&match self {
            Self::Ours(Cell { spread, load: Load::Closed { callers } }) => {
                format!("{callers} callers {spread}")
            }
            Self::Ours(Cell { spread, load: Load::Open { per_second } }) => {
                format!("open {per_second}/s {spread}")
            }
            Self::Peer { rows: 1 } => "peer, a row a commit".to_owned(),
            Self::Peer { rows } => format!("peer, {rows} rows a commit"),
            Self::Unqueued => "a send a commit, in order".to_owned(),
            Self::Generator(Load::Closed { callers }) => format!("generator, {callers} callers"),
            Self::Generator(Load::Open { per_second }) => format!("generator, open {per_second}/s"),
        })
    }
}

pub struct Plan {
    pub rounds: usize,
    warm_up: Duration,
    pub measure: Duration,
    contestants: Vec<Contestant>,
}

impl Plan {
    pub fn of(args: &Args) -> Self {
        let length = if args.quick { QUICK } else { FULL };
        let rounds = if args.one_cell() { 1 } else { length.rounds };
        Self {
            rounds: args.rounds.unwrap_or(rounds).max(1),
            warm_up: WARM_UP,
            measure: Duration::from_secs(args.seconds.unwrap_or(length.seconds).max(1)),
            contestants: contestants(args),
        }
    }

    pub fn contestants(&self) -> &[Contestant] {
        &self.contestants
    }

    pub fn closed(&self, callers: usize) -> Closed {
        Closed { callers, warm_up: self.warm_up, measure: self.measure }
    }

    pub fn open(&self, per_second: f64) -> Open {
        let schedule = Schedule::constant(per_second, self.warm_up + self.measure);
        Open { warm_up: self.warm_up, ..Open::new(schedule) }
    }
}

fn contestants(args: &Args) -> Vec<Contestant> {
    let peers = PEER_ROWS.into_iter().map(|rows| Contestant::Peer { rows });
    let alone = [Load::Closed { callers: CALLERS_AT_PEAK }, Load::Open { per_second: OPEN_PER_SECOND }];
    let beside = peers.chain([Contestant::Unqueued]).chain(alone.map(Contestant::Generator));
    if args.peers {
        return beside.collect();
    }
    if args.one_cell() {
        return vec![Contestant::Ours(one_cell(args))];
    }
    let cells = all_cells().into_iter().filter(|cell| !args.quick || is_quick(*cell)).map(Contestant::Ours);
    cells.chain(beside).collect()
}

fn one_cell(args: &Args) -> Cell {
    let closed = || Load::Closed { callers: args.callers.unwrap_or(128).max(1) };
    Cell {
        spread: Spread { workspaces: args.workspaces.unwrap_or(16).max(1), zipf: args.zipf },
        load: args.rate.map_or_else(closed, |per_second| Load::Open { per_second }),
    }
}

fn all_cells() -> Vec<Cell> {
    let closed = SPREADS
        .iter()
        .flat_map(|&spread| CALLERS.map(|callers| Cell { spread, load: Load::Closed { callers } }));
    let open =
        SPREADS.iter().map(|&spread| Cell { spread, load: Load::Open { per_second: OPEN_PER_SECOND } });
    closed.chain(open).collect()
}

/// The peak of every spread, the usual one with all callers, and every open loop.
fn is_quick(cell: Cell) -> bool {
    match cell.load {
        Load::Closed { callers } => {
            callers == CALLERS_AT_PEAK || cell.spread.workspaces == 16 && !cell.spread.zipf
        }
        Load::Open { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn plan(line: &str) -> Plan {
        Plan::of(&Args::parse_from(std::iter::once("bench-sends").chain(line.split_ascii_whitespace())))
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.contestants().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_whole_bench_is_every_caller_over_every_spread_beside_its_peers() {
        let plan = plan("");
        assert_eq!((names(&plan).len(), plan.rounds), (15 + 5 + 2 + 1 + 2, 3));
    }

    #[test]
    fn a_quick_bench_takes_two_minutes_on_two_engines() {
        let plan = plan("--quick");
        let turns = plan.contestants().len() * plan.rounds;
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
        let beside = [
            "peer, a row a commit",
            "peer, 100 rows a commit",
            "a send a commit, in order",
            "generator, 512 callers",
            "generator, open 20000/s",
        ];
        assert_eq!(names(&plan("--peers")), beside);
    }
}
