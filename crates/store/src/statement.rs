//! The statements of every table, written once from its columns. They differ where two engines have no word in
//! common: a list of keys is an array on PostgreSQL and a loop on SQLite.

use std::fmt::Write;

use domain::cell::{Column, Kind};
use domain::row::{Direction, Index, Row};

/// Which database a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// Columns separated by commas, each behind its prefix.
fn list(columns: &[Column], prefix: &str) -> String {
    columns.iter().map(|column| format!("{prefix}{}", column.name)).collect::<Vec<_>>().join(", ")
}

fn equal(columns: &[Column], left: &str, right: &str) -> String {
    let pair = |column: &Column| format!("{left}{0} = {right}{0}", column.name);
    columns.iter().map(pair).collect::<Vec<_>>().join(" AND ")
}

fn array_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Big => "bigint[]",
        Kind::Small => "integer[]",
        Kind::Text => "text[]",
        Kind::Blob => "bytea[]",
    }
}

/// `$1::bytea[]`, `$2::bigint[]`, with the first parameter after `before`.
fn arrays(columns: &[Column], before: usize) -> impl Iterator<Item = String> {
    (before + 1..).zip(columns).map(|(at, column)| format!("${at}::{}", array_type(column.kind)))
}

/// `unnest($1::bytea[], $2::bigint[]) AS k (channel, number)`, with the first parameter after `before`.
fn unnest(columns: &[Column], before: usize) -> String {
    let arrays: Vec<_> = arrays(columns, before).collect();
    format!("unnest({}) AS k ({})", arrays.join(", "), list(columns, ""))
}

/// The key's columns of a table.
pub fn key_columns<R: Row>() -> &'static [Column] {
    &R::COLUMNS[..R::KEY]
}

/// The column that says which of the asking workspaces a row is for.
const ASKER: Column = Column { name: "asker", kind: Kind::Small, nullable: false };

pub fn select_by_key<R: Row>(dialect: Dialect) -> String {
    select::<R>(key_columns::<R>(), dialect)
}

fn select<R: Row>(by: &[Column], dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => {
            let wanted: Vec<_> =
                by.iter().enumerate().map(|(at, c)| format!("{} = ?{}", c.name, at + 1)).collect();
            format!("SELECT {} FROM {} WHERE {}", list(R::COLUMNS, ""), R::TABLE, wanted.join(" AND "))
        }
        Dialect::Postgres => {
            let asked: Vec<Column> = std::iter::once(ASKER).chain(by.iter().copied()).collect();
            format!(
                "SELECT k.asker, {} FROM {} JOIN {} t ON {}",
                list(R::COLUMNS, "t."),
                unnest(&asked, 0),
                R::TABLE,
                equal(by, "t.", "k.")
            )
        }
    }
}

/// The columns of an index, as the table has them.
pub fn index_columns<R: Row>(index: &Index) -> Vec<Column> {
    let known = |name: &&str| R::COLUMNS.iter().find(|column| column.name == *name).copied();
    index.columns.iter().filter_map(known).collect()
}

/// The first `max` of a range; `max` is the last parameter.
pub fn select_by_index<R: Row>(index: &Index, dialect: Dialect) -> String {
    let by = index_columns::<R>(index);
    let mut tail = String::new();
    for (name, value) in index.fixed {
        let _ = write!(tail, " AND t.{name} = {value}");
    }
    if let Some((name, direction)) = index.order {
        let word = if direction == Direction::Up { "ASC" } else { "DESC" };
        let _ = write!(tail, " ORDER BY t.{name} {word}");
    }
    match dialect {
        Dialect::Sqlite => {
            let wanted: Vec<_> =
                by.iter().enumerate().map(|(at, c)| format!("t.{} = ?{}", c.name, at + 1)).collect();
            let max = by.len() + 1;
            let pinned = index.by.map(|name| format!(" INDEXED BY {name}")).unwrap_or_default();
            format!(
                "SELECT {} FROM {} t{pinned} WHERE {}{tail} LIMIT ?{max}",
                list(R::COLUMNS, "t."),
                R::TABLE,
                wanted.join(" AND ")
            )
        }
        Dialect::Postgres => {
            let max = Column { name: "most", kind: Kind::Small, nullable: false };
            let asked: Vec<Column> = std::iter::once(ASKER).chain(by.iter().copied()).chain([max]).collect();
            format!(
                "SELECT k.asker, f.* FROM {} CROSS JOIN LATERAL (SELECT {} FROM {} t WHERE {}{tail} LIMIT k.most) f",
                unnest(&asked, 0),
                list(R::COLUMNS, "t."),
                R::TABLE,
                equal(&by, "t.", "k.")
            )
        }
    }
}

pub fn insert<R: Row>(dialect: Dialect) -> String {
    let columns = list(R::COLUMNS, "");
    match dialect {
        Dialect::Sqlite => {
            let marks: Vec<_> = (1..=R::COLUMNS.len()).map(|at| format!("?{at}")).collect();
            format!("INSERT INTO {} ({columns}) VALUES ({})", R::TABLE, marks.join(", "))
        }
        Dialect::Postgres => {
            // All arrays are of one length, so they go in step; in FROM each would be stored aside first.
            let arrays: Vec<_> = arrays(R::COLUMNS, 0).map(|array| format!("unnest({array})")).collect();
            format!("INSERT INTO {} ({columns}) SELECT {}", R::TABLE, arrays.join(", "))
        }
    }
}

/// `None` for a table that is all key.
pub fn update<R: Row>(dialect: Dialect) -> Option<String> {
    let (key, rest) = R::COLUMNS.split_at(R::KEY);
    if rest.is_empty() {
        return None;
    }
    Some(match dialect {
        Dialect::Sqlite => {
            let at =
                |column: &Column| R::COLUMNS.iter().position(|known| known == column).map_or(0, |at| at + 1);
            let set: Vec<_> =
                rest.iter().map(|column| format!("{} = ?{}", column.name, at(column))).collect();
            let wanted: Vec<_> =
                key.iter().map(|column| format!("{} = ?{}", column.name, at(column))).collect();
            format!("UPDATE {} SET {} WHERE {}", R::TABLE, set.join(", "), wanted.join(" AND "))
        }
        Dialect::Postgres => {
            let set: Vec<_> = rest.iter().map(|column| format!("{0} = k.{0}", column.name)).collect();
            let keys = equal(key, "t.", "k.");
            format!(
                "UPDATE {} t SET {} FROM {} WHERE {keys}",
                R::TABLE,
                set.join(", "),
                unnest(R::COLUMNS, 0)
            )
        }
    })
}

pub fn delete<R: Row>(dialect: Dialect) -> String {
    let key = key_columns::<R>();
    match dialect {
        Dialect::Sqlite => {
            let wanted: Vec<_> =
                key.iter().enumerate().map(|(at, c)| format!("{} = ?{}", c.name, at + 1)).collect();
            format!("DELETE FROM {} WHERE {}", R::TABLE, wanted.join(" AND "))
        }
        Dialect::Postgres => {
            format!("DELETE FROM {} t USING {} WHERE {}", R::TABLE, unnest(key, 0), equal(key, "t.", "k."))
        }
    }
}
