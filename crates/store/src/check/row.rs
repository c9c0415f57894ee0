//! A row of an answer, as the rules read it.

use domain::cell::Value;
use domain::{AccountId, ChannelId, FileId, Key, WorkspaceId};

#[derive(Clone, Copy)]
pub(super) struct Row<'a>(pub &'a [Value]);

impl<'a> Row<'a> {
    /// What is no number is no number a row should have.
    pub fn int(self, at: usize) -> i64 {
        match self.0.get(at) {
            Some(Value::Int(value)) => *value,
            _ => i64::MIN,
        }
    }
    pub fn is(self, at: usize) -> bool {
        self.int(at) == 1
    }
    pub fn text(self, at: usize) -> &'a str {
        match self.0.get(at) {
            Some(Value::Text(value)) => value,
            _ => "",
        }
    }
    fn blob(self, at: usize) -> &'a [u8] {
        match self.0.get(at) {
            Some(Value::Blob(value)) => value,
            _ => &[],
        }
    }
    /// Of whatever type it says it is.
    pub fn id(self, at: usize) -> String {
        let Ok(bytes) = <[u8; 16]>::try_from(self.blob(at)) else { return "?".into() };
        WorkspaceId::from_bytes(bytes)
            .map(|id| id.to_string())
            .or_else(|_| AccountId::from_bytes(bytes).map(|id| id.to_string()))
            .or_else(|_| ChannelId::from_bytes(bytes).map(|id| id.to_string()))
            .or_else(|_| FileId::from_bytes(bytes).map(|id| id.to_string()))
            .unwrap_or_else(|_| Key(bytes).to_string())
    }
    /// The address of a message, from three columns.
    pub fn address(self, at: usize) -> String {
        let (channel, number) = (self.id(at), self.int(at + 2));
        match self.int(at + 1) {
            0 => format!("message {number} of {channel}"),
            thread => format!("reply {number} to {thread} of {channel}"),
        }
    }
    /// Whether the first columns are the same as in the row before.
    pub fn follows(self, before: Option<Row<'_>>, columns: usize) -> bool {
        before.is_some_and(|before| before.0[..columns] == self.0[..columns])
    }
}
