//! The command line.

use std::fmt;

use clap::{Parser, ValueEnum};

/// Durable sends a second and p50/p99 of their acknowledgement, on SQLite and PostgreSQL, beside pgbench and raw SQLite
/// in the same run. Every run is checked against the database before its figure is shown.
///
/// PostgreSQL is the server of ROOKERY_TEST_POSTGRES, or one started for the bench; with fsync off it is refused.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[command(name = "bench-sends")]
pub struct Args {
    /// One engine instead of both.
    #[arg(long)]
    engine: Option<Engine>,
    /// One cell alone, for a profile: how many workspaces are written to.
    #[arg(long)]
    pub workspaces: Option<usize>,
    /// One cell alone: workspaces are picked by Zipf's law instead of evenly.
    #[arg(long)]
    pub zipf: bool,
    /// One cell alone: how many callers, each asking again when it has its answer.
    #[arg(long, conflicts_with = "rate")]
    pub callers: Option<usize>,
    /// One cell alone: an open loop of this many sends a second.
    #[arg(long)]
    pub rate: Option<f64>,
    /// Only what runs beside us: the databases alone, and the generator alone.
    #[arg(long)]
    pub peers: bool,
    /// How long each cell is measured, after a second of warming up.
    #[arg(long)]
    pub seconds: Option<u64>,
    /// How often each cell is run, in turns with the others.
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Two minutes instead of twenty: fewer cells, one round.
    #[arg(long)]
    pub quick: bool,
    /// One JSON document instead of the table.
    #[arg(long)]
    pub json: bool,
    /// The rows as lines, for bench-suite.
    #[arg(long, conflicts_with = "json")]
    pub lines: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

impl Args {
    pub fn engines(&self) -> Vec<Engine> {
        self.engine.map_or(vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine])
    }

    /// Naming any part of a cell asks for that one only.
    pub fn one_cell(&self) -> bool {
        self.workspaces.is_some() || self.callers.is_some() || self.rate.is_some() || self.zipf
    }
}
