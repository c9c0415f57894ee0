//! How far one has read: private, without event, and it only grows unless one says "unread from here".

use super::field;
use crate::limits::MENTIONS_UNSEEN_MAX;
use crate::permission::{LATEST_MENTIONS, UNSEEN_MENTIONS, needs_standing, standing};
use crate::private::PrivateItem;
use crate::rows::{Member, Mention, Message, Seat, ThreadSeat};
use crate::{By, Changes, ChannelId, Command, Needs, Refusal, World, values};

#[derive(Debug)]
pub struct Mark {
    pub channel: ChannelId,
    /// 0: the timeline.
    pub thread: u64,
    pub number: u64,
    /// "Unread from here": goes back to before `number`, decided on this version of the mark.
    pub back: Option<u64>,
}

impl Command for Mark {
    fn name(&self) -> &'static str {
        "mark"
    }
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        if self.thread > 0 {
            needs.row::<ThreadSeat>((self.channel, self.thread, by.account));
            needs.row::<Message>((self.channel, 0, self.thread));
        }
        match self.back {
            None => needs.find::<Mention>(&UNSEEN_MENTIONS, self.here(by), MENTIONS_UNSEEN_MAX),
            Some(_) => needs.find::<Mention>(
                &LATEST_MENTIONS,
                values![&by.workspace, &by.account],
                MENTIONS_UNSEEN_MAX,
            ),
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        let seat = standing
            .seat
            .ok_or_else(|| Refusal::not_allowed("seat", "join the channel to keep your place in it"))?;
        let changes = Changes::begin(world);
        let (read, version, last) = match self.thread {
            0 => (seat.read_number, seat.read_version, standing.tip.last_number),
            thread => {
                let root = world
                    .get::<Message>(&(self.channel, 0, thread))
                    .ok_or_else(|| Refusal::not_found("message"))?;
                match world.get::<ThreadSeat>(&(self.channel, thread, by.account)) {
                    Some(followed) => (followed.read_number, followed.read_version, root.last_reply),
                    None => return Ok(changes),
                }
            }
        };
        let to = match self.back {
            None => self.number.min(last),
            // Somebody's other device moved the mark since: that was later.
            Some(decided_on) if version > decided_on => return Ok(changes),
            Some(_) => self.number.saturating_sub(1).min(last),
        };
        if self.back.is_none() && to <= read {
            return Ok(changes);
        }
        Ok(self.move_to(to, standing.member, seat, by, world, changes))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &self.thread.to_be_bytes());
        field(into, &self.number.to_be_bytes());
    }
}

impl Mark {
    fn here(&self, by: By) -> Vec<crate::cell::Value> {
        values![&by.workspace, &by.account, &self.channel]
    }

    fn move_to(
        &self,
        to: u64,
        member: &Member,
        seat: &Seat,
        by: By,
        world: &World,
        mut changes: Changes,
    ) -> Changes {
        let version = member.private + 1;
        changes.put(Member { private: version, ..member.clone() });
        let subject = match self.thread {
            0 => {
                changes.put(Seat { read_number: to, read_version: version, ..seat.clone() });
                self.channel.to_string()
            }
            thread => {
                if let Some(followed) = world.get::<ThreadSeat>(&(self.channel, thread, by.account)) {
                    changes.put(ThreadSeat { read_number: to, read_version: version, ..followed.clone() });
                }
                format!("{}.{thread}", self.channel)
            }
        };
        self.see(to, by, world, &mut changes);
        changes
            .whisper(by.account, PrivateItem { kind: "read", subject, value: Some(to.to_string()), version });
        changes
    }

    /// A mark sees the mentions up to there; going back un-sees those after it.
    fn see(&self, to: u64, by: By, world: &World, changes: &mut Changes) {
        let here = |mention: &&Mention| mention.channel == self.channel && mention.thread == self.thread;
        let seen: Vec<Mention> = match self.back {
            None => {
                let values = self.here(by);
                let unseen = world.find::<Mention>(&UNSEEN_MENTIONS, &values);
                unseen.filter(here).filter(|mention| mention.number <= to).cloned().collect()
            }
            Some(_) => {
                let values = values![&by.workspace, &by.account];
                let latest = world.find::<Mention>(&LATEST_MENTIONS, &values);
                latest.filter(here).filter(|mention| mention.number > to && mention.seen).cloned().collect()
            }
        };
        for mention in seen {
            changes.put(Mention { seen: self.back.is_none(), ..mention });
        }
    }
}
