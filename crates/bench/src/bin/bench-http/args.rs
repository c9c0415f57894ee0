//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::report::Contestant;

/// Sends and pages of history a second over HTTP, beside the store alone and raw SQL on the same file; CPU of each, memory
/// at rest, cold start. Server, client and peers are processes of their own, so that each is charged what it used.
#[derive(Debug, Parser)]
#[command(name = "bench-http")]
pub struct Args {
    #[command(subcommand)]
    pub peer: Option<PeerRun>,
    /// The server's binary; usually the one beside this.
    #[arg(long)]
    pub rookery: Option<PathBuf>,
    /// How long each turn is measured, after a second of warming up.
    #[arg(long, default_value_t = 4)]
    pub seconds: u64,
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// One contestant alone, for a profile: this many callers of pages.
    #[arg(long)]
    pub pages: Option<usize>,
    /// One contestant alone, for a profile: this many callers of sends.
    #[arg(long, conflicts_with = "pages")]
    pub sends: Option<usize>,
    /// One round of a second each: whether it runs at all.
    #[arg(long)]
    pub quick: bool,
    /// The rows as lines, for bench-suite.
    #[arg(long)]
    pub lines: bool,
}

/// What runs beside us, started by us as a process of its own; it prints one line of JSON.
#[derive(Clone, Debug, Subcommand)]
pub enum PeerRun {
    /// The same sends, handed to a store without HTTP.
    Store {
        #[arg(long)]
        folder: PathBuf,
        #[arg(long)]
        callers: usize,
        #[arg(long)]
        seconds: u64,
    },
    /// Answers everything alike, for the generator's own ceiling.
    Stub {
        #[arg(long)]
        bytes: usize,
    },
    /// The same statements as a page takes, by rusqlite on the server's own file.
    Pages {
        #[arg(long)]
        file: PathBuf,
        #[arg(long)]
        workspace: String,
        #[arg(long)]
        account: String,
        #[arg(long)]
        channel: String,
        #[arg(long)]
        last: u64,
        #[arg(long)]
        callers: usize,
        #[arg(long)]
        seconds: u64,
    },
}

impl Args {
    pub fn one_alone(&self) -> Option<Contestant> {
        self.pages.map(Contestant::Pages).or(self.sends.map(Contestant::Sends))
    }

    pub fn rounds(&self) -> usize {
        if self.quick { 1 } else { self.rounds }
    }

    pub fn seconds(&self) -> u64 {
        if self.quick { 1 } else { self.seconds }
    }
}
