//! What happened, with the rows it touched as they are now: the same bytes for everyone who gets it.

use domain::{AccountId, ChannelId, EventKind, Position, SeatRole, Stamp, WorkspaceId, WorkspaceSelf};
use serde::Serialize;
use utoipa::ToSchema;

use crate::channel::Channel;
use crate::message::{Message, Replies};
use crate::person::Person;
use crate::time;
use crate::workspace::{self, Settings};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Event<'a> {
    pub position: u64,
    /// `message.sent`, `seat.joined` …; ignore those you do not know.
    pub kind: &'static str,
    #[serde(serialize_with = "time::stamp")]
    #[schema(value_type = String)]
    pub stamp: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub actor: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub channel: Option<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub account: Option<AccountId>,
    #[serde(skip_serializing_if = "Image::is_empty")]
    pub image: Image<'a>,
    /// A fact that has no row: the emoji of a reaction, the id of an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<&'a str>,
}

/// Rows as they are now, each with its `changed`: keep the newer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
pub struct Image<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message<'a>>,
    /// Of a reply: what it hangs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Root<'a>>,
    /// Of a reply also shown in the channel: its row there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Itself>,
}

/// What a thread did to the message it hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Root<'a> {
    pub number: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Replies<'a>>,
    pub changed: u64,
}

/// The whole channel, or of one somebody left only how many are left.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Place {
    Whole(Channel),
    Left {
        #[schema(value_type = String)]
        id: ChannelId,
        members: u64,
        changed: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventSeat)]
pub struct Seat {
    #[schema(value_type = String)]
    pub channel: ChannelId,
    #[schema(value_type = String)]
    pub account: AccountId,
    /// `manager` or `member`.
    pub role: &'static str,
    pub changed: u64,
}

/// Without status, which travels to who is looking.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = EventMember)]
pub struct Member {
    #[schema(value_type = String)]
    pub account: AccountId,
    #[serde(flatten)]
    pub person: Person,
}

/// The workspace itself, as all its members see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = WorkspaceItself)]
pub struct Itself {
    #[schema(value_type = String)]
    pub id: WorkspaceId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[schema(value_type = crate::workspace::State)]
    pub state: &'static str,
    pub settings: Settings,
    pub changed: u64,
}

impl<'a> Event<'a> {
    pub fn of(event: &'a domain::Event, image: &'a domain::Image) -> Self {
        Self {
            position: event.position.0,
            kind: event.kind.word(),
            stamp: event.at_us,
            actor: event.actor,
            channel: event.channel,
            thread: event.thread,
            number: event.number,
            account: event.account,
            image: Image::of(event, image),
            body: event.body.as_deref(),
        }
    }
}

impl<'a> Image<'a> {
    fn of(event: &domain::Event, image: &'a domain::Image) -> Self {
        // Rows may be newer than the event. A part of one is no older than the event and claims no more: what else
        // changed since comes with a later event, and that one's row is to be the newer.
        let upto = |changed: Position| changed.min(event.position).0;
        let place = |(channel, tip): &(domain::Channel, domain::ChannelTip)| match event.kind {
            EventKind::SeatLeft => {
                Place::Left { id: channel.id, members: tip.members, changed: upto(channel.changed) }
            }
            _ => Place::Whole(Channel::of(channel, tip)),
        };
        Self {
            message: image.message.as_ref().map(Message::of),
            root: image.root.as_ref().map(|root| Root::of(root, upto(root.changed))),
            row: image.row.as_ref().map(Message::of),
            channel: image.channel.as_ref().map(place),
            seat: image.seat.as_ref().map(Seat::of),
            member: image.member.as_ref().map(Member::of),
            workspace: image.workspace.as_ref().map(Itself::of),
        }
    }
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl<'a> Root<'a> {
    fn of(root: &'a domain::Message, changed: u64) -> Self {
        Self { number: root.number, replies: Message::of(root).replies, changed }
    }
}

impl Seat {
    pub fn of(seat: &domain::Seat) -> Self {
        // A left seat has no image of its own.
        let role = if seat.role == SeatRole::Manager { "manager" } else { "member" };
        Self { channel: seat.channel, account: seat.account, role, changed: seat.changed.0 }
    }
}

impl Member {
    fn of(member: &domain::Member) -> Self {
        let person = Person { status: None, dnd_until: None, ..Person::of(member, Stamp(i64::MAX)) };
        Self { account: member.account, person }
    }
}

impl Itself {
    pub fn of(itself: &WorkspaceSelf) -> Self {
        Self {
            id: itself.workspace,
            name: itself.name.clone(),
            picture: workspace::picture(itself),
            state: workspace::state(itself),
            settings: Settings::of(itself),
            changed: itself.changed.0,
        }
    }
}
