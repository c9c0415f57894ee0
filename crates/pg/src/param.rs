use bytes::{BufMut, BytesMut};
use postgres_protocol::{IsNull, Oid};

pub(super) const BOOL: Oid = 16;
pub(super) const BYTEA: Oid = 17;
pub(super) const NAME: Oid = 19;
pub(super) const INT8: Oid = 20;
pub(super) const INT2: Oid = 21;
pub(super) const INT4: Oid = 23;
pub(super) const TEXT: Oid = 25;
pub(super) const OID: Oid = 26;
pub(super) const UNKNOWN: Oid = 705;
pub(super) const BPCHAR: Oid = 1042;
pub(super) const VARCHAR: Oid = 1043;
const BYTEA_ARRAY: Oid = 1001;
const INT4_ARRAY: Oid = 1007;
const TEXT_ARRAY: Oid = 1009;
const INT8_ARRAY: Oid = 1016;

/// One value of a statement. Its type travels with it, so the server never guesses.
#[derive(Debug, Clone, Copy)]
pub enum Param<'a> {
    Int(Option<i64>),
    Integer(Option<i32>),
    Text(Option<&'a str>),
    Blob(Option<&'a [u8]>),
    Array(&'a ArrayParam),
    /// Of whatever type its place in the statement wants.
    Null,
}

impl Param<'_> {
    pub(super) fn oid(&self) -> Oid {
        match self {
            Self::Int(_) => INT8,
            Self::Integer(_) => INT4,
            Self::Text(_) => TEXT,
            Self::Blob(_) => BYTEA,
            Self::Array(array) => array.oid(),
            Self::Null => 0,
        }
    }

    pub(super) fn write(&self, out: &mut BytesMut) -> IsNull {
        match self {
            Self::Int(Some(value)) => out.put_i64(*value),
            Self::Integer(Some(value)) => out.put_i32(*value),
            Self::Text(Some(text)) => out.put_slice(text.as_bytes()),
            Self::Blob(Some(bytes)) => out.put_slice(bytes),
            Self::Array(array) => array.write(out),
            Self::Int(None) | Self::Integer(None) | Self::Text(None) | Self::Blob(None) | Self::Null => {
                return IsNull::Yes;
            }
        }
        IsNull::No
    }
}

/// A column of a batch: values of one type, encoded as they are pushed, sent as one array parameter.
/// `clear` keeps the memory for the next batch.
#[derive(Debug, Clone)]
pub struct ArrayParam {
    element: Oid,
    len: i32,
    has_null: bool,
    /// A value of another type was pushed; the flight that carries this is refused before it is written.
    mixed: bool,
    body: Vec<u8>,
}

impl ArrayParam {
    /// Of `BIGINT`.
    pub fn ints() -> Self {
        Self::of(INT8)
    }

    /// Of `INTEGER`.
    pub fn integers() -> Self {
        Self::of(INT4)
    }

    pub fn texts() -> Self {
        Self::of(TEXT)
    }

    /// Of `BYTEA`.
    pub fn blobs() -> Self {
        Self::of(BYTEA)
    }

    fn of(element: Oid) -> Self {
        Self { element, len: 0, has_null: false, mixed: false, body: Vec::new() }
    }

    pub fn push_int(&mut self, value: i64) {
        self.push(INT8, &value.to_be_bytes());
    }

    pub fn push_integer(&mut self, value: i32) {
        self.push(INT4, &value.to_be_bytes());
    }

    pub fn push_text(&mut self, value: &str) {
        self.push(TEXT, value.as_bytes());
    }

    pub fn push_blob(&mut self, value: &[u8]) {
        self.push(BYTEA, value);
    }

    pub fn push_null(&mut self) {
        self.has_null = true;
        self.len += 1;
        self.body.put_i32(-1);
    }

    fn push(&mut self, element: Oid, value: &[u8]) {
        self.mixed |= element != self.element;
        self.len += 1;
        self.body.put_i32(value.len() as i32);
        self.body.put_slice(value);
    }

    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn clear(&mut self) {
        (self.len, self.has_null, self.mixed) = (0, false, false);
        self.body.clear();
    }

    pub(super) fn is_mixed(&self) -> bool {
        self.mixed
    }

    fn oid(&self) -> Oid {
        match self.element {
            INT8 => INT8_ARRAY,
            INT4 => INT4_ARRAY,
            TEXT => TEXT_ARRAY,
            _ => BYTEA_ARRAY,
        }
    }

    fn write(&self, out: &mut BytesMut) {
        out.put_i32(1);
        out.put_i32(self.has_null.into());
        out.put_u32(self.element);
        out.put_i32(self.len);
        out.put_i32(1);
        out.put_slice(&self.body);
    }
}
