//! Somebody is told of a message they have not read; and says that they have seen what they were told.

use super::field;
use super::keep::PrivateKind;
use crate::limits::NOTIFICATIONS_SEEN_MAX;
use crate::permission::{Standing, UNSEEN_NOTIFICATIONS, member, needs_standing, standing};
use crate::rows::{
    ChannelKind, Member, Mention, Message, Notification, NotificationKind, Private, ThreadSeat, ThreadState,
};
use crate::{
    AccountId, By, Changes, ChannelId, Command, Needs, Position, Refusal, Reply, WorkspaceId, World, values,
};

/// What a job asks when it is due: by the one to be told, of the message that stands at this position. Whoever has read
/// it, may not see it any more, or wants no word of it is told nothing. Done twice is done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notify {
    pub position: Position,
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
}

/// How much of a channel somebody wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Nothing,
    Mentions,
    All,
}

impl Level {
    /// `"all"`, `"mentions"` or `"nothing"`, alone or as `{"level": …}`; what does not read says nothing.
    fn read(value: Option<&str>) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(value?).ok()?;
        match value.as_str().or_else(|| value.get("level")?.as_str())? {
            "all" => Some(Self::All),
            "mentions" => Some(Self::Mentions),
            "nothing" => Some(Self::Nothing),
            _ => None,
        }
    }
}

impl Command for Notify {
    fn name(&self) -> &'static str {
        "notify"
    }
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<Message>((self.channel, self.thread, self.number));
        needs.row::<Mention>((by.workspace, by.account, self.position));
        needs.row::<Notification>((by.workspace, by.account, self.position));
        if self.thread > 0 {
            needs.row::<ThreadSeat>((self.channel, self.thread, by.account));
        }
        for (kind, subject) in self.choices() {
            needs.row::<Private>(chosen(by, kind, subject));
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        let told = world.get::<Notification>(&(by.workspace, by.account, self.position));
        // Who left, was removed or lost sight of the channel hears nothing more of it.
        let Some(standing) = standing(by, self.channel, world).ok().filter(|_| told.is_none()) else {
            return Ok(changes.answering(Reply::of(&serde_json::json!({ "told": false }))));
        };
        let message = self.message(by, world);
        let reason = message.and_then(|message| self.reason(message, by, &standing, world));
        let wanted = reason.filter(|reason| self.is_wanted(*reason, by, world));
        if let (Some(message), Some(kind)) = (message, wanted) {
            changes.put(Notification {
                workspace: by.workspace,
                account: by.account,
                position: self.position,
                kind,
                channel: Some(self.channel),
                thread: Some(self.thread),
                number: Some(self.number),
                at_us: message.at_us,
                seen_us: crate::Stamp(0),
            });
        }
        Ok(changes.answering(Reply::of(&serde_json::json!({ "told": wanted.is_some() }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.position.0.to_be_bytes());
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
    }
}

impl Notify {
    /// Somebody else's words, still there; of another history another message stands there.
    fn message<'w>(&self, by: By, world: &'w World) -> Option<&'w Message> {
        let message = world.get::<Message>(&(self.channel, self.thread, self.number))?;
        let is_it = message.position == self.position && message.deleted_us.is_none();
        let extra = message.extra();
        let speaks = extra.system.is_none() && extra.of.is_none() && message.author != by.account;
        (is_it && speaks).then_some(message)
    }

    /// The strongest there is, of one who has not read it.
    fn reason(
        &self,
        message: &Message,
        by: By,
        standing: &Standing<'_>,
        world: &World,
    ) -> Option<NotificationKind> {
        let seat = standing.seat?;
        // Named by an edit, its row stands elsewhere; whether that was seen, the mark says alone.
        let late = message.called_at(by.account) != message.position;
        let mention = world.get::<Mention>(&(by.workspace, by.account, self.position));
        let follows = match self.thread {
            0 => None,
            thread => world.get::<ThreadSeat>(&(self.channel, thread, by.account)),
        };
        let read = match self.thread {
            0 => seat.read_number,
            _ => follows.map_or(0, |follows| follows.read_number),
        };
        if read >= self.number || mention.is_some_and(|mention| mention.seen) {
            return None;
        }
        if mention.is_some() || late {
            return Some(NotificationKind::Mention);
        }
        match self.thread {
            0 => (standing.channel.kind == ChannelKind::Direct).then_some(NotificationKind::Direct),
            _ => follows
                .is_some_and(|follows| follows.state == ThreadState::Following)
                .then_some(NotificationKind::Thread),
        }
    }

    /// What one chose for the channel goes before a mute, and both before what one chose for all: there, words said to
    /// oneself alone are as good as a mention.
    fn is_wanted(&self, reason: NotificationKind, by: By, world: &World) -> bool {
        let chosen = |(kind, subject)| world.get::<Private>(&chosen(by, kind, subject))?.value.as_deref();
        let [here, mute, everywhere] = self.choices().map(chosen);
        let needed = |calls: bool| if calls { Level::Mentions } else { Level::All };
        let named = reason == NotificationKind::Mention;
        if let Some(level) = Level::read(here) {
            return level >= needed(named);
        }
        let general = Level::read(everywhere).unwrap_or(Level::All);
        general >= needed(named || reason == NotificationKind::Direct) && (named || mute.is_none())
    }

    fn choices(&self) -> [(PrivateKind, String); 3] {
        let channel = self.channel.to_string();
        [
            (PrivateKind::Notify, channel.clone()),
            (PrivateKind::Mute, channel),
            (PrivateKind::Notify, "all".to_owned()),
        ]
    }
}

/// Whether somebody wants to be told of a call to everyone, by what they chose for the channel, whether they muted it,
/// and what they chose for all: it is a mention, but not one by name.
pub fn hears_shouts(here: Option<&str>, muted: bool, everywhere: Option<&str>) -> bool {
    match Level::read(here) {
        Some(level) => level >= Level::Mentions,
        None => !muted && Level::read(everywhere).unwrap_or(Level::All) >= Level::Mentions,
    }
}

fn chosen(by: By, kind: PrivateKind, subject: String) -> (WorkspaceId, AccountId, String, String) {
    (by.workspace, by.account, kind.word().to_owned(), subject)
}

/// All one was told up to a position is seen: at most 200 at once, the oldest first. Answers `{"rest": true}` where
/// there may be more.
#[derive(Debug, Clone, Copy)]
pub struct SeeNotifications {
    pub position: Position,
}

impl Command for SeeNotifications {
    fn name(&self) -> &'static str {
        "see_notifications"
    }
    /// Done twice is done once.
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        let mine = values![&by.workspace, &by.account];
        needs.find::<Notification>(&UNSEEN_NOTIFICATIONS, mine, NOTIFICATIONS_SEEN_MAX);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        member(by, world)?;
        let mine = values![&by.workspace, &by.account];
        let unseen: Vec<_> = world.find::<Notification>(&UNSEEN_NOTIFICATIONS, &mine).collect();
        let mut changes = Changes::begin(world);
        let seen_us = changes.stamp();
        let seen = unseen.iter().filter(|told| told.position <= self.position);
        let count = seen.clone().count();
        seen.for_each(|told| changes.put(Notification { seen_us, ..(*told).clone() }));
        let rest = count >= NOTIFICATIONS_SEEN_MAX as usize;
        Ok(changes.answering(Reply::of(&serde_json::json!({ "rest": rest }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.position.0.to_be_bytes());
    }
}
