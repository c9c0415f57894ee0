//! A channel as everyone who may see it sees it.

use domain::cell::Json;
use domain::{AccountId, ChannelId, ChannelState, ChannelTip, Epoch, Position, Seat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::person::{People, Person};
use crate::workspace::State;
use crate::{seat, time, written};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Channel {
    #[schema(value_type = String)]
    pub id: ChannelId,
    #[schema(value_type = Kind)]
    pub kind: &'static str,
    pub name: String,
    pub topic: String,
    pub purpose: String,
    #[schema(value_type = State)]
    pub state: &'static str,
    /// Who may post.
    #[schema(value_type = Posting)]
    pub posting: &'static str,
    /// Whoever joins the workspace joins it.
    pub default: bool,
    pub members: u64,
    pub pins: u64,
    /// Who a direct channel is between.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub direct: Vec<AccountId>,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
}

impl Channel {
    pub fn of(channel: &domain::Channel, tip: &ChannelTip) -> Self {
        let Json(profile) = &channel.profile;
        Self {
            id: channel.id,
            kind: channel.kind.word(),
            name: channel.name.clone(),
            topic: profile.topic.clone(),
            purpose: profile.purpose.clone(),
            state: if channel.state == ChannelState::Active { "active" } else { "archived" },
            posting: if profile.admins_post { "admins" } else { "everyone" },
            default: profile.default,
            members: tip.members,
            pins: tip.pins,
            direct: profile.direct.clone(),
            changed: channel.changed.0,
        }
    }
}

/// A channel, how far it is, and how far the asker is in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ShownChannel)]
pub struct Shown {
    #[serde(flatten)]
    pub channel: Channel,
    /// Of the last message of its timeline.
    pub last_number: u64,
    /// Of the last thing that happened in it.
    pub last_position: u64,
    /// RFC 3339; when something was last said.
    pub last_at: String,
    /// The asker's own seat; absent where they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mine: Option<Mine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ChannelMine)]
pub struct Mine {
    #[schema(value_type = seat::Role)]
    pub role: &'static str,
    /// The number they have read to.
    pub read: u64,
    pub unread: u64,
    /// Unread messages that name them or call everyone, as far as a badge counts.
    pub mentions: u64,
    pub changed: u64,
}

impl Shown {
    /// A held seat comes with what calls its owner in the timeline.
    pub fn of(channel: &domain::Channel, tip: &ChannelTip, mine: Option<(&Seat, u64)>) -> Self {
        let own = |(seat, mentions): (&Seat, u64)| Mine {
            role: seat::role(seat),
            read: seat.read_number,
            unread: tip.holes.0.unread(seat.read_number, tip.last_number),
            mentions,
            changed: seat.changed.0,
        };
        Self {
            channel: Channel::of(channel, tip),
            last_number: tip.last_number,
            last_position: tip.last_position.0,
            last_at: time::of(tip.last_us),
            mine: mine.map(own),
        }
    }
}

/// One channel, with the people a direct one names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OneChannel)]
pub struct One {
    #[serde(flatten)]
    pub channel: Shown,
    #[serde(skip_serializing_if = "People::is_empty")]
    #[schema(value_type = BTreeMap<String, Person>)]
    pub people: People,
}

/// Of a channel that was changed and is out of the asker's sight now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelGone)]
pub struct Gone {
    #[schema(value_type = String)]
    pub id: ChannelId,
    #[serde(serialize_with = "written::epoch")]
    #[schema(value_type = String)]
    pub epoch: Epoch,
    #[serde(serialize_with = "written::position")]
    #[schema(value_type = u64)]
    pub position: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Public,
    Private,
    Direct,
}

impl Kind {
    pub fn of(self) -> domain::ChannelKind {
        match self {
            Self::Public => domain::ChannelKind::Public,
            Self::Private => domain::ChannelKind::Private,
            Self::Direct => domain::ChannelKind::Direct,
        }
    }
}

/// A new place to talk; a direct one is made of its members alone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = NewChannel)]
pub struct New {
    pub kind: Kind,
    /// Of a public or private one.
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[schema(max_length = 1024)]
    pub topic: Option<String>,
    #[schema(max_length = 1024)]
    pub purpose: Option<String>,
    /// Who sits there from the beginning; at most 50, of a direct one at most 8 others. Alone it is a notebook.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub members: Vec<AccountId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Posting {
    Everyone,
    Admins,
}

/// What a public channel may become, never back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Closed {
    Private,
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = ChannelChange)]
pub struct Change {
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[schema(max_length = 1024)]
    pub topic: Option<String>,
    #[schema(max_length = 1024)]
    pub purpose: Option<String>,
    pub posting: Option<Posting>,
    /// Whoever joins the workspace joins it.
    pub default: Option<bool>,
    pub kind: Option<Closed>,
}
