//! Somebody comes by a link.

use serde_json::json;

use super::admit::{admit, needs_seats, sit_down};
use super::field;
use super::invite::{spent, tell};
use crate::event::EventKind;
use crate::permission::{INVITATION_BY_HASH, open_workspace};
use crate::rights::{Right, is_at_most};
use crate::rows::{
    Channel, ChannelKind, ChannelState, Invitation, InvitationState, Member, Role, Seat, WorkspaceSelf,
};
use crate::text::Name;
use crate::{By, Changes, ChannelId, Command, Needs, Refusal, Reply, Stamp, World, values};

/// `by` is the one who comes. They join the default channels and the invitation's; a guest the invitation's alone.
/// Who was a member and left, or was removed, does not come back by link: an admin lets them in.
#[derive(Debug)]
pub struct AcceptInvitation {
    pub hash: [u8; 32],
    pub name: Name,
}

impl AcceptInvitation {
    fn found<'w>(&self, by: By, world: &'w World) -> Option<&'w Invitation> {
        let values = values![&self.hash.to_vec()];
        let mut found = world.find::<Invitation>(&INVITATION_BY_HASH, &values);
        let id = found.find(|invitation| invitation.workspace == by.workspace).map(|found| found.id)?;
        world.get::<Invitation>(&(by.workspace, id))
    }
}

/// Of the invitation, and for all but guests the workspace's own.
fn channels(invitation: &Invitation, workspace: &WorkspaceSelf) -> (Vec<ChannelId>, Vec<ChannelId>) {
    let given = serde_json::from_str(&invitation.channels).unwrap_or_default();
    match invitation.role {
        Role::Guest => (given, Vec::new()),
        _ => (given, workspace.settings.0.defaults.clone()),
    }
}

impl Command for AcceptInvitation {
    fn name(&self) -> &'static str {
        "accept_invitation"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.find::<Invitation>(&INVITATION_BY_HASH, values![&self.hash.to_vec()], 1);
    }
    /// Which channels it opens, and who made it, stands in it.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let Some(invitation) = self.found(by, seen) else { return false };
        let Some(workspace) = seen.get::<WorkspaceSelf>(&(by.workspace,)) else { return false };
        let (given, defaults) = channels(invitation, workspace);
        needs.row::<Member>((by.workspace, invitation.maker));
        for channel in &given {
            needs.row::<Seat>((*channel, invitation.maker));
        }
        needs_seats(by, by.account, &given, needs);
        needs_seats(by, by.account, &defaults, needs);
        true
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let invitation = self.found(by, world).ok_or_else(spent)?;
        let workspace = open_workspace(by, world)?;
        let mut changes = Changes::begin(world);
        let maker = world.get::<Member>(&(by.workspace, invitation.maker));
        invitation.opens(workspace, maker, changes.stamp())?;
        let answer = Reply::of(&json!({ "workspace": by.workspace }));
        match world.get::<Member>(&(by.workspace, by.account)) {
            Some(known) if known.is_active() => return Ok(changes.answering(answer)),
            Some(_) => {
                let message = "who left this workspace comes back by an admin, not by a link";
                return Err(Refusal::not_allowed("left", message));
            }
            None => {}
        }
        admit(by, by.account, &self.name, invitation.role, workspace, world, &mut changes)?;
        let (given, defaults) = channels(invitation, workspace);
        let mut joined: Vec<ChannelId> = defaults;
        joined.extend(given.into_iter().filter(|channel| still_given(by, *channel, invitation, world)));
        joined.sort_unstable();
        joined.dedup();
        joined.retain(|channel| is_open(by, *channel, world));
        sit_down(by, by.account, &joined, world, &mut changes)?;
        let used = tell(by, EventKind::InvitationUsed, invitation.id, &mut changes);
        debug_assert!(used < changes.next(), "the last of its events");
        let uses_left = invitation.uses_left.map(|uses| uses - 1);
        let state = if uses_left == Some(0) { InvitationState::Used } else { InvitationState::Open };
        changes.put(Invitation { uses_left, state, ..invitation.clone() });
        Ok(changes.answering(answer))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.hash);
        field(into, self.name.as_str().as_bytes());
    }
}

impl Invitation {
    /// The maker is judged now: who lost the right, the role or the workspace invites nobody any more.
    pub fn opens(
        &self,
        workspace: &WorkspaceSelf,
        maker: Option<&Member>,
        now: Stamp,
    ) -> Result<(), Refusal> {
        let late = self.expires_us.is_some_and(|until| until <= now);
        if self.state != InvitationState::Open || self.uses_left == Some(0) || late {
            return Err(spent());
        }
        let maker = maker.ok_or_else(spent)?;
        let may = Right::Invite.held_by(maker, &workspace.settings.0);
        if !may || !is_at_most(self.role, maker.role) {
            return Err(spent());
        }
        Ok(())
    }
    /// Why one opens nothing: said alike whatever it is.
    pub fn spent() -> Refusal {
        spent()
    }
}

/// What the maker may still give: a channel closed meanwhile needs the maker's seat.
fn still_given(by: By, channel: ChannelId, invitation: &Invitation, world: &World) -> bool {
    let sits = world.get::<Seat>(&(channel, invitation.maker)).is_some_and(Seat::is_held);
    let row = world.get::<Channel>(&(by.workspace, channel));
    row.is_some_and(|row| row.kind == ChannelKind::Public || sits)
}

fn is_open(by: By, channel: ChannelId, world: &World) -> bool {
    let row = world.get::<Channel>(&(by.workspace, channel));
    row.is_some_and(|row| row.state == ChannelState::Active)
}
