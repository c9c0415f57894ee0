//! Channels, seats and what is said in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cell::Json;
use crate::{AccountId, ChannelId, FileId, Position, Stamp, WorkspaceId, row, word_cell};

word_cell!(ChannelKind { Public = "public", Private = "private", Direct = "direct" });
word_cell!(ChannelState { Active = "active", Archived = "archived" });
word_cell!(
    /// A left seat keeps its row, so that the leaver's other devices learn of it.
    SeatRole { Manager = "manager", Member = "member", Left = "left" }
);
word_cell!(ShoutKind { Channel = "channel", Here = "here" });

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelProfile {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub topic: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// Whoever joins the workspace joins this channel.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
    /// Only managers and admins may post.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub admins_post: bool,
    /// Who a direct channel is between.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub direct: Vec<AccountId>,
}

/// The last 32 deleted numbers of a run: unread = last − read − holes after read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holes(pub Vec<u64>);

impl Holes {
    pub const MAX: usize = 32;
    pub fn add(&mut self, number: u64) {
        if let Err(at) = self.0.binary_search(&number) {
            self.0.insert(at, number);
        }
        if self.0.len() > Self::MAX {
            self.0.remove(0);
        }
    }
    /// How many unread there are between a read mark and the end.
    pub fn unread(&self, read: u64, last: u64) -> u64 {
        let holes = self.0.iter().filter(|number| **number > read && **number <= last).count() as u64;
        last.saturating_sub(read).saturating_sub(holes)
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a root knows of its thread.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replies {
    pub count: u64,
    pub last_us: i64,
    /// The first few who wrote there.
    pub people: Vec<AccountId>,
    #[serde(default, skip_serializing_if = "Holes::is_empty")]
    pub holes: Holes,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reacted {
    pub count: u64,
    /// The first few who reacted.
    pub people: Vec<AccountId>,
}

/// Whom a message calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mentions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<AccountId>,
    /// `channel` or `here`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<String>,
    /// Who was named by an edit only, and the edit's position: there their list has it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<AccountId, Position>,
}

impl Mentions {
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.all.is_none()
    }
}

/// What hangs on a message besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Replies>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: BTreeMap<String, Reacted>,
    #[serde(skip_serializing_if = "Mentions::is_empty")]
    pub mentions: Mentions,
    /// Of a reply also shown in the channel: its number there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_channel: Option<u64>,
    /// Of a row in the timeline that only points at a reply: thread and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<(u64, u64)>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<serde_json::Value>,
}

row!(
    Channel in "channel" {
        key { workspace: WorkspaceId, id: ChannelId }
        rest {
            kind: ChannelKind,
            name: String,
            name_key: Option<String>,
            /// The set of a direct channel's people, so that there is one of each.
            direct_key: Option<Vec<u8>>,
            profile: Json<ChannelProfile>,
            state: ChannelState,
            /// When a public one became private; 0: never.
            hidden: Position,
            changed: Position,
        }
    }
);
row!(
    /// What changes with every message, kept narrow.
    ChannelTip in "channel_tip" {
        key { workspace: WorkspaceId, channel: ChannelId }
        rest {
            last_number: u64,
            last_us: Stamp,
            last_position: Position,
            members: u64,
            pins: u64,
            holes: Json<Holes>,
        }
    }
);
row!(
    /// A member in a channel, and how far they have read it.
    Seat in "channel_member" {
        key { channel: ChannelId, account: AccountId }
        rest {
            workspace: WorkspaceId,
            role: SeatRole,
            /// The position of joining: events before it are not delivered.
            since: Position,
            read_number: u64,
            read_version: u64,
            changed: Position,
        }
    }
);
row!(
    Message in "message" {
        key { channel: ChannelId, thread: u64, number: u64 }
        rest {
            at_us: Stamp,
            author: AccountId,
            text: String,
            extra: Option<Json<Extra>>,
            edited_us: Option<Stamp>,
            deleted_us: Option<Stamp>,
            last_reply: u64,
            position: Position,
            /// The last thing that touched it.
            changed: Position,
        }
    }
);
row!(
    /// An earlier text of a message.
    MessagePast in "message_past" {
        key { channel: ChannelId, thread: u64, number: u64, version: u64 }
        rest { text: String, at_us: Stamp }
    }
);
row!(
    Reaction in "reaction" {
        key { channel: ChannelId, thread: u64, number: u64, emoji: String, account: AccountId }
        rest { at_us: Stamp }
    }
);
row!(
    /// One row a person named; `position` is that of what named them: the message, or an edit of it.
    Mention in "mention" {
        key { workspace: WorkspaceId, account: AccountId, position: Position }
        rest { channel: ChannelId, thread: u64, number: u64, seen: bool }
    }
);
row!(
    /// One row for a call to everyone, whatever the number of seats.
    Shout in "shout" {
        key { channel: ChannelId, thread: u64, number: u64 }
        rest { workspace: WorkspaceId, position: Position, kind: ShoutKind }
    }
);
row!(
    Pin in "pin" { key { channel: ChannelId, thread: u64, number: u64 } rest { account: AccountId, at_us: Stamp } }
);
row!(
    File in "file" {
        key { workspace: WorkspaceId, id: FileId }
        rest { owner: AccountId, name: String, size: i64, digest: Vec<u8>, media: String, state: String, at_us: Stamp }
    }
);
row!(
    /// Where a file was shown; all of it is the key.
    FileShare in "file_share" { key { file: FileId, channel: ChannelId, thread: u64, number: u64 } rest {} }
);

impl Seat {
    pub fn is_held(&self) -> bool {
        self.role != SeatRole::Left
    }
    /// What admits its holder to a channel's events.
    pub fn held_since(&self) -> Option<Position> {
        self.is_held().then_some(self.since)
    }
}

impl Message {
    /// Where somebody it names was named.
    pub fn called_at(&self, account: AccountId) -> Position {
        self.extra().mentions.late.get(&account).copied().unwrap_or(self.position)
    }
    pub fn extra(&self) -> Extra {
        self.extra.clone().map(|extra| extra.0).unwrap_or_default()
    }
    pub fn set_extra(&mut self, extra: Extra) {
        self.extra = (extra != Extra::default()).then_some(Json(extra));
    }
}
