//! A PostgreSQL server that waits for its disk: the one we were given, or one of our own until the bench ends.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::disk;
use load::trouble::Trouble;

const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services");
const ADDRESS: &str = "ROOKERY_TEST_POSTGRES";
/// Each must be on, or an acknowledgement says less than it seems to.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub struct Postgres {
    /// `host=… port=… user=… dbname=…`.
    pub address: String,
    /// The server's first process: all its others descend from it.
    pub process: u32,
}

/// Without a server we begin again under the script that brings one and takes it away whatever happens to us.
pub fn begin_again_with_a_server() -> Result<(), Trouble> {
    if env::var_os(ADDRESS).is_some() {
        return Ok(());
    }
    let bench = env::current_exe().map_err(Trouble::at("finding this program"))?;
    let mut again = Command::new(SERVICES);
    again.args(["run", "postgres", "--"]).arg(bench).args(env::args_os().skip(1)).env("FSYNC", "on");
    Err(Trouble::at("scripts/services")(again.exec()))
}

impl Postgres {
    pub fn find() -> Result<Self, Trouble> {
        let address = env::var(ADDRESS).map_err(Trouble::at(ADDRESS))?;
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
        ask(&self.address, statements)
    }

    pub fn number(&self, statement: &str) -> Result<u64, Trouble> {
        self.ask(statement)?.parse().map_err(Trouble::at(statement))
    }
}

pub fn ask(address: &str, statements: &str) -> Result<String, Trouble> {
    let output = Command::new("psql")
        .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statements, address])
        .output()
        .map_err(Trouble::at("psql"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(Trouble::new(format!("psql: {}", String::from_utf8_lossy(&output.stderr).trim_end())))
}
