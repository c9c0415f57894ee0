//! Somebody sits in a channel, in a role: as a state to come to, whatever was before.

use super::field;
use super::join::give_seat;
use super::seats::needs_other;
use super::{AddToChannel, ChangeSeat, Join};
use crate::permission::{open_workspace, other, standing};
use crate::rows::{Role, Seat, SeatRole};
use crate::{AccountId, By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

/// Whoever sits there already is changed, others join or are brought in; each judged as what it is.
#[derive(Debug)]
pub struct Sit {
    pub channel: ChannelId,
    pub account: AccountId,
    /// Not named: as it is, or an ordinary seat.
    pub manager: Option<bool>,
}

impl Command for Sit {
    fn name(&self) -> &'static str {
        "sit"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.channel, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let Self { channel, account, manager } = *self;
        standing(by, channel, world)?;
        let sits = world.get::<Seat>(&(channel, account)).is_some_and(Seat::is_held);
        match manager {
            Some(manager) if sits => ChangeSeat { channel, account, manager }.decide(by, world),
            Some(true) => self.looks_after(by, world),
            _ if account == by.account => Join { channel }.decide(by, world),
            _ => AddToChannel { channel, account }.decide(by, world),
        }
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, self.account.bytes());
        field(into, &[self.manager.map_or(2, u8::from)]);
    }
}

impl Sit {
    /// Who looks after a channel brings in another who does.
    fn looks_after(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        standing.required_to_moderate()?;
        standing.required_open()?;
        if other(by, self.account, world)?.role == Role::Guest {
            return Err(Refusal::new(Code::Conflict, "a guest does not look after a channel"));
        }
        let mut changes = Changes::begin(world);
        give_seat(by, self.account, SeatRole::Manager, standing.channel, standing.tip, &mut changes)?;
        Ok(changes)
    }
}
