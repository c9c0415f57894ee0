//! A command on its way, and what became of it.

use std::time::Duration;

use domain::{By, Command, Epoch, Key, Position, Refusal, Reply, Stamp};

/// Who, where, under which key, what.
#[derive(Debug)]
pub struct Order {
    pub by: By,
    /// Made by the asker, time first.
    pub key: Key,
    pub command: Box<dyn Command>,
}

/// The acknowledgement: durable, and the same for the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub epoch: Epoch,
    pub position: Position,
    pub stamp: Stamp,
    pub reply: Reply,
    /// Found by its key: it happened before.
    pub again: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was not tried; come back.
    #[error("too busy; try again in {} ms", retry_after.as_millis())]
    Saturated { retry_after: Duration },
    /// It was not tried: the database takes no writes just now.
    #[error("read only for now; try again in {} ms", retry_after.as_millis())]
    ReadOnly { retry_after: Duration },
    /// The workspace is not written here.
    #[error("the workspace is not here")]
    Elsewhere,
    /// It may have happened. The same key tells.
    #[error("the outcome is not known yet; send it again with the same key")]
    Unknown,
    /// It alone cannot be stored; nothing happened.
    #[error("this could not be stored: {0}")]
    Failed(String),
    /// The server is going down before it was tried.
    #[error("the server is stopping")]
    Stopping,
}
