//! The directory's two halves of a new workspace: before the shard has it, and after.

use super::field;
use super::set_up::Making;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{MEMBERSHIPS_SCANNED_MAX, WORKSPACES_MAX};
use crate::permission::{MEMBERSHIPS_OF, PLACE_BY_SLUG};
use crate::rows::{Installation, Membership, MembershipState, WorkspacePlace, WorkspaceState};
use crate::text::Slug;
use crate::{By, Changes, Code, Command, Needs, Position, Refusal, Reply, WorkspaceId, World, values};

/// Takes the slug and remembers what is being made.
#[derive(Debug)]
pub struct Place {
    pub slug: Slug,
    pub making: Making,
}

impl Command for Place {
    fn name(&self) -> &'static str {
        "place"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.find::<WorkspacePlace>(&PLACE_BY_SLUG, values![&self.slug.as_str().to_owned()], 1);
        needs.find::<Membership>(&MEMBERSHIPS_OF, values![&by.account], MEMBERSHIPS_SCANNED_MAX);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        self.making.check()?;
        let taken = values![&self.slug.as_str().to_owned()];
        if world.find::<WorkspacePlace>(&PLACE_BY_SLUG, &taken).next().is_some() {
            return Err(Refusal {
                about: Some("slug"),
                ..Refusal::new(Code::Conflict, "this address is taken; choose another")
            });
        }
        let of = values![&by.account];
        let mine = world.find::<Membership>(&MEMBERSHIPS_OF, &of);
        let active = mine.filter(|membership| membership.state == MembershipState::Active).count();
        if active >= WORKSPACES_MAX {
            let message = format!(
                "who is in {WORKSPACES_MAX} workspaces makes no more; leave one, or close one, first"
            );
            return Err(Refusal { about: Some("workspaces"), ..Refusal::new(Code::Conflict, message) });
        }
        let mut changes = Changes::begin(world);
        self.making.rows(&self.slug, &mut changes);
        let place = self.making.workspace.to_string();
        changes.tell(Tell::of(EventKind::WorkspacePlaced, Audience::Nodes).by(by.account).with(place));
        Ok(changes.answering(Reply::of(&self.making)))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.slug.as_str().as_bytes());
        field(into, self.making.name.as_bytes());
    }
}

/// The shard has it: the workspace opens, its owner is a member. Done twice is done once.
#[derive(Debug)]
pub struct Settle {
    pub workspace: WorkspaceId,
}

impl Command for Settle {
    fn name(&self) -> &'static str {
        "settle"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<WorkspacePlace>((self.workspace,));
        needs.row::<Installation>((Making::row_name(self.workspace),));
        needs.row::<Membership>((by.account, self.workspace));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let place =
            world.get::<WorkspacePlace>(&(self.workspace,)).ok_or_else(|| Refusal::not_found("workspace"))?;
        let mut changes = Changes::begin(world);
        if place.state != WorkspaceState::Making {
            return Ok(changes);
        }
        changes.put(WorkspacePlace { state: WorkspaceState::Active, ..place.clone() });
        changes.remove::<Installation>((Making::row_name(self.workspace),));
        changes.tell(
            Tell::of(EventKind::MembershipChanged, Audience::Nodes)
                .about(by.account)
                .with(self.workspace.to_string()),
        );
        changes.put(Membership {
            account: by.account,
            workspace: self.workspace,
            state: MembershipState::Active,
            // A membership's position is one of the workspace's own journal: whatever it says next is newer.
            position: Position(0),
        });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.workspace.bytes());
    }
}
