//! A PostgreSQL server that waits for its disk: the one we were given, or one of our own until the bench ends.

use std::env;
use std::path::Path;

use bench::services::{POSTGRES, ask_postgres};
use load::trouble::Trouble;

use crate::disk;

/// Each must be on, or an acknowledgement says less than it seems to.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub struct Postgres {
    /// `host=… port=… user=… dbname=…`.
    pub address: String,
    /// The server's first process: all its others descend from it.
    pub process: u32,
}

impl Postgres {
    pub fn find() -> Result<Self, Trouble> {
        let address = env::var(POSTGRES).map_err(Trouble::at(POSTGRES))?;
        let mut postgres = Self { address, process: 0 };
        postgres.refuse_volatile()?;
        let lock_file = postgres.ask("SELECT pg_read_file('postmaster.pid')")?;
        postgres.process =
            lock_file.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or_default();
        Ok(postgres)
    }

    fn refuse_volatile(&self) -> Result<(), Trouble> {
        for setting in DURABLE {
            let value = self.ask(&format!("SHOW {setting}"))?;
            if value != "on" {
                return Err(Trouble::new(format!(
                    "PostgreSQL has {setting} = {value}: what it acknowledges is not durable, so nothing is measured \
                     (FSYNC=on scripts/services up, or leave ROOKERY_TEST_POSTGRES unset)"
                )));
            }
        }
        disk::refuse_memory(Path::new(&self.ask("SHOW data_directory")?))
    }

    /// The answer of the last statement as text, a line a row and `|` between columns.
    pub fn ask(&self, statements: &str) -> Result<String, Trouble> {
        ask_postgres(&self.address, statements)
    }

    pub fn number(&self, statement: &str) -> Result<u64, Trouble> {
        self.ask(statement)?.parse().map_err(Trouble::at(statement))
    }
}
