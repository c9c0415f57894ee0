//! An author mends a text; the earlier one is kept.

use super::field;
use super::send::audience;
use crate::event::{EventKind, Tell};
use crate::limits::{EDIT_SECONDS_DEFAULT, PAST_TEXTS_MAX};
use crate::permission::{PAST_TEXTS, message_values, needs_standing, open_workspace, standing};
use crate::rows::{ChannelTip, Mention, Mentions, Message, MessagePast, Seat, WorkspaceSelf};
use crate::text::{MessageText, mentions_in};
use crate::{By, Changes, ChannelId, Code, Command, Needs, Position, Refusal, Stamp, World};

#[derive(Debug)]
pub struct Edit {
    channel: ChannelId,
    thread: u64,
    number: u64,
    text: MessageText,
    mentions: Mentions,
}

impl Edit {
    pub fn new(channel: ChannelId, thread: u64, number: u64, text: MessageText) -> Result<Self, Refusal> {
        let mentions = mentions_in(text.as_str())?;
        Ok(Self { channel, thread, number, text, mentions })
    }
    fn key(&self) -> (ChannelId, u64, u64) {
        (self.channel, self.thread, self.number)
    }
}

impl Command for Edit {
    fn name(&self) -> &'static str {
        "edit"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.row::<Message>(self.key());
        needs.find::<MessagePast>(&PAST_TEXTS, message_values(self.channel, self.thread, self.number), 1);
        for person in &self.mentions.people {
            needs.row::<Seat>((self.channel, *person));
        }
    }
    /// Whom the earlier text called is known once it is read.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let Some(message) = seen.get::<Message>(&self.key()) else { return false };
        let before = needs.mention.keys.len();
        for person in message.extra().mentions.people {
            needs.row::<Mention>((by.workspace, person, message.called_at(person)));
        }
        if let Some(number) = message.extra().in_channel {
            needs.row::<Message>((self.channel, 0, number));
            return true;
        }
        needs.mention.keys.len() > before
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        let workspace = open_workspace(by, world)?;
        standing.may_write()?;
        let missing = || Refusal::not_found("message");
        let message = world.get::<Message>(&self.key()).ok_or_else(missing)?;
        let mut extra = message.extra();
        if message.deleted_us.is_some() || extra.of.is_some() {
            return Err(missing());
        }
        if message.author != by.account || extra.system.is_some() {
            return Err(Refusal::not_allowed("edit", "only its author edits a message"));
        }
        let mut changes = Changes::begin(world);
        let window = workspace.settings.0.edit_s.unwrap_or(EDIT_SECONDS_DEFAULT);
        if changes.stamp() > message.at_us.plus(i64::from(window) * Stamp::SECOND) {
            return Err(Refusal::not_allowed("edit", "the time to edit this message is over"));
        }
        if message.text == self.text.as_str() {
            return Ok(changes);
        }
        let values = message_values(self.channel, self.thread, self.number);
        let version =
            world.find::<MessagePast>(&PAST_TEXTS, &values).map(|past| past.version).max().unwrap_or(0) + 1;
        if version > u64::from(PAST_TEXTS_MAX) {
            return Err(Refusal::new(Code::Conflict, "this message was edited too often; write a new one"));
        }
        let at = changes.tell(
            Tell::of(EventKind::MessageEdited, audience(standing.channel)).by(by.account).message(
                self.channel,
                self.thread,
                self.number,
            ),
        );
        changes.put(MessagePast {
            channel: self.channel,
            thread: self.thread,
            number: self.number,
            version,
            text: message.text.clone(),
            at_us: message.edited_us.unwrap_or(message.at_us),
        });
        extra.mentions = self.call_anew(message, at, by, world, &mut changes);
        let mut edited = Message {
            text: self.text.as_str().to_owned(),
            edited_us: Some(changes.stamp()),
            changed: at,
            ..message.clone()
        };
        // A row in the timeline that points at the reply is drawn from it: what holds it is newer too.
        let shown = extra.in_channel.and_then(|row| world.get::<Message>(&(self.channel, 0, row)));
        if let Some(row) = shown {
            changes.put(Message { changed: at, ..row.clone() });
        }
        edited.set_extra(extra);
        changes.put(edited);
        changes.put(ChannelTip { last_position: at, ..standing.tip.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
        field(into, self.text.as_str().as_bytes());
    }
}

impl Edit {
    /// Who is named no longer is called no longer; who is named now is, from here on: whoever reads on after what they
    /// read last finds it. A call to everyone stays as it was sent: an edit wakes nobody up, and takes back nobody's
    /// right to have been told; whom it names was called by it already.
    fn call_anew(
        &self,
        message: &Message,
        at: Position,
        by: By,
        world: &World,
        changes: &mut Changes,
    ) -> Mentions {
        let was = message.extra().mentions;
        let mut now = self.mentions.clone();
        now.all.clone_from(&was.all);
        now.people.retain(|person| {
            *person != by.account && world.get::<Seat>(&(self.channel, *person)).is_some_and(Seat::is_held)
        });
        now.late.clone_from(&was.late);
        now.late.retain(|person, _| now.people.contains(person));
        for gone in was.people.iter().filter(|person| !now.people.contains(person)) {
            changes.remove::<Mention>((by.workspace, *gone, message.called_at(*gone)));
        }
        for new in now.people.iter().filter(|person| !was.people.contains(person)) {
            let position = if was.all.is_some() { message.position } else { at };
            if position == at {
                now.late.insert(*new, at);
            }
            changes.put(Mention {
                workspace: by.workspace,
                account: *new,
                position,
                channel: self.channel,
                thread: self.thread,
                number: self.number,
                seen: false,
            });
        }
        now
    }
}
