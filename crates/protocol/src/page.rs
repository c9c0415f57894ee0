//! What was said, in pages and one by one, and what people send to say something.

use domain::{AccountId, Epoch, Position, Reaction, Stamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::Message;
use crate::person::People;
use crate::time::{self, At};
use crate::written::{epoch, position};

/// A part of a channel's timeline or of a thread, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<'a> {
    #[serde(serialize_with = "epoch")]
    #[schema(value_type = String, example = "3640000000000000000")]
    pub epoch: Epoch,
    #[serde(serialize_with = "position")]
    #[schema(value_type = u64)]
    pub position: Position,
    pub messages: Vec<Message<'a>>,
    #[schema(value_type = std::collections::BTreeMap<String, crate::Person>)]
    pub people: People,
    /// The first number there is.
    pub first: u64,
    /// The last number there is; 0: nothing was ever said.
    pub last: u64,
    /// What a page around something is around.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u64>,
    /// How far you have read, of a page around what is unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<u64>,
    /// Of replies: what they answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Message<'a>>,
}

/// One message, with the people it names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OneMessage)]
pub struct One<'a> {
    #[serde(flatten)]
    pub message: Message<'a>,
    #[schema(value_type = std::collections::BTreeMap<String, crate::Person>)]
    pub people: People,
    #[serde(serialize_with = "epoch")]
    #[schema(value_type = String, example = "3640000000000000000")]
    pub epoch: Epoch,
    #[serde(serialize_with = "position")]
    #[schema(value_type = u64)]
    pub position: Position,
}

/// What a message said before it was edited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Past {
    /// 1: as it was sent.
    pub version: u64,
    pub text: String,
    #[serde(serialize_with = "time::stamp")]
    #[schema(value_type = String)]
    pub stamp: Stamp,
    /// Since when it said so.
    #[schema(value_type = String, format = DateTime)]
    pub at: At,
}

impl Past {
    pub fn of(past: domain::MessagePast) -> Self {
        Self { version: past.version, text: past.text, stamp: past.at_us, at: At(past.at_us) }
    }
}

/// Who reacted with what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reacting {
    pub emoji: String,
    #[schema(value_type = String)]
    pub account: AccountId,
    #[serde(serialize_with = "time::stamp")]
    #[schema(value_type = String)]
    pub stamp: Stamp,
    #[schema(value_type = String, format = DateTime)]
    pub at: At,
}

impl Reacting {
    pub fn of(reaction: Reaction) -> Self {
        let Reaction { emoji, account, at_us, .. } = reaction;
        Self { emoji, account, stamp: at_us, at: At(at_us) }
    }
}

/// By emoji, then by account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reactors {
    pub items: Vec<Reacting>,
    pub next: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, crate::Person>)]
    pub people: People,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewMessage {
    /// Markdown, at most 16 KiB; `<@U…>`, `<!channel>` and `<!here>` call people.
    pub text: String,
    /// The number of the message it replies to.
    #[schema(maximum = 9_223_372_036_854_775_807_i64)]
    pub thread: Option<u64>,
    /// Of a reply: shown in the channel too.
    #[serde(default)]
    pub in_channel: bool,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewReply {
    pub text: String,
    /// Shown in the channel too.
    #[serde(default)]
    pub in_channel: bool,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewText {
    pub text: String,
}

/// How far you have read; it only grows, unless `back` says otherwise.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct Read {
    #[schema(maximum = 9_223_372_036_854_775_807_i64)]
    pub number: u64,
    #[schema(maximum = 9_223_372_036_854_775_807_i64)]
    pub thread: Option<u64>,
    /// Unread from `number` on: the private version this was decided on; a later mark stands.
    #[schema(maximum = 9_223_372_036_854_775_807_i64)]
    pub back: Option<u64>,
}
