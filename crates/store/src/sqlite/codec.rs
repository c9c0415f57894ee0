//! Values in and out of SQLite's statements, without a copy in between.

use std::ops::Range;

use domain::cell::{Corrupt, Sink, Source, Value};
use rusqlite::types::{ToSql, ValueRef};
use rusqlite::{Row, Statement};

use crate::answer::Answer;

/// Binds one value after another; the first failure is kept.
pub(super) struct Binder<'a, 'c> {
    pub statement: &'a mut Statement<'c>,
    at: usize,
    failed: Option<rusqlite::Error>,
}

impl<'a, 'c> Binder<'a, 'c> {
    pub fn new(statement: &'a mut Statement<'c>) -> Self {
        Self { statement, at: 0, failed: None }
    }
    fn bind(&mut self, value: impl ToSql) {
        self.at += 1;
        if let Err(error) = self.statement.raw_bind_parameter(self.at, value) {
            self.failed.get_or_insert(error);
        }
    }
    pub fn values(&mut self, values: &[Value]) {
        for value in values {
            match value {
                Value::Null => self.null(),
                Value::Int(value) => self.int(*value),
                Value::Text(value) => self.text(value),
                Value::Blob(value) => self.blob(value),
            }
        }
    }
    pub fn done(self) -> rusqlite::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl Sink for Binder<'_, '_> {
    fn int(&mut self, value: i64) {
        self.bind(value);
    }
    fn text(&mut self, value: &str) {
        self.bind(value);
    }
    fn blob(&mut self, value: &[u8]) {
        self.bind(value);
    }
    fn null(&mut self) {
        self.bind(rusqlite::types::Null);
    }
}

/// Reads one column after another.
pub(super) struct Columns<'a, 'r> {
    row: &'a Row<'r>,
    at: usize,
}

impl<'a, 'r> Columns<'a, 'r> {
    pub fn new(row: &'a Row<'r>) -> Self {
        Self { row, at: 0 }
    }
    fn next(&mut self) -> Result<ValueRef<'a>, Corrupt> {
        self.at += 1;
        self.row.get_ref(self.at - 1).map_err(|_| Corrupt("a column is missing"))
    }
}

impl Source for Columns<'_, '_> {
    fn int(&mut self) -> Result<Option<i64>, Corrupt> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            _ => Err(Corrupt("not a number")),
        }
    }
    fn text(&mut self) -> Result<Option<&str>, Corrupt> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(value) => std::str::from_utf8(value).map(Some).map_err(|_| Corrupt("not UTF-8")),
            _ => Err(Corrupt("not a text")),
        }
    }
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(value) => Ok(Some(value)),
            _ => Err(Corrupt("not bytes")),
        }
    }
}

/// A row of a free query.
pub(super) fn take(row: &Row<'_>, columns: Range<usize>, answer: &mut Answer) -> rusqlite::Result<()> {
    for at in columns {
        match row.get_ref(at)? {
            ValueRef::Null => answer.null(),
            ValueRef::Integer(value) => answer.int(value),
            ValueRef::Real(value) => answer.int(value as i64),
            ValueRef::Text(value) => match std::str::from_utf8(value) {
                Ok(text) => answer.text(text),
                Err(_) => answer.text(&String::from_utf8_lossy(value)),
            },
            ValueRef::Blob(value) => answer.blob(value),
        }
    }
    Ok(())
}
