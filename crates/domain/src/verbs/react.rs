//! A reaction comes or goes. Coming twice is coming once.

use super::field;
use super::send::audience;
use crate::event::{EventKind, Tell};
use crate::limits::{FACES_MAX, REACTIONS_MAX};
use crate::permission::{needs_standing, open_workspace, standing};
use crate::rows::{ChannelTip, Message, Reacted, Reaction, WorkspaceSelf};
use crate::text::Emoji;
use crate::{By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

#[derive(Debug)]
pub struct React {
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
    pub emoji: Emoji,
    /// Otherwise it is taken back.
    pub on: bool,
}

type ReactionKey = (ChannelId, u64, u64, String, crate::AccountId);

impl React {
    fn key(&self) -> (ChannelId, u64, u64) {
        (self.channel, self.thread, self.number)
    }
    fn reaction(&self, by: By) -> ReactionKey {
        (self.channel, self.thread, self.number, self.emoji.as_str().to_owned(), by.account)
    }
}

impl Command for React {
    fn name(&self) -> &'static str {
        "react"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.row::<Message>(self.key());
        needs.row::<Reaction>(self.reaction(by));
    }
    /// Where else a reply is shown is known once it is read.
    fn alone(&self) -> bool {
        self.thread > 0
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
        standing.may_write()?;
        let message = world
            .get::<Message>(&self.key())
            .filter(|message| message.deleted_us.is_none() && message.extra().of.is_none())
            .ok_or_else(|| Refusal::not_found("message"))?;
        let mut changes = Changes::begin(world);
        if world.get::<Reaction>(&self.reaction(by)).is_some() == self.on {
            return Ok(changes);
        }
        let mut extra = message.extra();
        let kind = if self.on {
            let new = !extra.reactions.contains_key(self.emoji.as_str());
            if new && extra.reactions.len() >= REACTIONS_MAX {
                let message = format!("a message takes at most {REACTIONS_MAX} different reactions");
                return Err(Refusal::new(Code::Conflict, message));
            }
            let reacted = extra.reactions.entry(self.emoji.as_str().into()).or_insert_with(Reacted::default);
            reacted.count += 1;
            if reacted.people.len() < FACES_MAX {
                reacted.people.push(by.account);
            }
            let (channel, thread, number, emoji, account) = self.reaction(by);
            changes.put(Reaction { channel, thread, number, emoji, account, at_us: changes.stamp() });
            EventKind::ReactionAdded
        } else {
            if let Some(reacted) = extra.reactions.get_mut(self.emoji.as_str()) {
                reacted.count = reacted.count.saturating_sub(1);
                reacted.people.retain(|person| *person != by.account);
            }
            extra.reactions.retain(|_, reacted| reacted.count > 0);
            changes.remove::<Reaction>(self.reaction(by));
            EventKind::ReactionRemoved
        };
        let at = changes.tell(
            Tell::of(kind, audience(standing.channel))
                .by(by.account)
                .message(self.channel, self.thread, self.number)
                .with(self.emoji.as_str().to_owned()),
        );
        // A row in the timeline that points at the reply is drawn from it: what holds it is newer too.
        let shown = extra.in_channel.and_then(|row| world.get::<Message>(&(self.channel, 0, row)));
        if let Some(row) = shown {
            changes.put(Message { changed: at, ..row.clone() });
        }
        let mut touched = Message { changed: at, ..message.clone() };
        touched.set_extra(extra);
        changes.put(touched);
        changes.put(ChannelTip { last_position: at, ..standing.tip.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
        field(into, self.emoji.as_str().as_bytes());
        field(into, &[u8::from(self.on)]);
    }
}
