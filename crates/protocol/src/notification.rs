//! What somebody was told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::Message;
use crate::person::{People, Person};

/// A page, with the people its messages name. A short page may have a next one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notifications<'a> {
    pub items: Vec<Notification<'a>>,
    pub next: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, Person>)]
    pub people: People,
}

/// A message I had not read when its time came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notification<'a> {
    /// The message's; what I say I have seen goes up to one of these.
    pub position: u64,
    /// Why: `mention`, `direct` or `thread`; `channel` or `here` where everyone was called.
    pub kind: &'static str,
    /// I said so; of a call to everyone: I have read it.
    pub seen: bool,
    pub message: Message<'a>,
}

/// Up to where I have seen what I was told.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct SeenTo {
    #[schema(minimum = 0)]
    pub position: u64,
}
