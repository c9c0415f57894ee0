//! Reads back what a run left in its database, past the store that wrote it.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use bench::services::ask_postgres;
use rusqlite::{Connection, OpenFlags};

use crate::ledger::{REQUEST_DIGITS, StoredChannel, StoredJournal};
use crate::raw_sqlite::BODY_BYTES;
use load::trouble::Trouble;

/// Everything a run is held against, by the sixteen bytes of its ids in capital hexadecimals.
#[derive(Debug, Default)]
pub struct Stored {
    journals: HashMap<String, StoredJournal>,
    channels: HashMap<String, StoredChannel>,
}

/// How an engine writes bytes as text: all that differs in what is asked.
struct Dialect {
    hex: fn(&str) -> String,
}

impl Dialect {
    fn journals(&self) -> String {
        let workspace = (self.hex)("head.workspace");
        format!(
            "SELECT {workspace}, head.position, count(event.position), coalesce(max(event.position), 0)
               FROM head LEFT JOIN event ON event.workspace = head.workspace GROUP BY head.workspace, head.position"
        )
    }

    fn channels(&self) -> String {
        let channel = (self.hex)("channel");
        format!(
            "SELECT {channel}, count(*), max(number), sum(number), sum(CAST(substr(text, 1, {REQUEST_DIGITS}) AS BIGINT)),
                    sum(CASE WHEN length(text) = {BODY_BYTES} THEN 0 ELSE 1 END)
               FROM message WHERE thread = 0 GROUP BY channel"
        )
    }
}

impl Stored {
    pub fn in_sqlite(file: &Path) -> Result<Self, Trouble> {
        let read = || -> rusqlite::Result<Self> {
            let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            let dialect = Dialect { hex: |column| format!("hex({column})") };
            let journals = sqlite_rows(&database, &dialect.journals(), 3)?;
            Ok(Self::of(journals, sqlite_rows(&database, &dialect.channels(), 5)?))
        };
        read().map_err(Trouble::at("reading the database back"))
    }

    pub fn in_postgres(address: &str) -> Result<Self, Trouble> {
        let dialect = Dialect { hex: |column| format!("upper(encode({column}, 'hex'))") };
        let rows = |statement: String| ask_postgres(address, &statement).map(|text| postgres_rows(&text));
        Ok(Self::of(rows(dialect.journals())?, rows(dialect.channels())?))
    }

    fn of(journals: Vec<Row>, channels: Vec<Row>) -> Self {
        let journal = |(id, columns): Row| {
            let [head, events, last] = columns[..] else { return None };
            Some((id, StoredJournal { head, events, last }))
        };
        let channel = |(id, columns): Row| {
            let [messages, last, numbers, requests, torn] = columns[..] else { return None };
            Some((id, StoredChannel { messages, last, numbers, requests, torn }))
        };
        Self {
            journals: journals.into_iter().filter_map(journal).collect(),
            channels: channels.into_iter().filter_map(channel).collect(),
        }
    }

    /// What is not there is empty.
    pub fn journal(&self, workspace: &[u8; 16]) -> StoredJournal {
        self.journals.get(&hex(workspace)).copied().unwrap_or_default()
    }

    pub fn channel(&self, channel: &[u8; 16]) -> StoredChannel {
        self.channels.get(&hex(channel)).copied().unwrap_or_default()
    }
}

/// An id, and the numbers after it.
type Row = (String, Vec<u64>);

fn sqlite_rows(database: &Connection, statement: &str, numbers: usize) -> rusqlite::Result<Vec<Row>> {
    let mut statement = database.prepare(statement)?;
    let rows = statement.query_map([], |row| {
        let columns: rusqlite::Result<Vec<i64>> = (1..=numbers).map(|column| row.get(column)).collect();
        Ok((row.get(0)?, columns?.into_iter().map(|number| number.max(0) as u64).collect()))
    })?;
    rows.collect()
}

fn postgres_rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let (id, numbers) = line.split_once('|')?;
        Some((id.to_owned(), numbers.split('|').filter_map(|number| number.parse().ok()).collect()))
    };
    text.lines().filter_map(row).collect()
}

fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_give_the_same_rows() {
        let expected = vec![("0A".repeat(16), vec![7, 7, 7])];
        assert_eq!(postgres_rows(&format!("{}|7|7|7\n", "0A".repeat(16))), expected);
        let database = Connection::open_in_memory().expect("a database in memory");
        let rows = sqlite_rows(&database, &format!("SELECT '{}', 7, 7, 7", "0A".repeat(16)), 3);
        assert_eq!(rows.expect("a row"), expected);
    }

    #[test]
    fn what_is_not_there_is_empty() {
        let stored = Stored::of(vec![("0A".repeat(16), vec![7, 7, 7])], Vec::new());
        assert_eq!(stored.journal(&[10; 16]), StoredJournal { head: 7, events: 7, last: 7 });
        assert_eq!(stored.journal(&[11; 16]), StoredJournal::default());
        assert_eq!(stored.channel(&[10; 16]), StoredChannel::default());
    }
}
