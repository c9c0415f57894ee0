//! A fresh database for one of our turns; gone when dropped.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::services::ask_postgres;
use load::trouble::Trouble;
use store::postgres::WRITER_SETTINGS;

use crate::postgres::Postgres;
use crate::stored::Stored;

pub enum Database {
    Sqlite { file: PathBuf },
    Postgres { server: String, name: String },
}

impl Database {
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite { file: folder.join(format!("{}.db", fresh_name())) }
    }

    /// With a role of the same name for the writer, as an operator would make it.
    pub fn on(postgres: &Postgres) -> Result<Self, Trouble> {
        let name = fresh_name();
        postgres.ask(&format!("CREATE DATABASE {name}"))?;
        let database = Self::Postgres { server: postgres.address.clone(), name: name.clone() };
        postgres.ask(&format!("CREATE ROLE {name} LOGIN IN ROLE pg_read_all_data, pg_write_all_data"))?;
        for (setting, value) in WRITER_SETTINGS {
            postgres.ask(&format!("ALTER ROLE {name} SET {setting} = '{value}'"))?;
        }
        Ok(database)
    }

    /// What the teams' founding left to write is written before the clock runs.
    pub fn settle(&self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres { server, .. } => ask_postgres(server, "CHECKPOINT").map(drop),
        }
    }

    pub fn read_back(&self) -> Result<Stored, Trouble> {
        match self {
            Self::Sqlite { file } => Stored::in_sqlite(file),
            Self::Postgres { server, name } => Stored::in_postgres(&address_with(server, "dbname", name)),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let gone = match self {
            Self::Sqlite { file } => remove(file),
            Self::Postgres { server, name } => {
                let gone = ask_postgres(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
                gone.and_then(|_| ask_postgres(server, &format!("DROP ROLE IF EXISTS {name}"))).map(drop)
            }
        };
        if let Err(trouble) = gone {
            eprintln!("bench-sends: {trouble}");
        }
    }
}

/// Several benches may share a server.
fn fresh_name() -> String {
    static COUNTED: AtomicUsize = AtomicUsize::new(0);
    format!("bench_sends_{}_{}", std::process::id(), COUNTED.fetch_add(1, Ordering::Relaxed))
}

/// The same address with one word of it said otherwise.
pub fn address_with(address: &str, key: &str, value: &str) -> String {
    let said = format!("{key}={value}");
    let others = address.split_ascii_whitespace().filter(|word| !word.starts_with(&format!("{key}=")));
    others.chain([said.as_str()]).collect::<Vec<_>>().join(" ")
}

fn remove(file: &Path) -> Result<(), Trouble> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Trouble::at(format!("removing {}", name.display()))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_its_server_with_another_database() {
        let server = "host=127.0.0.1 port=28053 user=postgres dbname=postgres";
        assert_eq!(
            address_with(server, "dbname", "cell"),
            "host=127.0.0.1 port=28053 user=postgres dbname=cell"
        );
        assert_eq!(address_with("host=h", "dbname", "cell"), "host=h dbname=cell");
    }
}
