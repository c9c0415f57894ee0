//! Values in and out of the wire: a batch is one array a column, a row is read column by column.

use std::sync::Arc;

use domain::cell::{Corrupt, Kind, Sink, Source, Value};

use crate::pg::{Answer, ArrayParam, Connection, Param, PgError, Row, Statement};

pub(super) type Text = Arc<str>;

/// Columns of values of the same length; filled value by value, row after row.
pub(super) struct Batch {
    columns: Vec<(Kind, ArrayParam)>,
    at: usize,
}

impl Batch {
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Self {
        let array = |kind| match kind {
            Kind::Big => ArrayParam::ints(),
            Kind::Small => ArrayParam::integers(),
            Kind::Text => ArrayParam::texts(),
            Kind::Blob => ArrayParam::blobs(),
        };
        Self { columns: kinds.into_iter().map(|kind| (kind, array(kind))).collect(), at: 0 }
    }
    pub fn none() -> Self {
        Self { columns: Vec::new(), at: 0 }
    }
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, array)| array.len())
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
    fn next(&mut self, push: impl FnOnce(Kind, &mut ArrayParam)) {
        if let Some((kind, array)) = self.columns.get_mut(self.at) {
            push(*kind, array);
        }
        self.at = (self.at + 1) % self.columns.len().max(1);
    }
}

impl Sink for Batch {
    fn int(&mut self, value: i64) {
        self.next(|kind, array| match (kind, i32::try_from(value)) {
            (Kind::Small, Ok(value)) => array.push_integer(value),
            // A number too large for its column makes a mixed array, which is refused whole.
            _ => array.push_int(value),
        });
    }
    fn text(&mut self, value: &str) {
        self.next(|_, array| array.push_text(value));
    }
    fn blob(&mut self, value: &[u8]) {
        self.next(|_, array| array.push_blob(value));
    }
    fn null(&mut self) {
        self.next(|_, array| array.push_null());
    }
}

/// A statement, its batch, and one number more where the text wants one.
pub(super) struct Call {
    pub sql: Text,
    pub batch: Batch,
    pub number: Option<i64>,
}

impl Call {
    pub fn plain(sql: &Text) -> Self {
        Self { sql: Arc::clone(sql), batch: Batch::none(), number: None }
    }
    pub fn of(sql: &Text, batch: Batch) -> Self {
        Self { sql: Arc::clone(sql), batch, number: None }
    }
    fn params(&self) -> Vec<Param<'_>> {
        let arrays = self.batch.columns.iter().map(|(_, array)| Param::Array(array));
        arrays.chain(self.number.map(|number| Param::Int(Some(number)))).collect()
    }
}

/// All calls in one flight.
pub(super) async fn fly(connection: &mut Connection, calls: &[&Call]) -> Result<Vec<Answer>, PgError> {
    let params: Vec<_> = calls.iter().map(|call| call.params()).collect();
    let statements: Vec<_> =
        calls.iter().zip(&params).map(|(call, params)| Statement { sql: &call.sql, params }).collect();
    connection.flight_kept(&statements).await
}

/// Reads one column after another.
pub(super) struct Cells<'a> {
    row: Row<'a>,
    at: usize,
}

impl<'a> Cells<'a> {
    pub fn from(row: Row<'a>, at: usize) -> Self {
        Self { row, at }
    }
    fn next<T>(
        &mut self,
        read: impl FnOnce(Row<'a>, usize) -> Result<T, PgError>,
        wrong: &'static str,
    ) -> Result<Option<T>, Corrupt> {
        self.at += 1;
        self.row.nullable(self.at - 1, read).map_err(|_| Corrupt(wrong))
    }
}

impl Source for Cells<'_> {
    fn int(&mut self) -> Result<Option<i64>, Corrupt> {
        self.next(Row::int, "not a number")
    }
    fn text(&mut self) -> Result<Option<&str>, Corrupt> {
        self.next(Row::text, "not a text")
    }
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt> {
        self.next(Row::blob, "not bytes")
    }
}

/// The arguments of a free query.
pub(super) fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null => Param::Null,
        Value::Int(value) => Param::Int(Some(*value)),
        Value::Text(value) => Param::Text(Some(value)),
        Value::Blob(value) => Param::Blob(Some(value)),
    }
}

/// BOOLEAN, BIGINT, SMALLINT, INTEGER, OID.
const NUMBERS: [u32; 5] = [16, 20, 21, 23, 26];
const BYTEA: u32 = 17;

/// The rows of a free query, from a column on.
pub(super) fn values(answer: &Answer, from: usize) -> Result<crate::Answer, PgError> {
    let types: Vec<_> = answer.types().collect();
    let mut taken = crate::Answer::of_width(types.len() - from);
    for row in answer.rows() {
        for (at, kind) in types.iter().enumerate().skip(from) {
            match *kind {
                _ if row.is_null(at)? => taken.null(),
                number if NUMBERS.contains(&number) => taken.int(row.int(at)?),
                BYTEA => taken.blob(row.blob(at)?),
                _ => taken.text(row.text(at)?),
            }
        }
    }
    Ok(taken)
}
