//! How a value stands in a column, without knowing which database keeps it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The four kinds of column there are on every engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Big,
    Small,
    Text,
    Blob,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

/// Takes the values of a row, column by column.
pub trait Sink {
    fn int(&mut self, value: i64);
    fn text(&mut self, value: &str);
    fn blob(&mut self, value: &[u8]);
    fn null(&mut self);
}

/// Gives the values of a row, column by column.
pub trait Source {
    fn int(&mut self) -> Result<Option<i64>, Corrupt>;
    fn text(&mut self) -> Result<Option<&str>, Corrupt>;
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt>;
}

/// A stored row that does not read back: the database was changed by something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored value does not read back: {0}")]
pub struct Corrupt(pub &'static str);

/// A type that fits into one column.
pub trait Cell: Sized {
    const KIND: Kind;
    const NULLABLE: bool = false;
    fn put(&self, sink: &mut dyn Sink);
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt>;
    /// Absent is an error unless the type has a word for it.
    fn take_present(source: &mut dyn Source) -> Result<Self, Corrupt> {
        Self::take(source)?.ok_or(Corrupt("NULL where a value belongs"))
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn put(&self, sink: &mut dyn Sink) {
        match self {
            Some(value) => value.put(sink),
            None => sink.null(),
        }
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        T::take(source).map(Some)
    }
}

macro_rules! int_cell {
    ($($type:ty: $kind:ident),+) => {$(
        impl Cell for $type {
            const KIND: Kind = Kind::$kind;
            #[allow(clippy::cast_lossless, reason = "one text for four types")]
            fn put(&self, sink: &mut dyn Sink) { sink.int(*self as i64); }
            fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
                source.int()?.map(|value| <$type>::try_from(value).map_err(|_| Corrupt("a number out of range"))).transpose()
            }
        }
    )+};
}
int_cell!(i64: Big, u64: Big, i32: Small, u32: Small);

impl Cell for bool {
    const KIND: Kind = Kind::Small;
    fn put(&self, sink: &mut dyn Sink) {
        sink.int(i64::from(*self));
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        Ok(source.int()?.map(|value| value != 0))
    }
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    fn put(&self, sink: &mut dyn Sink) {
        sink.text(self);
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        Ok(source.text()?.map(str::to_owned))
    }
}

impl Cell for Vec<u8> {
    const KIND: Kind = Kind::Blob;
    fn put(&self, sink: &mut dyn Sink) {
        sink.blob(self);
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        Ok(source.blob()?.map(<[u8]>::to_vec))
    }
}

impl Cell for [u8; 32] {
    const KIND: Kind = Kind::Blob;
    fn put(&self, sink: &mut dyn Sink) {
        sink.blob(self);
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        let Some(bytes) = source.blob()? else { return Ok(None) };
        bytes.try_into().map(Some).map_err(|_| Corrupt("a digest is not 32 bytes"))
    }
}

/// A structure kept as one text: rarely read apart, never searched by the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Cell for Json<T> {
    const KIND: Kind = Kind::Text;
    fn put(&self, sink: &mut dyn Sink) {
        // A structure of ours always has a JSON form; an empty text would be refused on reading.
        sink.text(&serde_json::to_string(&self.0).unwrap_or_default());
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        let Some(text) = source.text()? else { return Ok(None) };
        serde_json::from_str(text)
            .map(|value| Some(Self(value)))
            .map_err(|_| Corrupt("a structure that does not parse"))
    }
}

/// An enum kept as a word in a text column.
#[macro_export]
macro_rules! word_cell {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> { match word { $($word => Ok(Self::$variant),)+ _ => Err(()) } }
        }

        impl $crate::cell::Cell for $name {
            const KIND: $crate::cell::Kind = $crate::cell::Kind::Text;
            fn put(&self, sink: &mut dyn $crate::cell::Sink) { sink.text(self.word()); }
            fn take(source: &mut dyn $crate::cell::Source) -> Result<Option<Self>, $crate::cell::Corrupt> {
                let Some(word) = source.text()? else { return Ok(None) };
                word.parse().map(Some).map_err(|()| $crate::cell::Corrupt(concat!("an unknown ", stringify!($name))))
            }
        }
    };
}

/// A value on its own: the prefix of a range, the argument of a query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    pub fn of(cell: &impl Cell) -> Self {
        let mut values = Vec::with_capacity(1);
        cell.put(&mut values);
        values.pop().unwrap_or(Self::Null)
    }
}

impl Sink for Vec<Value> {
    fn int(&mut self, value: i64) {
        self.push(Value::Int(value));
    }
    fn text(&mut self, value: &str) {
        self.push(Value::Text(value.to_owned()));
    }
    fn blob(&mut self, value: &[u8]) {
        self.push(Value::Blob(value.to_vec()));
    }
    fn null(&mut self) {
        self.push(Value::Null);
    }
}

/// Values read one after another, as a [`Source`].
pub struct Values<'a>(pub std::slice::Iter<'a, Value>);

impl Source for Values<'_> {
    fn int(&mut self) -> Result<Option<i64>, Corrupt> {
        match self.0.next() {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(Corrupt("not a number")),
        }
    }
    fn text(&mut self) -> Result<Option<&str>, Corrupt> {
        match self.0.next() {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(Corrupt("not a text")),
        }
    }
    fn blob(&mut self) -> Result<Option<&[u8]>, Corrupt> {
        match self.0.next() {
            Some(Value::Blob(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(Corrupt("not bytes")),
        }
    }
}
