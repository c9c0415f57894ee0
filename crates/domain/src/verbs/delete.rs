//! A message goes: it keeps its number and loses its text, everywhere.

use super::field;
use super::send::audience;
use crate::cell::Json;
use crate::event::{EventKind, Tell};
use crate::limits::PAST_TEXTS_MAX;
use crate::permission::{PAST_TEXTS, Standing, message_values, needs_standing, open_workspace, standing};
use crate::rows::{
    Channel, ChannelTip, Extra, Holes, Mention, Message, MessagePast, Pin, Replies, Shout, WorkspaceSelf,
};
use crate::{By, Changes, ChannelId, Command, Needs, Position, Refusal, World};

#[derive(Debug)]
pub struct Delete {
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
}

impl Delete {
    fn key(&self) -> (ChannelId, u64, u64) {
        (self.channel, self.thread, self.number)
    }
    fn past_values(&self) -> Vec<crate::cell::Value> {
        message_values(self.channel, self.thread, self.number)
    }
}

impl Command for Delete {
    fn name(&self) -> &'static str {
        "delete"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.row::<Message>(self.key());
        needs.row::<Pin>(self.key());
        needs.row::<Shout>(self.key());
        needs.find::<MessagePast>(&PAST_TEXTS, self.past_values(), PAST_TEXTS_MAX);
        if self.thread > 0 {
            needs.row::<Message>((self.channel, 0, self.thread));
        }
    }
    /// Whom it called and where else it is shown is known once it is read.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let Some(message) = seen.get::<Message>(&self.key()) else { return false };
        let extra = message.extra();
        for person in &extra.mentions.people {
            needs.row::<Mention>((by.workspace, *person, message.called_at(*person)));
        }
        if let Some(number) = extra.in_channel {
            needs.row::<Message>((self.channel, 0, number));
            needs.row::<Pin>((self.channel, 0, number));
        }
        !extra.mentions.people.is_empty() || extra.in_channel.is_some()
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        let workspace = open_workspace(by, world)?;
        standing.may_write()?;
        let missing = || Refusal::not_found("message");
        let message = world.get::<Message>(&self.key()).ok_or_else(missing)?;
        if message.extra().of.is_some() {
            return Err(missing());
        }
        if message.extra().system.is_some() {
            return Err(Refusal::not_allowed("system", "what a channel remembers of itself stays"));
        }
        if message.author != by.account && !standing.moderates() {
            return Err(Refusal::not_allowed("delete", "only its author or a moderator deletes a message"));
        }
        let mut changes = Changes::begin(world);
        if message.deleted_us.is_some() {
            return Ok(changes);
        }
        let at = changes.tell(
            Tell::of(EventKind::MessageDeleted, audience(standing.channel)).by(by.account).message(
                self.channel,
                self.thread,
                self.number,
            ),
        );
        if !workspace.settings.0.keep_deleted {
            let values = self.past_values();
            let past: Vec<_> =
                world.find::<MessagePast>(&PAST_TEXTS, &values).map(crate::row::Row::key).collect();
            past.into_iter().for_each(|key| changes.remove::<MessagePast>(key));
        } else if let Some(kept) = self.keep_last(message, world) {
            changes.put(kept);
        }
        let mut tip = ChannelTip { last_position: at, ..standing.tip.clone() };
        self.unmention(message, by, &mut changes);
        unpin(self.key(), world, &mut tip, &mut changes);
        self.close_gap(message, at, &standing, &mut tip, world, &mut changes);
        changes.put(emptied(message, at, &changes));
        if tip.pins != standing.tip.pins {
            // The count is part of the channel's image.
            changes.put(Channel { changed: at, ..standing.channel.clone() });
        }
        changes.put(tip);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
    }
}

/// What stays of a deleted message: its place, and the thread that hangs on it.
fn emptied(message: &Message, at: Position, changes: &Changes) -> Message {
    let was = message.extra();
    let mut row =
        Message { text: String::new(), deleted_us: Some(changes.stamp()), changed: at, ..message.clone() };
    row.set_extra(Extra { replies: was.replies, in_channel: was.in_channel, of: was.of, ..Extra::default() });
    row
}

fn unpin(key: (ChannelId, u64, u64), world: &World, tip: &mut ChannelTip, changes: &mut Changes) {
    if world.get::<Pin>(&key).is_some() {
        changes.remove::<Pin>(key);
        tip.pins = tip.pins.saturating_sub(1);
    }
}

impl Delete {
    /// Where an audit wants it, the last text joins the earlier ones.
    fn keep_last(&self, message: &Message, world: &World) -> Option<MessagePast> {
        let values = self.past_values();
        let version =
            world.find::<MessagePast>(&PAST_TEXTS, &values).map(|past| past.version).max().unwrap_or(0) + 1;
        let (channel, thread, number) = self.key();
        (!message.text.is_empty()).then(|| MessagePast {
            channel,
            thread,
            number,
            version,
            text: message.text.clone(),
            at_us: message.edited_us.unwrap_or(message.at_us),
        })
    }

    fn unmention(&self, message: &Message, by: By, changes: &mut Changes) {
        for person in message.extra().mentions.people {
            changes.remove::<Mention>((by.workspace, person, message.called_at(person)));
        }
        changes.remove::<Shout>(self.key());
    }

    /// The numbers it had count as read by everyone.
    fn close_gap(
        &self,
        message: &Message,
        at: Position,
        standing: &Standing<'_>,
        tip: &mut ChannelTip,
        world: &World,
        changes: &mut Changes,
    ) {
        let mut holes: Holes = standing.tip.holes.0.clone();
        if self.thread == 0 {
            holes.add(self.number);
        } else if let Some(root) = world.get::<Message>(&(self.channel, 0, self.thread)) {
            let mut extra = root.extra();
            let replies = extra.replies.get_or_insert_with(Replies::default);
            replies.count = replies.count.saturating_sub(1);
            replies.holes.add(self.number);
            let mut root = Message { changed: at, ..root.clone() };
            root.set_extra(extra);
            changes.put(root);
        }
        if let Some(number) = message.extra().in_channel {
            holes.add(number);
            unpin((self.channel, 0, number), world, tip, changes);
            if let Some(row) = world.get::<Message>(&(self.channel, 0, number)) {
                changes.put(emptied(row, at, changes));
            }
        }
        tip.holes = Json(holes);
    }
}
