//! Every statement a batch may need, written once.

use std::collections::HashMap;
use std::sync::Arc;

use domain::row::{Index, Row};
use domain::tables::{EachTable, for_each_table};
use domain::{Event, Head, InWorld};
use parking_lot::Mutex;

use super::codec::Text;
use super::history::MOMENT;
use super::options::WRITER_SETTINGS;
use crate::statement::{Dialect, delete, insert, select_by_index, select_by_key, update};

/// The texts of one table.
pub(super) struct Texts {
    pub select: Text,
    pub insert: Text,
    pub update: Option<Text>,
    pub delete: Text,
}

impl Texts {
    fn of<R: Row>() -> Self {
        let dialect = Dialect::Postgres;
        Self {
            select: select_by_key::<R>(dialect).into(),
            insert: insert::<R>(dialect).into(),
            update: update::<R>(dialect).map(|text| counted(&text, R::COLUMNS.len()).into()),
            delete: delete::<R>(dialect).into(),
        }
    }
}

/// An update that fails unless it touches as many rows as it was sent: the COMMIT is in the same flight, so nobody
/// could look at a tag in between.
fn counted(update: &str, columns: usize) -> String {
    let sent = columns + 1;
    format!("WITH changed AS ({update} RETURNING 1) SELECT 1 / (count(*) = ${sent})::int FROM changed")
}

pub(super) struct AllTexts {
    /// In the order of the tables.
    pub tables: Vec<Texts>,
    pub head: Texts,
    pub event: Texts,
    pub begin: Text,
    pub settings: Text,
    pub found: Text,
    pub lock_free: Text,
    pub lock_waiting: Text,
    pub moment: Text,
    pub commit: Text,
    indexes: Mutex<HashMap<usize, Text>>,
}

impl AllTexts {
    pub fn new() -> Self {
        struct Collect(Vec<Texts>);
        impl EachTable for Collect {
            fn table<R: InWorld>(&mut self) {
                self.0.push(Texts::of::<R>());
            }
        }
        let mut collect = Collect(Vec::new());
        for_each_table(&mut collect);
        let lock = lock();
        Self {
            tables: collect.0,
            head: Texts::of::<Head>(),
            event: Texts::of::<Event>(),
            begin: "BEGIN ISOLATION LEVEL READ COMMITTED".into(),
            settings: settings().into(),
            found: FOUND.into(),
            lock_free: format!("{lock} SKIP LOCKED").into(),
            lock_waiting: lock.into(),
            moment: MOMENT.into(),
            commit: "COMMIT".into(),
            indexes: Mutex::default(),
        }
    }

    /// There are few indexes and all are static: each is written once.
    pub fn index<R: Row>(&self, index: &'static Index) -> Text {
        let at = std::ptr::from_ref(index) as usize;
        let mut indexes = self.indexes.lock();
        let text = indexes.entry(at).or_insert_with(|| select_by_index::<R>(index, Dialect::Postgres).into());
        Arc::clone(text)
    }
}

/// A head for each workspace that has none, in an epoch of the moment and a bit of chance.
const FOUND: &str = "INSERT INTO head (workspace, position, last_us, epoch, epoch_before, epoch_from, floor, fence, \
    state, touched) SELECT k.workspace, 0, 0, \
    ((extract(epoch FROM clock_timestamp()) * 1000000)::bigint << 11) | k.chance, NULL, 0, 0, 1, 'active', 0 \
    FROM unnest($1::bytea[], $2::bigint[]) AS k (workspace, chance) ORDER BY k.workspace ON CONFLICT DO NOTHING";

/// In the order of the key, so that two who wait never wait for each other.
fn lock() -> String {
    let columns: Vec<_> = Head::COLUMNS.iter().map(|column| column.name).collect();
    format!("SELECT {} FROM head WHERE workspace = ANY($1) ORDER BY workspace FOR UPDATE", columns.join(", "))
}

/// In force until the end of the transaction: a pooler may give the session to somebody else after it. A commit is
/// never weaker than on this server's own disk, whatever the role or the database were told.
fn settings() -> String {
    let set = |(name, value): &(&str, &str)| format!("set_config('{name}', '{value}', true)");
    let sets: Vec<_> = WRITER_SETTINGS.iter().map(set).collect();
    format!("SELECT {}, {DURABLE}", sets.join(", "))
}

const DURABLE: &str = "CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') \
    THEN set_config('synchronous_commit', 'on', true) END";
