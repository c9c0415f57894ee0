//! A row names its columns, so that any database can keep it.

use std::fmt::Debug;

use crate::cell::{Column, Corrupt, Sink, Source, Value};

/// One row of one table. The key's columns come first and never change.
pub trait Row: Clone + PartialEq + Debug + Send + Sync + 'static {
    type Key: Ord + Clone + Debug + Send + Sync;
    const TABLE: &'static str;
    const COLUMNS: &'static [Column];
    /// How many of the columns are the key.
    const KEY: usize;
    fn key(&self) -> Self::Key;
    fn put_key(key: &Self::Key, sink: &mut dyn Sink);
    /// All columns, in order.
    fn put(&self, sink: &mut dyn Sink);
    fn take(source: &mut dyn Source) -> Result<Self, Corrupt>;
}

/// Another way to a table's rows than its key: a unique name, or a bounded range.
#[derive(Debug)]
pub struct Index {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    /// Conditions that never vary, written into the statement so that a partial index fits.
    pub fixed: &'static [(&'static str, i64)],
    /// What a range is ordered by; the first `max` are loaded.
    pub order: Option<(&'static str, Direction)>,
    /// The database's index it must go by, where a planner without statistics prefers another.
    pub by: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// A bounded question to an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Find {
    pub values: Vec<Value>,
    pub max: u32,
}

impl Index {
    /// Whether a row as it is now belongs to the answer. Rare, so it goes by name.
    pub fn holds<R: Row>(&self, row: &R, values: &[Value]) -> bool {
        let mut cells = Vec::with_capacity(R::COLUMNS.len());
        row.put(&mut cells);
        let cell = |name: &str| R::COLUMNS.iter().position(|column| column.name == name).map(|at| &cells[at]);
        self.columns.iter().zip(values).all(|(name, value)| cell(name) == Some(value))
            && self.fixed.iter().all(|(name, value)| cell(name) == Some(&Value::Int(*value)))
    }
}

#[macro_export]
macro_rules! row {
    ($(#[$doc:meta])* $name:ident in $table:literal {
        key { $($(#[$key_doc:meta])* $key:ident: $key_type:ty),+ $(,)? }
        rest { $($(#[$rest_doc:meta])* $rest:ident: $rest_type:ty),* $(,)? }
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$key_doc])* pub $key: $key_type,)+
            $($(#[$rest_doc])* pub $rest: $rest_type,)*
        }

        impl $crate::row::Row for $name {
            type Key = ($($key_type,)+);
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [$crate::cell::Column] = &[
                $($crate::cell::Column {
                    name: stringify!($key),
                    kind: <$key_type as $crate::cell::Cell>::KIND,
                    nullable: <$key_type as $crate::cell::Cell>::NULLABLE,
                },)+
                $($crate::cell::Column {
                    name: stringify!($rest),
                    kind: <$rest_type as $crate::cell::Cell>::KIND,
                    nullable: <$rest_type as $crate::cell::Cell>::NULLABLE,
                },)*
            ];
            const KEY: usize = [$(stringify!($key)),+].len();
            fn key(&self) -> Self::Key { ($(self.$key.clone(),)+) }
            fn put_key(key: &Self::Key, sink: &mut dyn $crate::cell::Sink) {
                let ($($key,)+) = key;
                $($crate::cell::Cell::put($key, sink);)+
            }
            fn put(&self, sink: &mut dyn $crate::cell::Sink) {
                $($crate::cell::Cell::put(&self.$key, sink);)+
                $($crate::cell::Cell::put(&self.$rest, sink);)*
            }
            fn take(source: &mut dyn $crate::cell::Source) -> Result<Self, $crate::cell::Corrupt> {
                Ok(Self {
                    $($key: $crate::cell::Cell::take_present(source)?,)+
                    $($rest: $crate::cell::Cell::take_present(source)?,)*
                })
            }
        }
    };
}
