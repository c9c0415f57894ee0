//! Who may do what. Reading private content, writing and listing all ask here.

use crate::cell::Value;
use crate::row::{Direction, Index};
use crate::rows::{
    Channel, ChannelKind, ChannelState, ChannelTip, Member, Message, Role, Seat, SeatRole, SelfState,
    WorkspaceSelf,
};
use crate::{By, ChannelId, Code, Needs, Refusal, World};

/// A channel's name is taken once per workspace.
pub static CHANNEL_BY_NAME: Index =
    Index { table: "channel", columns: &["workspace", "name_key"], fixed: &[], order: None, by: None };
/// The first earlier texts of a message, newest first.
pub static PAST_TEXTS: Index = Index {
    table: "message_past",
    columns: &["channel", "thread", "number"],
    fixed: &[],
    order: Some(("version", Direction::Down)),
    by: None,
};
/// What still calls a person in a channel.
pub static UNSEEN_MENTIONS: Index = Index {
    table: "mention",
    columns: &["workspace", "account", "channel"],
    fixed: &[("seen", 0)],
    order: Some(("position", Direction::Up)),
    by: Some("mention_unseen"),
};
/// The latest calls to a person anywhere.
pub static LATEST_MENTIONS: Index = Index {
    table: "mention",
    columns: &["workspace", "account"],
    fixed: &[],
    order: Some(("position", Direction::Down)),
    by: None,
};
/// What somebody was told and has not seen.
pub static UNSEEN_NOTIFICATIONS: Index = Index {
    table: "notification",
    columns: &["workspace", "account"],
    fixed: &[("seen_us", 0)],
    order: Some(("position", Direction::Up)),
    by: Some("notification_unseen"),
};
/// An e-mail address opens one account.
pub static ACCOUNT_BY_EMAIL: Index =
    Index { table: "account", columns: &["email_key"], fixed: &[], order: None, by: None };
/// A workspace's slug is taken once.
pub static PLACE_BY_SLUG: Index =
    Index { table: "workspace", columns: &["slug"], fixed: &[], order: None, by: None };
/// Where somebody is a member, or was.
pub static MEMBERSHIPS_OF: Index = Index {
    table: "membership",
    columns: &["account"],
    fixed: &[],
    order: Some(("workspace", Direction::Up)),
    by: None,
};

/// A direct channel is one by the set of its people.
pub static CHANNEL_BY_DIRECT: Index =
    Index { table: "channel", columns: &["workspace", "direct_key"], fixed: &[], order: None, by: None };
/// Where somebody sits or sat.
pub static SEATS_OF: Index = Index {
    table: "channel_member",
    columns: &["workspace", "account"],
    fixed: &[],
    order: Some(("channel", Direction::Up)),
    by: Some("channel_member_account"),
};
/// An invitation is opened by what its code hashes to.
pub static INVITATION_BY_HASH: Index =
    Index { table: "invitation", columns: &["hash"], fixed: &[], order: None, by: None };
/// A session or token as its owner names it.
pub static CREDENTIAL_BY_ID: Index =
    Index { table: "credential", columns: &["id"], fixed: &[], order: None, by: None };
/// Where an account is signed in, and its tokens.
pub static CREDENTIALS_OF: Index = Index {
    table: "credential",
    columns: &["account"],
    fixed: &[],
    order: None,
    by: Some("credential_account"),
};

/// Every index a command may ask; a test reads the plan of each.
pub static INDEXES: &[&Index] = &[
    &CHANNEL_BY_NAME,
    &PAST_TEXTS,
    &UNSEEN_MENTIONS,
    &LATEST_MENTIONS,
    &UNSEEN_NOTIFICATIONS,
    &ACCOUNT_BY_EMAIL,
    &PLACE_BY_SLUG,
    &MEMBERSHIPS_OF,
    &CHANNEL_BY_DIRECT,
    &SEATS_OF,
    &INVITATION_BY_HASH,
    &CREDENTIAL_BY_ID,
    &CREDENTIALS_OF,
];

/// Where somebody stands towards a channel, once it is clear that they may see it.
#[derive(Debug)]
pub struct Standing<'w> {
    pub member: &'w Member,
    pub channel: &'w Channel,
    pub tip: &'w ChannelTip,
    /// Held: a left seat is none.
    pub seat: Option<&'w Seat>,
}

/// The rows a standing is made of.
pub fn needs_standing(by: By, channel: ChannelId, needs: &mut Needs) {
    needs.row::<Member>((by.workspace, by.account));
    needs.row::<Channel>((by.workspace, channel));
    needs.row::<ChannelTip>((by.workspace, channel));
    needs.row::<Seat>((channel, by.account));
}

/// An active member, or the workspace does not exist for the asker.
pub fn member(by: By, world: &World) -> Result<&Member, Refusal> {
    let member = world
        .get::<Member>(&(by.workspace, by.account))
        .filter(|member| member.is_active())
        .ok_or_else(|| Refusal::not_found("workspace"))?;
    if !member.admits_session_of(by.signed_us) {
        let message =
            "an admin asked everyone signed in before to sign in again; sign in to enter this workspace";
        return Err(Refusal::new(Code::SignedOut, message));
    }
    Ok(member)
}

/// Guests know only the channels they were given.
pub fn sees_public(member: &Member) -> bool {
    member.role != Role::Guest
}

/// Whether a channel shows itself: to who sits there, and a public one to whoever sees those.
pub fn shows(kind: ChannelKind, member: &Member, seated: bool) -> bool {
    seated || kind == ChannelKind::Public && sees_public(member)
}

/// What one may not see is not found. The channel is asked for in the asker's own workspace first, since
/// messages and seats are keyed by channel alone.
pub fn standing(by: By, channel: ChannelId, world: &World) -> Result<Standing<'_>, Refusal> {
    let member = member(by, world)?;
    let missing = || Refusal::not_found("channel");
    let channel = world.get::<Channel>(&(by.workspace, channel)).ok_or_else(missing)?;
    let tip = world.get::<ChannelTip>(&(by.workspace, channel.id)).ok_or_else(missing)?;
    let seat = world.get::<Seat>(&(channel.id, by.account)).filter(|seat| seat.is_held());
    if !shows(channel.kind, member, seat.is_some()) {
        return Err(missing());
    }
    Ok(Standing { member, channel, tip, seat })
}

impl Standing<'_> {
    /// Writing of any kind needs a seat in a channel that is not archived.
    pub fn may_write(&self) -> Result<&Seat, Refusal> {
        if self.channel.state == ChannelState::Archived {
            return Err(Refusal::not_allowed(
                "archived",
                "the channel is archived; restore it to write in it",
            ));
        }
        self.seat.ok_or_else(|| Refusal::not_allowed("seat", "join the channel to take part in it"))
    }
    pub fn may_post(&self) -> Result<&Seat, Refusal> {
        let seat = self.may_write()?;
        if self.channel.profile.0.admins_post && !self.moderates() {
            return Err(Refusal::not_allowed("posting", "only admins post in this channel"));
        }
        Ok(seat)
    }
    /// What only those who look after the channel do.
    pub fn required_to_moderate(&self) -> Result<(), Refusal> {
        if self.channel.kind == ChannelKind::Direct {
            return Err(Refusal::not_allowed(
                "direct",
                "a direct channel is made of its people and stays as it is",
            ));
        }
        if self.moderates() {
            return Ok(());
        }
        Err(Refusal::not_allowed("moderate", "only the channel's managers and admins do this"))
    }
    /// Earlier texts are for who wrote them and who looks after the channel. Those of a deleted message, where the
    /// workspace keeps them at all, are an audit: for admins alone.
    pub fn may_read_past(&self, message: &Message) -> Result<(), Refusal> {
        let (allowed, words) = match message.deleted_us {
            None => (
                message.author == self.member.account || self.moderates(),
                "only its author and the channel's managers and admins read earlier texts",
            ),
            Some(_) => (self.member.is_admin(), "only admins read what is kept of a deleted message"),
        };
        if allowed { Ok(()) } else { Err(Refusal::not_allowed("history", words)) }
    }
    pub fn required_open(&self) -> Result<(), Refusal> {
        match self.channel.state {
            ChannelState::Active => Ok(()),
            ChannelState::Archived => {
                Err(Refusal::not_allowed("archived", "the channel is archived; restore it first"))
            }
        }
    }
    /// Admins everywhere they may see, managers in their channel unless they became guests; nobody in a direct
    /// channel.
    pub fn moderates(&self) -> bool {
        let manages =
            self.member.role != Role::Guest && self.seat.is_some_and(|seat| seat.role == SeatRole::Manager);
        self.channel.kind != ChannelKind::Direct && (manages || self.member.is_admin())
    }
}

/// Somebody else, as who asks may know them; who left is not found.
pub fn other(by: By, account: crate::AccountId, world: &World) -> Result<&Member, Refusal> {
    world
        .get::<Member>(&(by.workspace, account))
        .filter(|member| member.is_active())
        .ok_or_else(|| Refusal::not_found("member"))
}

/// Nothing changes in an archived workspace.
pub fn open_workspace(by: By, world: &World) -> Result<&WorkspaceSelf, Refusal> {
    let workspace =
        world.get::<WorkspaceSelf>(&(by.workspace,)).ok_or_else(|| Refusal::not_found("workspace"))?;
    match workspace.state {
        SelfState::Active => Ok(workspace),
        SelfState::Archived => {
            Err(Refusal::not_allowed("archived", "the workspace is archived; restore it first"))
        }
    }
}

/// The values an index is asked with.
#[macro_export]
macro_rules! values {
    ($($cell:expr),+ $(,)?) => { vec![$($crate::cell::Value::of($cell)),+] };
}

/// Channel, thread and number: how history and its tables are keyed.
pub fn message_values(channel: ChannelId, thread: u64, number: u64) -> Vec<Value> {
    values![&channel, &thread, &number]
}
