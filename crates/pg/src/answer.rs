use std::str;

use fallible_iterator::FallibleIterator;
use postgres_protocol::{Oid, message::backend::RowDescriptionBody};

use super::{
    error::{PgError, WireError},
    param::{BOOL, BPCHAR, BYTEA, INT2, INT4, INT8, NAME, OID, TEXT, UNKNOWN, VARCHAR},
};

/// What one statement answered: its command tag and its rows, all rows in one piece of memory.
#[derive(Debug, Default)]
pub struct Answer {
    tag: String,
    columns: Vec<Column>,
    rows: usize,
    cells: Vec<Cell>,
    data: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    oid: Oid,
    is_binary: bool,
}

/// Where a value stands in `Answer::data`.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    At { start: u32, len: u32 },
}

impl Answer {
    /// The server's last word on the statement: `COMMIT`, `ROLLBACK`, `INSERT 0 5`, `SELECT 3`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The count at the end of the tag; none where the command has none.
    pub fn affected(&self) -> Option<u64> {
        self.tag.rsplit(' ').next()?.parse().ok()
    }

    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.rows).map(|row| Row { answer: self, first: row * self.columns.len() })
    }

    pub fn first(&self) -> Option<Row<'_>> {
        self.rows().next()
    }

    /// The types of the columns, by their number in `pg_type`; none where a statement gives no rows.
    pub fn types(&self) -> impl ExactSizeIterator<Item = Oid> + '_ {
        self.columns.iter().map(|column| column.oid)
    }

    pub(super) fn bytes(&self) -> usize {
        self.data.len() + self.cells.len() * size_of::<Cell>()
    }

    pub(super) fn describe(&mut self, body: &RowDescriptionBody) -> Result<(), WireError> {
        let columns =
            body.fields().map(|field| Ok(Column { oid: field.type_oid(), is_binary: field.format() == 1 }));
        self.columns = columns.collect()?;
        Ok(())
    }

    pub(super) fn finish(&mut self, tag: &str) {
        tag.clone_into(&mut self.tag);
    }

    /// Takes the body of a `DataRow`: a count, then length and bytes of each value.
    pub(super) fn push(&mut self, body: &[u8]) -> Result<(), WireError> {
        let wrong = || WireError::Garbage("a row does not hold together".into());
        let (count, mut rest) = body.split_first_chunk::<2>().ok_or_else(wrong)?;
        if usize::from(u16::from_be_bytes(*count)) != self.columns.len() {
            return Err(WireError::Garbage("a row has not the columns it was announced with".into()));
        }
        let base = self.data.len();
        for _ in 0..self.columns.len() {
            let (len, after) = rest.split_first_chunk::<4>().ok_or_else(wrong)?;
            let len = i32::from_be_bytes(*len);
            if len < 0 {
                rest = after;
                self.cells.push(Cell::Null);
                continue;
            }
            let start = base + body.len() - after.len();
            rest = after.get(len as usize..).ok_or_else(wrong)?;
            self.cells.push(Cell::At { start: u32::try_from(start).map_err(|_| wrong())?, len: len as u32 });
        }
        if !rest.is_empty() {
            return Err(wrong());
        }
        self.data.extend_from_slice(body);
        self.rows += 1;
        Ok(())
    }
}

/// One row; reading a value borrows from the answer. A null or another type is an error, see `nullable`.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    answer: &'a Answer,
    first: usize,
}

impl<'a> Row<'a> {
    /// Any whole number, a `BOOLEAN` as 0 or 1.
    pub fn int(self, column: usize) -> Result<i64, PgError> {
        let (kind, bytes) = self.value(column)?;
        if !kind.is_binary {
            return number(bytes).ok_or_else(|| mismatch(column, kind.oid, "a number"));
        }
        let value = match kind.oid {
            INT8 => bytes.try_into().ok().map(i64::from_be_bytes),
            INT4 => bytes.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).into()),
            INT2 => bytes.try_into().ok().map(|bytes| i16::from_be_bytes(bytes).into()),
            OID => bytes.try_into().ok().map(|bytes| u32::from_be_bytes(bytes).into()),
            BOOL => bytes.first().map(|byte| i64::from(*byte)),
            _ => None,
        };
        value.ok_or_else(|| mismatch(column, kind.oid, "a number"))
    }

    pub fn integer(self, column: usize) -> Result<i32, PgError> {
        let value = self.int(column)?;
        value
            .try_into()
            .map_err(|_| PgError::Misuse(format!("column {column} holds {value}, more than an INTEGER")))
    }

    pub fn text(self, column: usize) -> Result<&'a str, PgError> {
        let (kind, bytes) = self.value(column)?;
        let is_text = matches!(kind.oid, TEXT | NAME | VARCHAR | BPCHAR | UNKNOWN) || !kind.is_binary;
        let text = if is_text { str::from_utf8(bytes).ok() } else { None };
        text.ok_or_else(|| mismatch(column, kind.oid, "text"))
    }

    pub fn blob(self, column: usize) -> Result<&'a [u8], PgError> {
        match self.value(column)? {
            (Column { oid: BYTEA, is_binary: true }, bytes) => Ok(bytes),
            (kind, _) => Err(mismatch(column, kind.oid, "bytes")),
        }
    }

    /// `row.nullable(2, Row::text)`: none for a null.
    pub fn nullable<T>(
        self,
        column: usize,
        read: impl FnOnce(Self, usize) -> Result<T, PgError>,
    ) -> Result<Option<T>, PgError> {
        if self.is_null(column)? { Ok(None) } else { read(self, column).map(Some) }
    }

    pub fn is_null(self, column: usize) -> Result<bool, PgError> {
        Ok(matches!(self.cell(column)?, (_, Cell::Null)))
    }

    fn cell(self, column: usize) -> Result<(Column, Cell), PgError> {
        let kind = self.answer.columns.get(column).copied();
        let cell = self.answer.cells.get(self.first + column).copied();
        kind.zip(cell).ok_or_else(|| PgError::Misuse(format!("there is no column {column}")))
    }

    fn value(self, column: usize) -> Result<(Column, &'a [u8]), PgError> {
        match self.cell(column)? {
            (kind, Cell::At { start, len }) => {
                let start = start as usize;
                Ok((kind, &self.answer.data[start..start + len as usize]))
            }
            (_, Cell::Null) => Err(PgError::Misuse(format!("column {column} is null"))),
        }
    }
}

fn number(text: &[u8]) -> Option<i64> {
    match text {
        b"t" => Some(1),
        b"f" => Some(0),
        _ => str::from_utf8(text).ok()?.parse().ok(),
    }
}

fn mismatch(column: usize, oid: Oid, wanted: &str) -> PgError {
    PgError::Misuse(format!("column {column} is of type {oid}, not {wanted}"))
}
