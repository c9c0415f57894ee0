//! A member becomes an owner, an admin, a member or a guest.

use serde_json::json;

use super::field;
use super::memory::note;
use crate::event::{Audience, EventKind, Tell};
use crate::permission::{member, open_workspace, other};
use crate::rights::may_manage;
use crate::rows::{Member, Role, WorkspaceSelf};
use crate::{AccountId, By, Changes, Code, Command, Needs, Refusal, World};

/// Owners make owners; a bot stays a bot and a person never becomes one. Made a guest, a member keeps the seats
/// held, and sees nothing else from then on.
#[derive(Debug)]
pub struct ChangeRole {
    pub account: AccountId,
    pub role: Role,
}

impl Command for ChangeRole {
    fn name(&self) -> &'static str {
        "change_role"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<Member>((by.workspace, self.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        let whose = other(by, self.account, world)?;
        may_manage(actor, whose)?;
        if self.role == Role::Owner && actor.role != Role::Owner {
            return Err(Refusal::not_allowed("owner", "only an owner makes owners"));
        }
        if (self.role == Role::Bot) != (whose.role == Role::Bot) {
            return Err(Refusal::new(Code::Conflict, "a person does not become a bot, nor a bot a person"));
        }
        let mut changes = Changes::begin(world);
        if whose.role == self.role {
            return Ok(changes);
        }
        let owners = owners_without(whose, workspace)? + u64::from(self.role == Role::Owner);
        if owners != workspace.owners {
            changes.put(WorkspaceSelf { owners, ..workspace.clone() });
        }
        let at = changes
            .tell(Tell::of(EventKind::MemberChanged, Audience::Members).by(by.account).about(self.account));
        let detail = json!({ "account": self.account, "was": whose.role.word(), "is": self.role.word() });
        note(by, at, "member.role", &detail, &mut changes);
        changes.put(Member { role: self.role, changed: at, ..whose.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.role.word().as_bytes());
    }
}

/// How many owners are left without this one; the last stays, by the counter and not by counting.
pub(super) fn owners_without(whose: &Member, workspace: &WorkspaceSelf) -> Result<u64, Refusal> {
    if whose.role != Role::Owner {
        return Ok(workspace.owners);
    }
    if workspace.owners <= 1 {
        let message = "a workspace keeps one owner; make somebody else an owner first";
        return Err(Refusal { about: Some("last_owner"), ..Refusal::new(Code::Conflict, message) });
    }
    Ok(workspace.owners - 1)
}
