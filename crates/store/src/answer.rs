//! What a question brought: all of it in a few allocations, whatever the number of rows. An answer is made by the thread
//! that reads and taken apart by the one that asked; a page of small pieces would cost both the allocator's lock.

use std::cell::Cell as Kept;

use domain::cell::{Corrupt, Source, Value};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    width: usize,
    cells: Vec<Cell>,
    texts: String,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Null,
    Int(i64),
    Text { start: u32, len: u32 },
    Blob { start: u32, len: u32 },
}

/// More than this a thread does not keep from one answer to the next.
const KEPT_CELLS_MAX: usize = 16 * 1024;
const KEPT_BYTES_MAX: usize = 256 * 1024;

thread_local! {
    static ROOM: Kept<Option<Answer>> = const { Kept::new(None) };
}

/// One row of it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    answer: &'a Answer,
    cells: &'a [Cell],
}

/// The columns of a row, one after another.
#[derive(Debug, Clone)]
pub struct Columns<'a>(Record<'a>);

impl Answer {
    /// Rows of so many columns; filled cell by cell.
    pub fn of_width(width: usize) -> Answer {
        Answer { width, ..Answer::default() }
    }
    /// Filled where the thread filled the one before, then put into exactly as much as it takes: three small steps instead of
    /// the thirty by which three lists grow.
    pub fn filled<E>(width: usize, fill: impl FnOnce(&mut Answer) -> Result<(), E>) -> Result<Answer, E> {
        let mut room = ROOM.take().unwrap_or_default();
        room.width = width;
        room.cells.clear();
        room.texts.clear();
        room.bytes.clear();
        let answer = fill(&mut room).map(|()| room.clone());
        let is_kept = room.cells.capacity() <= KEPT_CELLS_MAX
            && room.texts.capacity().max(room.bytes.capacity()) <= KEPT_BYTES_MAX;
        ROOM.set(is_kept.then_some(room));
        answer
    }
    pub fn len(&self) -> usize {
        self.cells.len() / self.width.max(1)
    }
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
    pub fn first(&self) -> Option<Record<'_>> {
        self.iter().next()
    }
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Record<'_>> + ExactSizeIterator {
        self.into_iter()
    }
    /// Each value on its own, for what is asked seldom.
    pub fn values(&self) -> Vec<Vec<Value>> {
        self.iter().map(Record::values).collect()
    }

    pub fn null(&mut self) {
        self.cells.push(Cell::Null);
    }
    pub fn int(&mut self, value: i64) {
        self.cells.push(Cell::Int(value));
    }
    pub fn text(&mut self, value: &str) {
        self.cells.push(Cell::Text { start: self.texts.len() as u32, len: value.len() as u32 });
        self.texts.push_str(value);
    }
    pub fn blob(&mut self, value: &[u8]) {
        self.cells.push(Cell::Blob { start: self.bytes.len() as u32, len: value.len() as u32 });
        self.bytes.extend_from_slice(value);
    }
}

pub struct Records<'a> {
    answer: &'a Answer,
    rows: std::slice::ChunksExact<'a, Cell>,
}

impl<'a> IntoIterator for &'a Answer {
    type Item = Record<'a>;
    type IntoIter = Records<'a>;
    fn into_iter(self) -> Records<'a> {
        Records { answer: self, rows: self.cells.chunks_exact(self.width.max(1)) }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;
    fn next(&mut self) -> Option<Record<'a>> {
        self.rows.next().map(|cells| Record { answer: self.answer, cells })
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl DoubleEndedIterator for Records<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rows.next_back().map(|cells| Record { answer: self.answer, cells })
    }
}

impl ExactSizeIterator for Records<'_> {}

impl<'a> Record<'a> {
    pub fn columns(self) -> Columns<'a> {
        Columns(self)
    }
    /// Also where there is no such column.
    pub fn is_null(self, column: usize) -> bool {
        matches!(self.cells.get(column), None | Some(Cell::Null))
    }
    pub fn int(self, column: usize) -> Option<i64> {
        match self.cells.get(column)? {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }
    pub fn text(self, column: usize) -> Option<&'a str> {
        match self.cells.get(column)? {
            Cell::Text { start, len } => self.answer.texts.get(span(*start, *len)),
            _ => None,
        }
    }
    pub fn blob(self, column: usize) -> Option<&'a [u8]> {
        match self.cells.get(column)? {
            Cell::Blob { start, len } => self.answer.bytes.get(span(*start, *len)),
            _ => None,
        }
    }
    /// The first so many columns, and the rest.
    pub fn split(self, at: usize) -> Result<(Record<'a>, Record<'a>), Corrupt> {
        let parts = self.cells.split_at_checked(at).ok_or(Corrupt("a row with columns missing"))?;
        let part = |cells| Record { cells, ..self };
        Ok((part(parts.0), part(parts.1)))
    }
    pub fn values(self) -> Vec<Value> {
        let value = |column| match self.cells[column] {
            Cell::Null => Value::Null,
            Cell::Int(value) => Value::Int(value),
            Cell::Text { .. } => Value::Text(self.text(column).unwrap_or_default().to_owned()),
            Cell::Blob { .. } => Value::Blob(self.blob(column).unwrap_or_default().to_vec()),
        };
        (0..self.cells.len()).map(value).collect()
    }
}

/// Answers are far shorter than four gigabytes; of one that were not, what lies behind would be read as missing or wrong
/// letters, never from outside of it.
fn span(start: u32, len: u32) -> std::ops::Range<usize> {
    start as usize..start as usize + len as usize
}

impl<'a> Columns<'a> {
    /// The row from the next column on.
    pub fn rest(&self) -> Record<'a> {
        self.0
    }
    fn next<T>(
        &mut self,
        read: impl FnOnce(Record<'a>) -> Option<T>,
        wrong: &'static str,
    ) -> Result<Option<T>, Corrupt> {
        let (own, rest) = self.0.split(1)?;
        self.0 = rest;
        if own.is_null(0) { Ok(None) } else { read(own).map(Some).ok_or(Corrupt(wrong)) }
    }
}

impl Source for Columns<'_> {
    fn int(&mut self) -> Result<Option<i64>, Corrupt> {
        self.next(|own| own.int(0), "not a number")
    }
    fn text(&mut self) -> Result<Option<&str>, Corrupt> {
        self.next(|own| own.text(0), "not a text")
    }
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt> {
        self.next(|own| own.blob(0), "not bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_row_by_row() {
        let mut answer = Answer::of_width(3);
        for (number, text) in [(1, "eins"), (2, "")] {
            answer.int(number);
            answer.text(text);
            answer.blob(text.as_bytes());
        }
        let row =
            |number, text: &str| vec![Value::Int(number), Value::Text(text.into()), Value::Blob(text.into())];
        assert_eq!(answer.values(), [row(1, "eins"), row(2, "")]);
        assert_eq!((answer.len(), answer.iter().next_back().and_then(|row| row.int(0))), (2, Some(2)));
    }

    #[test]
    fn a_column_is_read_as_what_it_is_and_none_is_made_up() {
        let mut answer = Answer::of_width(4);
        answer.null();
        answer.int(7);
        answer.text("a word");
        answer.blob(&[1, 2]);
        let row = answer.first().expect("a row");
        let mut columns = row.columns();
        assert_eq!(columns.int(), Ok(None));
        assert_eq!(columns.int(), Ok(Some(7)));
        assert!(columns.rest().text(0) == Some("a word") && columns.blob().is_err());
        assert_eq!(columns.blob(), Ok(Some([1, 2].as_slice())));
        assert!(columns.int().is_err(), "nothing is left");
        assert!(row.is_null(0) && row.is_null(9) && row.split(5).is_err());
    }

    #[test]
    fn what_one_answer_left_behind_is_in_no_other() {
        let fill = |text: &'static str| {
            Answer::filled(2, |answer| {
                answer.text(text);
                answer.blob(text.as_bytes());
                if text.is_empty() { Err("nothing") } else { Ok(()) }
            })
        };
        let long = fill("a long text").expect("an answer");
        let short = fill("brief").expect("an answer");
        let row = |text: &str| vec![Value::Text(text.into()), Value::Blob(text.into())];
        assert_eq!(long.values(), [row("a long text")]);
        assert_eq!((short.values(), short.texts.capacity()), (vec![row("brief")], 5));
        assert_eq!(fill(""), Err("nothing"));
        assert_eq!(fill("again").expect("an answer").values(), [row("again")]);
    }

    #[test]
    fn nothing_has_no_rows() {
        assert!(Answer::default().first().is_none() && Answer::of_width(2).is_empty());
    }
}
