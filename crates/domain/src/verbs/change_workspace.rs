//! A workspace is called otherwise, decides something, or is put away.

use serde_json::json;

use super::field;
use super::memory::note;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::EDIT_SECONDS_MAX;
use crate::permission::{member, open_workspace};
use crate::rights::{RightsChange, admin};
use crate::rows::{Member, Role, SelfState, WorkspaceSelf};
use crate::text::Name;
use crate::{By, Changes, Command, Needs, Refusal, World};

/// By owners and admins; rights only by owners. What is not named stays.
#[derive(Debug, Default)]
pub struct ChangeWorkspace {
    pub name: Option<Name>,
    pub edit_s: Option<u32>,
    pub keep_deleted: Option<bool>,
    pub rights: Option<RightsChange>,
}

pub(super) fn needs_itself(by: By, needs: &mut Needs) {
    needs.row::<Member>((by.workspace, by.account));
    needs.row::<WorkspaceSelf>((by.workspace,));
}

impl Command for ChangeWorkspace {
    fn name(&self) -> &'static str {
        "change_workspace"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_itself(by, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let was = open_workspace(by, world)?;
        admin(actor)?;
        if self.rights.is_some() && actor.role != Role::Owner {
            return Err(Refusal::not_allowed("owner", "only an owner decides who has which right"));
        }
        if self.edit_s.is_some_and(|seconds| seconds > EDIT_SECONDS_MAX) {
            return Err(Refusal::invalid("edit_s", format!("at most {EDIT_SECONDS_MAX} seconds")));
        }
        let mut now = was.clone();
        if let Some(name) = &self.name {
            name.as_str().clone_into(&mut now.name);
        }
        let settings = &mut now.settings.0;
        settings.edit_s = self.edit_s.or(settings.edit_s);
        settings.keep_deleted = self.keep_deleted.unwrap_or(settings.keep_deleted);
        if let Some(rights) = &self.rights {
            settings.rights = rights.of(&settings.rights);
        }
        let mut changes = Changes::begin(world);
        if now == *was {
            return Ok(changes);
        }
        let told = |row: &WorkspaceSelf| json!({ "name": row.name, "settings": row.settings.0 });
        let detail = json!({ "was": told(was), "is": told(&now) });
        now.changed = changed(by, EventKind::WorkspaceChanged, "workspace.changed", &detail, &mut changes);
        changes.put(now);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_ref().map_or("", Name::as_str).as_bytes());
        field(into, format!("{:?} {:?} {:?}", self.edit_s, self.keep_deleted, self.rights).as_bytes());
    }
}

pub(super) fn changed(
    by: By,
    kind: EventKind,
    what: &str,
    detail: &serde_json::Value,
    changes: &mut Changes,
) -> crate::Position {
    let at = changes.tell(Tell::of(kind, Audience::Everyone).by(by.account));
    note(by, at, what, detail, changes);
    at
}

/// Read by its members as before, and changed by nobody until an owner restores it.
#[derive(Debug)]
pub struct ArchiveWorkspace {
    /// Otherwise it is restored.
    pub on: bool,
}

impl Command for ArchiveWorkspace {
    fn name(&self) -> &'static str {
        if self.on { "archive_workspace" } else { "restore_workspace" }
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_itself(by, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let was =
            world.get::<WorkspaceSelf>(&(by.workspace,)).ok_or_else(|| Refusal::not_found("workspace"))?;
        if actor.role != Role::Owner {
            return Err(Refusal::not_allowed("owner", "only an owner puts a workspace away or takes it out"));
        }
        let (state, kind) = match self.on {
            true => (SelfState::Archived, EventKind::WorkspaceArchived),
            false => (SelfState::Active, EventKind::WorkspaceRestored),
        };
        let mut changes = Changes::begin(world);
        if was.state == state {
            return Ok(changes);
        }
        let at = changed(by, kind, kind.word(), &json!({}), &mut changes);
        changes.put(WorkspaceSelf { state, changed: at, ..was.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &[u8::from(self.on)]);
    }
}
