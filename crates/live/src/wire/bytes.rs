//! Parts and values: lengths first, so that everything can be skipped.

use domain::cell::{Cell, Corrupt, Sink, Source, Value};

use super::Unreadable;

mod kind {
    pub const NULL: u8 = 0;
    pub const INT: u8 = 1;
    pub const TEXT: u8 = 2;
    pub const BLOB: u8 = 3;
}

pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub fn new(version: u8) -> Self {
        Self(vec![version])
    }
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
    pub fn part(&mut self, tag: u64, write: impl FnOnce(&mut Self)) {
        let mut inside = Self(Vec::new());
        write(&mut inside);
        self.number(tag);
        self.bytes(&inside.0);
    }
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.null(),
            Value::Int(value) => self.int(*value),
            Value::Text(value) => self.text(value),
            Value::Blob(value) => self.blob(value),
        }
    }
    /// Seven bits a byte, the low ones first.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

impl Sink for Writer {
    fn int(&mut self, value: i64) {
        self.0.push(kind::INT);
        self.number((value << 1 ^ value >> 63) as u64);
    }
    fn text(&mut self, value: &str) {
        self.0.push(kind::TEXT);
        self.bytes(value.as_bytes());
    }
    fn blob(&mut self, value: &[u8]) {
        self.0.push(kind::BLOB);
        self.bytes(value);
    }
    fn null(&mut self) {
        self.0.push(kind::NULL);
    }
}

/// Where it ends too early it is unreadable; nothing here panics.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
    pub fn byte(&mut self) -> Result<u8, Corrupt> {
        let (first, rest) = self.0.split_first().ok_or(Corrupt("it ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }
    pub fn part(&mut self) -> Result<Option<(u64, Reader<'a>)>, Unreadable> {
        if self.0.is_empty() {
            return Ok(None);
        }
        Ok(Some((self.number()?, Reader(self.bytes()?))))
    }
    pub fn cell<C: Cell>(&mut self) -> Result<C, Corrupt> {
        C::take_present(self)
    }
    fn number(&mut self) -> Result<u64, Corrupt> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Corrupt("a number without an end"))
    }
    fn bytes(&mut self) -> Result<&'a [u8], Corrupt> {
        let length = usize::try_from(self.number()?).map_err(|_| Corrupt("a length out of range"))?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Corrupt("it ends too early"))?;
        self.0 = rest;
        Ok(bytes)
    }
    fn kind(&mut self, wanted: u8, wrong: &'static str) -> Result<bool, Corrupt> {
        match self.byte()? {
            kind::NULL => Ok(false),
            kind if kind == wanted => Ok(true),
            _ => Err(Corrupt(wrong)),
        }
    }
}

impl Source for Reader<'_> {
    fn int(&mut self) -> Result<Option<i64>, Corrupt> {
        if !self.kind(kind::INT, "not a number")? {
            return Ok(None);
        }
        let number = self.number()?;
        Ok(Some((number >> 1) as i64 ^ -((number & 1) as i64)))
    }
    fn text(&mut self) -> Result<Option<&str>, Corrupt> {
        if !self.kind(kind::TEXT, "not a text")? {
            return Ok(None);
        }
        std::str::from_utf8(self.bytes()?).map(Some).map_err(|_| Corrupt("not UTF-8"))
    }
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt> {
        if !self.kind(kind::BLOB, "not bytes")? {
            return Ok(None);
        }
        self.bytes().map(Some)
    }
}
