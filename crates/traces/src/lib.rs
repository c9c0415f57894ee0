//! Spans: what one request, command or job was made of, and how long each part took. Whoever does something opens one here; where
//! they go is the business of whoever takes them.
//!
//! **Invariant.** What is not sampled is never measured: its spans are empty, and everything asked of them is one branch. No text
//! of a person and no secret is ever a value: values are numbers, names of ours and ids.

#[cfg(feature = "kept")]
mod dice;
#[cfg(feature = "kept")]
mod kept;
#[cfg(not(feature = "kept"))]
mod none;
#[cfg(feature = "kept")]
mod parent;
#[cfg(feature = "kept")]
mod taken;

#[cfg(feature = "kept")]
pub use kept::{Parent, Place, Span, Within, is_on};
#[cfg(not(feature = "kept"))]
pub use none::{Parent, Place, Span, is_on};
#[cfg(feature = "kept")]
pub use taken::{Finished, Taken, dropped, take};

/// Which end of a conversation a span tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Work within this process.
    Internal,
    /// Somebody asked us.
    Server,
    /// We ask somebody else: the database.
    Client,
    /// Something is handed on, and whoever takes it does so later.
    Producer,
    /// Something that was handed on is taken.
    Consumer,
}

/// What can be said of a span beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    Word(&'static str),
    Text(String),
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Value {
        Value::Number(i64::from(number))
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Value {
        Value::Word(word)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}
