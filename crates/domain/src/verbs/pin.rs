//! A message is kept in sight of everyone in its channel, or no longer.

use super::field;
use super::send::audience;
use crate::event::{EventKind, Tell};
use crate::limits::PINS_MAX;
use crate::permission::{needs_standing, open_workspace, standing};
use crate::rows::{Channel, Message, Pin as PinRow, WorkspaceSelf};
use crate::{By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

/// By whoever may post there. Pinning twice is pinning once.
#[derive(Debug)]
pub struct Pin {
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
    /// Otherwise it is taken off.
    pub on: bool,
}

impl Pin {
    fn key(&self) -> (ChannelId, u64, u64) {
        (self.channel, self.thread, self.number)
    }
}

impl Command for Pin {
    fn name(&self) -> &'static str {
        if self.on { "pin" } else { "unpin" }
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.row::<Message>(self.key());
        needs.row::<PinRow>(self.key());
    }
    /// Where else a reply is shown is known once it is read.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, _by: By, seen: &World, needs: &mut Needs) -> bool {
        let shown = seen.get::<Message>(&self.key()).and_then(|message| message.extra().in_channel);
        shown.is_some_and(|number| {
            needs.row::<Message>((self.channel, 0, number));
            true
        })
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        standing.may_post()?;
        let message = world
            .get::<Message>(&self.key())
            .filter(|message| message.deleted_us.is_none() && message.extra().of.is_none())
            .ok_or_else(|| Refusal::not_found("message"))?;
        let mut changes = Changes::begin(world);
        if world.get::<PinRow>(&self.key()).is_some() == self.on {
            return Ok(changes);
        }
        let mut tip = standing.tip.clone();
        let (channel, thread, number) = self.key();
        let kind = if self.on {
            if tip.pins >= PINS_MAX {
                let message = format!("a channel has at most {PINS_MAX} pins; take one off first");
                return Err(Refusal::new(Code::Conflict, message));
            }
            tip.pins += 1;
            changes.put(PinRow { channel, thread, number, account: by.account, at_us: changes.stamp() });
            EventKind::MessagePinned
        } else {
            tip.pins = tip.pins.saturating_sub(1);
            changes.remove::<PinRow>(self.key());
            EventKind::MessageUnpinned
        };
        let at = changes
            .tell(Tell::of(kind, audience(standing.channel)).by(by.account).message(channel, thread, number));
        let mut touched = Message { changed: at, ..message.clone() };
        let mut extra = message.extra();
        extra.pinned = self.on;
        let shown = extra.in_channel.and_then(|row| world.get::<Message>(&(channel, 0, row)));
        touched.set_extra(extra);
        changes.put(touched);
        // A row in the timeline that points at the reply is drawn from it: what holds it is newer too.
        if let Some(row) = shown {
            changes.put(Message { changed: at, ..row.clone() });
        }
        tip.last_position = at;
        changes.put(tip);
        changes.put(Channel { changed: at, ..standing.channel.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
        field(into, &[u8::from(self.on)]);
    }
}
