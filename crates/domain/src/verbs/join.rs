//! A member takes a seat in a public channel.

use super::field;
use crate::event::{EventKind, Tell};
use crate::limits::CHANNEL_MEMBERS_MAX;
use crate::permission::{needs_standing, open_workspace, standing};
use crate::rows::{Channel, ChannelState, ChannelTip, Seat, SeatRole, WorkspaceSelf};
use crate::verbs::send::audience;
use crate::{AccountId, By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

#[derive(Debug)]
pub struct Join {
    pub channel: ChannelId,
}

impl Command for Join {
    fn name(&self) -> &'static str {
        "join"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        let mut changes = Changes::begin(world);
        if standing.seat.is_some() {
            return Ok(changes);
        }
        if standing.channel.state == ChannelState::Archived {
            return Err(Refusal::not_allowed("archived", "the channel is archived; restore it first"));
        }
        take_seat(by, standing.channel, standing.tip, &mut changes)?;
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
    }
}

/// Joining marks all before it as read.
pub(super) fn take_seat(
    by: By,
    channel: &Channel,
    tip: &ChannelTip,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    give_seat(by, by.account, SeatRole::Member, channel, tip, changes).map(drop)
}

/// The same, for whom somebody brings in. Gives what became of the channel, for the next one.
pub(super) fn give_seat(
    by: By,
    account: AccountId,
    role: SeatRole,
    channel: &Channel,
    tip: &ChannelTip,
    changes: &mut Changes,
) -> Result<(Channel, ChannelTip), Refusal> {
    if tip.members >= CHANNEL_MEMBERS_MAX {
        return Err(Refusal::new(
            Code::Conflict,
            format!("a channel has at most {CHANNEL_MEMBERS_MAX} members"),
        ));
    }
    let since = changes.tell(
        Tell::of(EventKind::SeatJoined, audience(channel))
            .by(by.account)
            .in_channel(channel.id)
            .about(account),
    );
    changes.put(Seat {
        channel: channel.id,
        account,
        workspace: by.workspace,
        role,
        since,
        read_number: tip.last_number,
        read_version: 0,
        changed: since,
    });
    // The count of members is part of the channel's image.
    let channel = Channel { changed: since, ..channel.clone() };
    let tip = ChannelTip { members: tip.members + 1, last_position: since, ..tip.clone() };
    changes.put(channel.clone());
    changes.put(tip.clone());
    Ok((channel, tip))
}
