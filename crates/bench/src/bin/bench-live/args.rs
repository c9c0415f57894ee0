//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::contestant::Contestant;

/// Sockets: what an idle one costs, how fast they come in and come back, how fast one message reaches thousands and many
/// small ones a few; beside peers in the same run, with frames of the same size.
#[derive(Debug, Parser)]
#[command(name = "bench-live")]
pub struct Args {
    #[command(subcommand)]
    pub helper: Option<Helper>,
    /// The server's binary; usually the one beside this.
    #[arg(long)]
    pub rookery: Option<PathBuf>,
    #[arg(long, value_delimiter = ',', default_values_t = Row::ALL)]
    pub rows: Vec<Row>,
    #[arg(long, value_delimiter = ',', default_values_t = Contestant::ALL)]
    pub contestants: Vec<Contestant>,
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// How long each stretch of talking is measured, after a second of warming up.
    #[arg(long, default_value_t = 4.0)]
    pub seconds: f64,
    /// Where crowds are kept between runs; usually they are made anew and go with the run.
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// The rows as lines, for bench-suite.
    #[arg(long)]
    pub lines: bool,
    /// How many sockets the row `many` holds, and how long.
    #[arg(long, default_value_t = 50_000)]
    pub many: usize,
    #[arg(long, default_value_t = 10.0)]
    pub minutes: f64,
    /// One round with few sockets: whether it runs at all.
    #[arg(long)]
    pub quick: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Helper {
    /// Sockets in a process of their own.
    Party,
    /// The raw floor.
    Floor { port: u16 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Row {
    /// 19,000 come in and are idle.
    Idle,
    /// One channel of 9,800: windows of 4 and 16, and 4 messages a second.
    Fanout,
    /// Many small channels.
    Small,
    /// The server dies and is started again; everyone comes back by `changed`.
    Storm,
    /// One of two gateways dies; everyone comes back to the other, from its tail.
    Tail,
    /// All lines break at once; everyone comes back for what they missed.
    Recovery,
    /// 50,000 over several processes.
    Many,
    /// 10,000 people talking at once.
    Team,
    /// A team for long.
    Soak,
    /// 19,000 online, some coming and going.
    Presence,
    /// 1,000 who ask every second what is new, beside the same at sockets.
    Asking,
    /// 2,000 in rooms of twenty, beside the same where everyone is told everything.
    Rooms,
}

impl Row {
    /// `many` and `soak` are asked for by name: they take their minutes; `asking` and `rooms` are `bench-steps`.
    pub const ALL: [Self; 8] = [
        Self::Idle,
        Self::Fanout,
        Self::Small,
        Self::Recovery,
        Self::Storm,
        Self::Tail,
        Self::Presence,
        Self::Team,
    ];
}

impl std::fmt::Display for Row {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        out.write_str(&name)
    }
}

/// How many of everything.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub crowd: usize,
    pub listeners: usize,
    pub channels: u32,
    pub small_channels: u32,
    pub many_seats: (u32, u32),
    pub team: u32,
}

impl Args {
    pub fn sizes(&self) -> Sizes {
        if self.quick {
            Sizes {
                crowd: 600,
                listeners: 400,
                channels: 20,
                small_channels: 600,
                many_seats: (100, 50),
                team: 300,
            }
        } else {
            Sizes {
                crowd: 19_000,
                listeners: 9_800,
                channels: 200,
                small_channels: 20_000,
                many_seats: (2_000, 500),
                team: 10_000,
            }
        }
    }

    pub fn rounds(&self) -> usize {
        if self.quick { 1 } else { self.rounds }
    }

    pub fn seconds(&self) -> f64 {
        if self.quick { 1.0 } else { self.seconds }
    }
}
