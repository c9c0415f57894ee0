//! A PostgreSQL server that waits for its disk: the one we were given, or one of our own until the bench ends.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::disk;
use crate::trouble::Trouble;

const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services");
/// Each must be on, or an acknowledgement says less than it seems to.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub struct Postgres {
    /// `host=… port=… user=… dbname=…`.
    pub address: String,
    /// The server's first process: all its others descend from it.
    pub process: u32,
    _started: Option<Started>,
}

impl Postgres {
    pub fn find_or_start() -> Result<Self, Trouble> {
        let (address, started) = match std::env::var("ROOKERY_TEST_POSTGRES") {
            Ok(address) => (address, None),
            Err(_) => Started::now().map(|(address, started)| (address, Some(started)))?,
        };
        let mut postgres = Self { address, process: 0, _started: started };
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

/// A server of our own, stopped with the bench.
struct Started {
    folder: TempDir,
}

impl Started {
    fn now() -> Result<(String, Self), Trouble> {
        let started = Self { folder: disk::folder()? };
        open_to_the_server(started.folder.path())?;
        let address = services(&["postgres-primary".as_ref(), &started.server()])?;
        Ok((address, started))
    }

    fn server(&self) -> PathBuf {
        self.folder.path().join("postgres")
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Err(trouble) = services(&["postgres-stop".as_ref(), &self.server()]) {
            eprintln!("bench-sends: {trouble}");
        }
    }
}

/// Under root the server runs as another user, who must get to its folder.
fn open_to_the_server(folder: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
        .map_err(Trouble::at("opening the folder"))
}

fn services(words: &[&Path]) -> Result<String, Trouble> {
    let output = Command::new(SERVICES)
        .args(words)
        .env("FSYNC", "on")
        .output()
        .map_err(Trouble::at("scripts/services"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(Trouble::new(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()))
}
