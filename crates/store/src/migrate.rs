//! Embedded migrations: forward only, each once, in order, remembered in the database itself.

use crate::statement::Dialect;

/// What a database holds. A small installation keeps all three in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Journal,
    Directory,
    Shard,
}

/// One step, applied whole or not at all.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub name: &'static str,
    pub part: Part,
    sql: &'static str,
}

pub static STEPS: &[Step] = &[
    Step { name: "0001_journal", part: Part::Journal, sql: include_str!("migrations/0001_journal.sql") },
    Step {
        name: "0001_directory",
        part: Part::Directory,
        sql: include_str!("migrations/0001_directory.sql"),
    },
    Step { name: "0001_shard", part: Part::Shard, sql: include_str!("migrations/0001_shard.sql") },
];

/// Remembers which steps were taken.
pub const LEDGER: &str =
    "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at_us BIGINT NOT NULL)";

impl Step {
    /// The statements of the step, in the words of one database.
    pub fn statements(&self, dialect: Dialect) -> Vec<String> {
        let plain: String =
            self.sql.lines().map(|line| line.split("--").next().unwrap_or("").to_owned() + "\n").collect();
        let statements = plain.split(';').map(str::trim).filter(|statement| !statement.is_empty());
        statements.map(|statement| translate(statement, dialect)).collect()
    }
}

/// Tables whose rows change in place with every message: room on the page keeps the update beside its row.
const BUSY_TABLES: [&str; 2] = ["head", "channel_tip"];

fn translate(statement: &str, dialect: Dialect) -> String {
    let table = statement.strip_prefix("CREATE TABLE ").and_then(|rest| rest.split([' ', '(']).next());
    match (dialect, table) {
        (Dialect::Sqlite, Some(_)) => format!("{statement} WITHOUT ROWID"),
        (Dialect::Sqlite, None) => statement.to_owned(),
        (Dialect::Postgres, Some(table)) if BUSY_TABLES.contains(&table) => {
            format!("{} WITH (fillfactor = 50)", with_bytea(statement))
        }
        (Dialect::Postgres, _) => with_bytea(statement),
    }
}

/// The one type the engines name differently.
fn with_bytea(statement: &str) -> String {
    statement
        .split(' ')
        .map(
            |word| {
                if word.trim_end_matches(',') == "BLOB" { word.replace("BLOB", "BYTEA") } else { word.into() }
            },
        )
        .collect::<Vec<_>>()
        .join(" ")
}
