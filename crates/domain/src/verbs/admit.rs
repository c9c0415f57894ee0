//! Somebody becomes a member and sits down in the default channels.

use super::field;
use super::join::give_seat;
use crate::cell::Json;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{CHANNEL_MEMBERS_MAX, MEMBERS_MAX};
use crate::permission::open_workspace;
use crate::rows::{
    Channel, ChannelTip, Member, MemberProfile, MemberState, Role, Seat, SeatRole, WorkspaceSelf,
};
use crate::text::Name;
use crate::{AccountId, By, Changes, ChannelId, Code, Command, Needs, Refusal, Stamp, World};

/// `by` is the one who comes; whether they may was judged by who calls this.
#[derive(Debug)]
pub struct Admit {
    pub name: Name,
    pub role: Role,
    /// At most a few: the workspace's default channels.
    pub channels: Vec<ChannelId>,
}

impl Command for Admit {
    fn name(&self) -> &'static str {
        "admit"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs_seats(by, by.account, &self.channels, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let workspace = open_workspace(by, world)?;
        let mut changes = Changes::begin(world);
        let known = world.get::<Member>(&(by.workspace, by.account));
        if known.is_some_and(Member::is_active) {
            return Ok(changes);
        }
        admit(by, by.account, &self.name, self.role, workspace, world, &mut changes)?;
        sit_down(by, by.account, &self.channels, world, &mut changes)?;
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_str().as_bytes());
        field(into, self.role.word().as_bytes());
        self.channels.iter().for_each(|channel| field(into, channel.bytes()));
    }
}

/// A member's row and its event; the counters that limits are judged by.
pub(super) fn admit(
    by: By,
    account: AccountId,
    name: &Name,
    role: Role,
    workspace: &WorkspaceSelf,
    world: &World,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    let known = world.get::<Member>(&(by.workspace, account));
    if workspace.members >= MEMBERS_MAX {
        return Err(Refusal::new(Code::Conflict, format!("a workspace has at most {MEMBERS_MAX} members")));
    }
    let owners = workspace.owners + u64::from(role == Role::Owner);
    changes.put(WorkspaceSelf { members: workspace.members + 1, owners, ..workspace.clone() });
    let joined =
        changes.tell(Tell::of(EventKind::MemberJoined, Audience::Members).by(by.account).about(account));
    changes.put(Member {
        workspace: by.workspace,
        account,
        role,
        state: MemberState::Active,
        name: name.as_str().into(),
        name_key: name.folded(),
        profile: Json(MemberProfile::default()),
        private: known.map_or(0, |member| member.private),
        signed_after_us: Stamp(0),
        changed: joined,
    });
    Ok(())
}

pub(super) fn needs_seats(by: By, account: AccountId, channels: &[ChannelId], needs: &mut Needs) {
    for channel in channels {
        needs.row::<Channel>((by.workspace, *channel));
        needs.row::<ChannelTip>((by.workspace, *channel));
        needs.row::<Seat>((*channel, account));
    }
}

pub(super) fn sit_down(
    by: By,
    account: AccountId,
    channels: &[ChannelId],
    world: &World,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    for (at, channel) in channels.iter().enumerate() {
        let again = channels[..at].contains(channel);
        let held = world.get::<Seat>(&(*channel, account)).is_some_and(Seat::is_held);
        let rows = world
            .get::<Channel>(&(by.workspace, *channel))
            .zip(world.get::<ChannelTip>(&(by.workspace, *channel)));
        // Whoever comes comes in, also where a channel has no seat left.
        let room = rows.filter(|(_, tip)| tip.members < CHANNEL_MEMBERS_MAX);
        if let (false, false, Some((channel, tip))) = (held, again, room) {
            give_seat(by, account, SeatRole::Member, channel, tip, changes)?;
        }
    }
    Ok(())
}
