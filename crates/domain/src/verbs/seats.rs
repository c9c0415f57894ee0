//! Somebody is brought into a channel, leaves it, is sent away, or looks after it.

use super::field;
use super::join::give_seat;
use super::send::audience;
use crate::event::{EventKind, Tell};
use crate::permission::{Standing, needs_standing, open_workspace, other, standing};
use crate::rows::{Channel, ChannelKind, ChannelTip, Member, Role, Seat, SeatRole, WorkspaceSelf};
use crate::{AccountId, By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

/// Whoever sits in a channel brings in others; what a guest is given is for who looks after it.
#[derive(Debug)]
pub struct AddToChannel {
    pub channel: ChannelId,
    pub account: AccountId,
}

pub(super) fn needs_other(by: By, channel: ChannelId, account: AccountId, needs: &mut Needs) {
    needs_standing(by, channel, needs);
    needs.row::<WorkspaceSelf>((by.workspace,));
    needs.row::<Member>((by.workspace, account));
    needs.row::<Seat>((channel, account));
}

impl Command for AddToChannel {
    fn name(&self) -> &'static str {
        "add_to_channel"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.channel, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        standing.required_open()?;
        if standing.channel.kind == ChannelKind::Direct {
            standing.required_to_moderate()?;
        }
        if standing.member.role == Role::Guest {
            return Err(Refusal::not_allowed("member", "guests bring nobody in; ask a member"));
        }
        if !standing.moderates() {
            standing.may_write()?;
        }
        let comes = other(by, self.account, world)?;
        if comes.role == Role::Guest {
            standing.required_to_moderate()?;
        }
        let mut changes = Changes::begin(world);
        if !world.get::<Seat>(&(self.channel, self.account)).is_some_and(Seat::is_held) {
            give_seat(by, self.account, SeatRole::Member, standing.channel, standing.tip, &mut changes)?;
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, self.account.bytes());
    }
}

/// Of oneself: leaving. Of another: for who looks after the channel. Possible in an archived one, never in a direct
/// one. A private channel left by everyone stays, unread by anyone.
#[derive(Debug)]
pub struct RemoveFromChannel {
    pub channel: ChannelId,
    pub account: AccountId,
}

impl Command for RemoveFromChannel {
    fn name(&self) -> &'static str {
        "remove_from_channel"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.channel, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        if standing.channel.kind == ChannelKind::Direct {
            return Err(Refusal::not_allowed("direct", "a direct channel cannot be left; mute it instead"));
        }
        if self.account != by.account {
            self.may_send_away(&standing, by, world)?;
        }
        let mut changes = Changes::begin(world);
        if let Some(seat) = world.get::<Seat>(&(self.channel, self.account)).filter(|seat| seat.is_held()) {
            end_seat(by, seat, standing.channel, standing.tip, &mut changes);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, self.account.bytes());
    }
}

impl RemoveFromChannel {
    fn may_send_away(&self, standing: &Standing<'_>, by: By, world: &World) -> Result<(), Refusal> {
        standing.required_to_moderate()?;
        let goes = world.get::<Member>(&(by.workspace, self.account));
        if goes.is_some_and(Member::is_admin) && !standing.member.is_admin() {
            return Err(Refusal::not_allowed("admin", "only an admin sends an admin away"));
        }
        Ok(())
    }
}

/// The row stays, so that the leaver's other devices learn of it; the count in the channel's image moves.
pub(super) fn end_seat(by: By, seat: &Seat, channel: &Channel, tip: &ChannelTip, changes: &mut Changes) {
    let at = changes.tell(
        Tell::of(EventKind::SeatLeft, audience(channel))
            .by(by.account)
            .in_channel(channel.id)
            .about(seat.account),
    );
    changes.put(Seat { role: SeatRole::Left, changed: at, ..seat.clone() });
    changes.put(Channel { changed: at, ..channel.clone() });
    changes.put(ChannelTip { members: tip.members.saturating_sub(1), last_position: at, ..tip.clone() });
}

/// Who looks after a channel besides the admins.
#[derive(Debug)]
pub struct ChangeSeat {
    pub channel: ChannelId,
    pub account: AccountId,
    /// Otherwise an ordinary seat.
    pub manager: bool,
}

impl Command for ChangeSeat {
    fn name(&self) -> &'static str {
        "change_seat"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.channel, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        standing.required_to_moderate()?;
        standing.required_open()?;
        let whose = other(by, self.account, world)?;
        let seat = world
            .get::<Seat>(&(self.channel, self.account))
            .filter(|seat| seat.is_held())
            .ok_or_else(|| Refusal::not_found("seat"))?;
        if self.manager && whose.role == Role::Guest {
            return Err(Refusal::new(Code::Conflict, "a guest does not look after a channel"));
        }
        let role = if self.manager { SeatRole::Manager } else { SeatRole::Member };
        let mut changes = Changes::begin(world);
        if seat.role == role {
            return Ok(changes);
        }
        let at = changes.tell(
            Tell::of(EventKind::SeatChanged, audience(standing.channel))
                .by(by.account)
                .in_channel(self.channel)
                .about(self.account),
        );
        changes.put(Seat { role, changed: at, ..seat.clone() });
        changes.put(Channel { changed: at, ..standing.channel.clone() });
        changes.put(ChannelTip { last_position: at, ..standing.tip.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, self.account.bytes());
        field(into, &[u8::from(self.manager)]);
    }
}
