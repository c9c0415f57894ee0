//! The directory learns what a shard decided: whose member somebody is, so that a sign-in knows where to go.

use super::BeginMembership;
use super::credential::{credentials_of, end, needs_credentials};
use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::rows::{Credential, Installation, Membership, MembershipState};
use crate::{AccountId, By, Changes, Command, Needs, Position, Refusal, WorkspaceId, World};

/// An older decision than the one known changes nothing, so it may come twice and in any order. Who left loses the
/// tokens bound to that workspace.
#[derive(Debug)]
pub struct SyncMembership {
    pub account: AccountId,
    pub workspace: WorkspaceId,
    pub state: MembershipState,
    /// Of the member's row in the workspace's own journal.
    pub position: Position,
}

impl Command for SyncMembership {
    fn name(&self) -> &'static str {
        "sync_membership"
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Membership>((self.account, self.workspace));
        needs.row::<Installation>((BeginMembership::row_name(self.account, self.workspace),));
        needs_credentials(self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let known = world.get::<Membership>(&(self.account, self.workspace));
        let mut changes = Changes::begin(world);
        let begun = BeginMembership::row_name(self.account, self.workspace);
        if world.get::<Installation>(&(begun.clone(),)).is_some() {
            changes.remove::<Installation>((begun,));
        }
        if known.is_some_and(|known| known.position >= self.position) {
            return Ok(changes);
        }
        let Self { account, workspace, state, position } = *self;
        changes.put(Membership { account, workspace, state, position });
        if known.is_none_or(|known| known.state != state) {
            changes.tell(
                Tell::of(EventKind::MembershipChanged, Audience::Nodes)
                    .about(account)
                    .with(workspace.to_string()),
            );
        }
        if state == MembershipState::Left {
            let here = |known: &Credential| known.workspace == Some(workspace);
            let bound: Vec<_> = credentials_of(account, world).into_iter().filter(here).collect();
            end(by, account, &bound, &mut changes);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.workspace.bytes());
        field(into, self.state.word().as_bytes());
        field(into, &self.position.0.to_be_bytes());
    }
}
