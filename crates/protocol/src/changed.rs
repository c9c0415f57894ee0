//! What moved while somebody was away.

use domain::changed::{Followed, Mine, Part};
use domain::{ChannelId, SeatRole, Stamp, WorkspaceSelf};
use serde::Serialize;
use utoipa::ToSchema;

use crate::channel::Channel;
use crate::event::Itself;
use crate::person::{self, People, Person};
use crate::time::At;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Changed {
    /// Where it is newer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Itself>,
    pub channels: Vec<MyChannel>,
    /// Those I follow with something unread: all of them, moved or not.
    pub threads: Vec<MyThread>,
    /// Me and my direct partners, where newer.
    #[schema(value_type = BTreeMap<String, Person>)]
    pub people: People,
    /// Channels that are mine no longer: drop what you hold of them.
    #[schema(value_type = Vec<String>)]
    pub left: Vec<ChannelId>,
    /// Another part follows: ask again with this `cursor`. `position` counts after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MyChannel {
    #[schema(value_type = String)]
    pub channel: ChannelId,
    /// Where it is newer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Channel>,
    /// Mine there.
    #[schema(value_type = crate::seat::Role)]
    pub role: &'static str,
    /// Of the last event of any kind.
    pub last_position: u64,
    pub last_number: u64,
    #[schema(value_type = String, format = DateTime)]
    pub last_at: At,
    pub read: u64,
    /// Unread numbers that name me or call everyone, at most 100.
    pub mentions: Vec<u64>,
    /// The last deleted numbers: unread = last − read − holes after read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MyThread {
    #[schema(value_type = String)]
    pub channel: ChannelId,
    pub thread: u64,
    pub last_number: u64,
    #[schema(value_type = String, format = DateTime)]
    pub last_at: At,
    pub read: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<u64>,
    pub mentions: Vec<u64>,
}

impl Changed {
    pub fn of(workspace: Option<&WorkspaceSelf>, part: Part, more: Option<String>, now: Stamp) -> Self {
        Self {
            workspace: workspace.map(Itself::of),
            channels: part.channels.into_iter().map(MyChannel::of).collect(),
            threads: part.threads.into_iter().map(MyThread::of).collect(),
            people: person::people(&part.people, now),
            left: part.left,
            more,
        }
    }
}

impl MyChannel {
    fn of(mine: Mine) -> Self {
        let Mine { seat, tip, image, mentions } = mine;
        Self {
            channel: seat.channel,
            image: image.map(|channel| Channel::of(&channel, &tip)),
            role: if seat.role == SeatRole::Manager { "manager" } else { "member" },
            last_position: tip.last_position.0,
            last_number: tip.last_number,
            last_at: At(tip.last_us),
            read: seat.read_number,
            mentions,
            holes: tip.holes.0.0,
        }
    }
}

impl MyThread {
    fn of(thread: Followed) -> Self {
        let Followed { channel, thread, read, last_number, replies, mentions } = thread;
        let (last_at, holes) = (At(Stamp(replies.last_us)), replies.holes.0);
        Self { channel, thread, last_number, last_at, read, holes, mentions }
    }
}
