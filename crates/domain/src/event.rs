//! What happened, and who may learn of it.

use crate::cell::{Cell, Corrupt, Kind, Sink, Source};
use crate::{AccountId, ChannelId, Event, Position, Role};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The number it is stored by: never given to another.
            pub fn code(self) -> i32 { match self { $(Self::$variant => $code),+ } }
            pub fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }

        impl Cell for $name {
            const KIND: Kind = Kind::Small;
            fn put(&self, sink: &mut dyn Sink) { sink.int(i64::from(self.code())); }
            fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
                match source.int()? {
                    None => Ok(None),
                    $(Some($code) => Ok(Some(Self::$variant)),)+
                    Some(_) => Err(Corrupt(concat!("an unknown ", stringify!($name)))),
                }
            }
        }
    };
}

coded!(
    /// Codes are grouped by tens, a noun each.
    EventKind {
        WorkspaceCreated = 1 "workspace.created",
        WorkspaceChanged = 2 "workspace.changed",
        WorkspaceArchived = 3 "workspace.archived",
        WorkspaceRestored = 4 "workspace.restored",
        MemberJoined = 11 "member.joined",
        MemberChanged = 12 "member.changed",
        MemberLeft = 13 "member.left",
        ChannelCreated = 21 "channel.created",
        ChannelChanged = 22 "channel.changed",
        ChannelHidden = 23 "channel.hidden",
        ChannelArchived = 24 "channel.archived",
        ChannelRestored = 25 "channel.restored",
        SeatJoined = 31 "seat.joined",
        SeatLeft = 32 "seat.left",
        SeatChanged = 33 "seat.changed",
        MessageSent = 41 "message.sent",
        MessageEdited = 42 "message.edited",
        MessageDeleted = 43 "message.deleted",
        MessagePinned = 44 "message.pinned",
        MessageUnpinned = 45 "message.unpinned",
        ReactionAdded = 51 "reaction.added",
        ReactionRemoved = 52 "reaction.removed",
        InvitationMade = 61 "invitation.made",
        InvitationUsed = 62 "invitation.used",
        InvitationRevoked = 63 "invitation.revoked",
        AuditNoted = 71 "audit.noted",
        InstallationSetUp = 101 "installation.set_up",
        AccountCreated = 102 "account.created",
        WorkspacePlaced = 103 "workspace.placed",
        MembershipChanged = 104 "membership.changed",
        LevelRaised = 105 "level.raised",
        SessionsEnded = 106 "sessions.ended",
        AccountChanged = 107 "account.changed",
    }
);

coded!(
    /// Decided with the event and stored in it.
    Audience {
        Everyone = 1 "everyone",
        /// Not guests; but of a person, the person and the guests who have them on the screen.
        Members = 2 "members",
        /// Who holds a seat in the event's channel.
        Seats = 3 "seats",
        /// And who looks at it without one: the channel is public.
        SeatsAndLookers = 4 "seats_and_lookers",
        /// Who may invite.
        Inviters = 5 "inviters",
        Admins = 6 "admins",
        /// The event's account alone.
        One = 7 "one",
        /// Nodes of the installation; no person.
        Nodes = 8 "nodes",
    }
);

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub account: AccountId,
    pub role: Role,
    pub may_invite: bool,
    /// Since when a seat is held in the event's channel; a left one is none.
    pub seat: Option<Position>,
    /// Has the event's channel on the screen or, where it tells of a person alone, that person. A guest looks only at
    /// whom a seat is shared with.
    pub looking: bool,
}

/// The only judge of delivery.
pub fn may_see(event: &Event, viewer: &Viewer) -> bool {
    // What ends or changes my own right to see must still reach me.
    if matches!(event.kind, EventKind::SeatLeft | EventKind::MemberLeft | EventKind::MemberChanged)
        && event.account == Some(viewer.account)
    {
        return true;
    }
    let seated = viewer.seat.is_some_and(|since| event.position >= since);
    match event.audience {
        Audience::Everyone => true,
        Audience::Members => {
            viewer.role != Role::Guest || (viewer.looking && event.kind == EventKind::MemberChanged)
        }
        Audience::Seats => seated,
        Audience::SeatsAndLookers => seated || (viewer.looking && viewer.role != Role::Guest),
        Audience::Inviters => viewer.may_invite,
        Audience::Admins => matches!(viewer.role, Role::Owner | Role::Admin),
        Audience::One => event.account == Some(viewer.account),
        Audience::Nodes => false,
    }
}

/// An event before it has its place.
#[derive(Debug, Clone)]
pub struct Tell {
    pub kind: EventKind,
    pub audience: Audience,
    pub actor: Option<AccountId>,
    pub channel: Option<ChannelId>,
    pub thread: Option<u64>,
    pub number: Option<u64>,
    pub account: Option<AccountId>,
    pub body: Option<String>,
}

impl Tell {
    pub fn of(kind: EventKind, audience: Audience) -> Self {
        Self {
            kind,
            audience,
            actor: None,
            channel: None,
            thread: None,
            number: None,
            account: None,
            body: None,
        }
    }
    #[must_use]
    pub fn by(mut self, actor: AccountId) -> Self {
        self.actor = Some(actor);
        self
    }
    #[must_use]
    pub fn in_channel(mut self, channel: ChannelId) -> Self {
        self.channel = Some(channel);
        self
    }
    #[must_use]
    pub fn message(mut self, channel: ChannelId, thread: u64, number: u64) -> Self {
        (self.channel, self.thread, self.number) = (Some(channel), Some(thread), Some(number));
        self
    }
    #[must_use]
    pub fn about(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }
    #[must_use]
    pub fn with(mut self, body: String) -> Self {
        self.body = Some(body);
        self
    }
    pub(crate) fn at(self, workspace: crate::WorkspaceId, position: Position, at_us: crate::Stamp) -> Event {
        let Self { kind, audience, actor, channel, thread, number, account, body } = self;
        Event { workspace, position, kind, audience, at_us, actor, channel, thread, number, account, body }
    }
}
