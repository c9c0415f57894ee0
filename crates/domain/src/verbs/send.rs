//! Somebody says something, in the channel or in a thread.

use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{FACES_MAX, SHOUT_MEMBERS_MAX};
use crate::permission::{Standing, needs_standing, open_workspace, standing};
use crate::private::PrivateItem;
use crate::rights::Right;
use crate::rows::{
    Channel, ChannelKind, ChannelTip, Extra, Member, Mention, Mentions, Message, Replies, Seat, Shout,
    ShoutKind, ThreadSeat, ThreadState, WorkspaceSelf,
};
use crate::text::{MessageText, mentions_in};
use crate::{AccountId, By, Changes, ChannelId, Command, Needs, Position, Refusal, Reply, World};

#[derive(Debug)]
pub struct Send {
    channel: ChannelId,
    /// 0: the timeline.
    thread: u64,
    text: MessageText,
    mentions: Mentions,
    /// A reply shown in the timeline too.
    in_channel: bool,
    /// Who the asker believes wrote the root: names that person's rows, and is judged.
    root_author: Option<AccountId>,
}

impl Send {
    pub fn new(channel: ChannelId, text: MessageText) -> Result<Self, Refusal> {
        let mentions = mentions_in(text.as_str())?;
        Ok(Self { channel, thread: 0, text, mentions, in_channel: false, root_author: None })
    }
    #[must_use]
    pub fn in_thread(mut self, thread: u64, root_author: Option<AccountId>) -> Self {
        (self.thread, self.root_author) = (thread, root_author);
        self
    }
    #[must_use]
    pub fn also_in_channel(mut self) -> Self {
        self.in_channel = true;
        self
    }
    /// Those who may start to follow the thread by this reply.
    fn followers(&self, by: By) -> impl Iterator<Item = AccountId> + '_ {
        let named = self.mentions.people.iter().copied();
        std::iter::once(by.account).chain(self.root_author).chain(named).filter(|_| self.thread > 0)
    }
}

impl Command for Send {
    fn name(&self) -> &'static str {
        "send"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        for person in &self.mentions.people {
            needs.row::<Seat>((self.channel, *person));
        }
        if self.thread > 0 {
            needs.row::<Message>((self.channel, 0, self.thread));
        }
        for person in self.followers(by) {
            needs.row::<Seat>((self.channel, person));
            needs.row::<Member>((by.workspace, person));
            needs.row::<ThreadSeat>((self.channel, self.thread, person));
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        let workspace = open_workspace(by, world)?;
        standing.may_post()?;
        if self.mentions.all.is_some() && standing.channel.kind != ChannelKind::Direct {
            Right::Shout.required(standing.member, &workspace.settings.0)?;
        }
        let mentions = self.who_is_called(by, &standing, world)?;
        let mut changes = Changes::begin(world);
        let at = changes.next();
        let (number, extra) = match self.thread {
            0 => {
                let number = standing.tip.last_number + 1;
                let tip = ChannelTip {
                    last_number: number,
                    last_us: changes.stamp(),
                    last_position: at,
                    ..standing.tip.clone()
                };
                changes.put(tip);
                (number, Extra { mentions, ..Extra::default() })
            }
            thread => self.reply_to(thread, by, &standing, mentions, world, &mut changes)?,
        };
        changes.tell(Tell::of(EventKind::MessageSent, audience(standing.channel)).by(by.account).message(
            self.channel,
            self.thread,
            number,
        ));
        self.call(&extra.mentions, number, by, at, &mut changes);
        let mut message = blank(self.channel, self.thread, number, by, at, &changes);
        self.text.as_str().clone_into(&mut message.text);
        let shown = extra.in_channel;
        message.set_extra(extra);
        changes.put(message);
        let reply = shown.map(|row| Reply::of(&serde_json::json!({ "number": number, "in_channel": row })));
        Ok(changes.answering(reply.unwrap_or_else(|| Reply::number(number))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, self.text.as_str().as_bytes());
        field(into, &[u8::from(self.in_channel)]);
    }
}

/// Who hears of what happens in a channel.
pub(super) fn audience(channel: &Channel) -> Audience {
    match channel.kind {
        ChannelKind::Public => Audience::SeatsAndLookers,
        ChannelKind::Private | ChannelKind::Direct => Audience::Seats,
    }
}

pub(super) fn blank(
    channel: ChannelId,
    thread: u64,
    number: u64,
    by: By,
    at: Position,
    changes: &Changes,
) -> Message {
    Message {
        channel,
        thread,
        number,
        at_us: changes.stamp(),
        author: by.account,
        text: String::new(),
        extra: None,
        edited_us: None,
        deleted_us: None,
        last_reply: 0,
        position: at,
        changed: at,
    }
}

impl Send {
    /// Only who sits here can be called; a call to everyone in a large channel is for admins.
    fn who_is_called(&self, by: By, standing: &Standing<'_>, world: &World) -> Result<Mentions, Refusal> {
        let mut mentions = self.mentions.clone();
        mentions
            .people
            .retain(|person| world.get::<Seat>(&(self.channel, *person)).is_some_and(Seat::is_held));
        mentions.people.retain(|person| *person != by.account);
        if mentions.all.is_some() && standing.tip.members > SHOUT_MEMBERS_MAX && !standing.member.is_admin() {
            let message = "only admins call everyone in a channel of more than 1,000 members";
            return Err(Refusal::not_allowed("shout", message));
        }
        Ok(mentions)
    }

    fn reply_to(
        &self,
        thread: u64,
        by: By,
        standing: &Standing<'_>,
        mentions: Mentions,
        world: &World,
        changes: &mut Changes,
    ) -> Result<(u64, Extra), Refusal> {
        let root =
            world.get::<Message>(&(self.channel, 0, thread)).ok_or_else(|| Refusal::not_found("message"))?;
        if root.deleted_us.is_some() && root.last_reply == 0 || root.extra().of.is_some() {
            return Err(Refusal::not_found("message"));
        }
        let (at, number) = (changes.next(), root.last_reply + 1);
        let mut extra = root.extra();
        let replies = extra.replies.get_or_insert_with(Replies::default);
        replies.count += 1;
        replies.last_us = changes.stamp().0;
        if replies.people.len() < FACES_MAX && !replies.people.contains(&by.account) {
            replies.people.push(by.account);
        }
        let mut root = Message { last_reply: number, changed: at, ..root.clone() };
        root.set_extra(extra);
        self.follow(root.author, &mentions, by, world, changes);
        changes.put(root);
        let mut extra = Extra { mentions, ..Extra::default() };
        let mut tip = ChannelTip { last_position: at, ..standing.tip.clone() };
        if self.in_channel {
            tip.last_number += 1;
            tip.last_us = changes.stamp();
            extra.in_channel = Some(tip.last_number);
            let mut row = blank(self.channel, 0, tip.last_number, by, at, changes);
            row.set_extra(Extra { of: Some((thread, number)), ..Extra::default() });
            changes.put(row);
        }
        changes.put(tip);
        Ok((number, extra))
    }

    /// Writing in a thread, being named there, or having written its root follows it, unless one left it.
    fn follow(
        &self,
        root_author: AccountId,
        mentions: &Mentions,
        by: By,
        world: &World,
        changes: &mut Changes,
    ) {
        let mut done = Vec::new();
        for person in self.followers(by) {
            let wanted = person == by.account || person == root_author || mentions.people.contains(&person);
            let sits = world.get::<Seat>(&(self.channel, person)).is_some_and(Seat::is_held);
            let known = world.get::<ThreadSeat>(&(self.channel, self.thread, person)).is_some();
            let member = world.get::<Member>(&(by.workspace, person));
            let (true, true, false, Some(member)) = (wanted, sits, known, member) else { continue };
            if done.contains(&person) {
                continue;
            }
            done.push(person);
            let version = member.private + 1;
            changes.put(Member { private: version, ..member.clone() });
            changes.put(ThreadSeat {
                channel: self.channel,
                thread: self.thread,
                account: person,
                workspace: by.workspace,
                state: ThreadState::Following,
                read_number: 0,
                read_version: version,
            });
            let subject = format!("{}.{}", self.channel, self.thread);
            changes
                .whisper(person, PrivateItem { kind: "follow", subject, value: Some("{}".into()), version });
        }
    }

    fn call(&self, mentions: &Mentions, number: u64, by: By, position: Position, changes: &mut Changes) {
        for person in &mentions.people {
            changes.put(Mention {
                workspace: by.workspace,
                account: *person,
                position,
                channel: self.channel,
                thread: self.thread,
                number,
                seen: false,
            });
        }
        if let Some(kind) = mentions.all.as_deref().and_then(|word| word.parse::<ShoutKind>().ok()) {
            let (channel, thread) = (self.channel, self.thread);
            changes.put(Shout { channel, thread, number, workspace: by.workspace, position, kind });
        }
    }
}
