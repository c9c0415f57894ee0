//! One text for both databases: what they name differently is put in their words here.

use crate::statement::Dialect;

/// Tables whose rows change in place with every message: room on the page keeps the update beside its row.
const BUSY_TABLES: [&str; 2] = ["head", "channel_tip"];

pub(super) fn statements(sql: &str, dialect: Dialect) -> Vec<String> {
    let plain: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or("").to_owned() + "\n").collect();
    let statements = plain.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    statements.map(|statement| translate(statement, dialect)).collect()
}

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
    let word = |word: &str| match word.trim_matches(|mark: char| !mark.is_alphanumeric()) {
        "BLOB" => word.replace("BLOB", "BYTEA"),
        _ => word.to_owned(),
    };
    statement.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
