//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::benches::Bench;

/// Runs every bench, each of which runs us and its peers in turns, and writes one page with every figure, its peers, its goal and
/// whether it was met. What a bench printed is kept, so that one of them can be run again alone.
#[derive(Debug, Parser)]
#[command(name = "bench-suite")]
pub struct Args {
    /// These instead of all; the page shows the others as they were run last.
    #[arg(long, value_delimiter = ',', default_values_t = Bench::ALL)]
    pub only: Vec<Bench>,
    /// How often everyone takes a turn.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Whether it all runs: one short round, on a page and a shelf of their own.
    #[arg(long)]
    pub quick: bool,
    /// Runs nothing and writes the page again.
    #[arg(long)]
    pub render: bool,
    /// Where the page goes; usually docs/benchmarks.md, and of a quick run var/benchmarks.md.
    #[arg(long)]
    pub page: Option<PathBuf>,
}
