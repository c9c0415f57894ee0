//! A thread is followed, or left alone: private, without event.

use super::field;
use crate::permission::{needs_standing, standing};
use crate::private::PrivateItem;
use crate::rows::{Member, Message, ThreadSeat, ThreadState};
use crate::{By, Changes, ChannelId, Command, Needs, Refusal, World};

/// Who follows has read what was said there before. Who left a thread on purpose is not brought back by being named
/// there.
#[derive(Debug)]
pub struct Follow {
    pub channel: ChannelId,
    pub thread: u64,
    /// Otherwise it is left.
    pub on: bool,
}

impl Command for Follow {
    fn name(&self) -> &'static str {
        if self.on { "follow" } else { "unfollow" }
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<Message>((self.channel, 0, self.thread));
        needs.row::<ThreadSeat>((self.channel, self.thread, by.account));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        if standing.seat.is_none() {
            return Err(Refusal::not_allowed("seat", "join the channel to follow its threads"));
        }
        let root = world
            .get::<Message>(&(self.channel, 0, self.thread))
            .filter(|root| root.extra().of.is_none() && (root.deleted_us.is_none() || root.last_reply > 0))
            .ok_or_else(|| Refusal::not_found("message"))?;
        let state = if self.on { ThreadState::Following } else { ThreadState::Left };
        let known = world.get::<ThreadSeat>(&(self.channel, self.thread, by.account));
        let mut changes = Changes::begin(world);
        if known.is_some_and(|known| known.state == state) {
            return Ok(changes);
        }
        let version = standing.member.private + 1;
        changes.put(Member { private: version, ..standing.member.clone() });
        changes.put(ThreadSeat {
            channel: self.channel,
            thread: self.thread,
            account: by.account,
            workspace: by.workspace,
            state,
            read_number: known.map_or(root.last_reply, |known| known.read_number),
            read_version: version,
        });
        let subject = format!("{}.{}", self.channel, self.thread);
        let value = self.on.then(|| "{}".to_owned());
        changes.whisper(by.account, PrivateItem { kind: "follow", subject, value, version });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &[u8::from(self.on)]);
    }
}
