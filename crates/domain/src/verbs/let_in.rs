//! An admin lets in whoever left, and gives a bot its place.

use serde_json::json;

use super::admit::{admit, needs_seats, sit_down};
use super::field;
use super::memory::note_alone;
use crate::permission::{member, open_workspace};
use crate::rights::{Right, admin, is_at_most};
use crate::rows::{Channel, ChannelState, Member, Role, WorkspaceSelf};
use crate::text::Name;
use crate::{AccountId, By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

/// The only way back: no link does it. They find their drafts and marks, and sit in the default channels; a guest
/// is then given channels one by one.
#[derive(Debug)]
pub struct LetBackIn {
    pub account: AccountId,
    pub role: Role,
}

impl Command for LetBackIn {
    fn name(&self) -> &'static str {
        "let_back_in"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<Member>((by.workspace, self.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    /// The default channels stand in the workspace's settings.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let Some(workspace) = seen.get::<WorkspaceSelf>(&(by.workspace,)) else { return false };
        needs_seats(by, self.account, &workspace.settings.0.defaults, needs);
        true
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        admin(actor)?;
        let missing = || Refusal::not_found("member");
        let known = world.get::<Member>(&(by.workspace, self.account)).ok_or_else(missing)?;
        let mut changes = Changes::begin(world);
        if known.is_active() {
            return Ok(changes);
        }
        if !is_at_most(self.role, actor.role) {
            return Err(Refusal::not_allowed("role", "nobody gives a role above their own"));
        }
        if (self.role == Role::Bot) != (known.role == Role::Bot) {
            return Err(Refusal::new(Code::Conflict, "a person does not become a bot, nor a bot a person"));
        }
        // A closed account left no name and does not come back.
        let name = Name::new(&known.name).map_err(|_| missing())?;
        let detail = json!({ "account": self.account, "role": self.role.word() });
        note_alone(by, Some(self.account), "member.let_back_in", &detail, &mut changes);
        admit(by, self.account, &name, self.role, workspace, world, &mut changes)?;
        if !matches!(self.role, Role::Guest | Role::Bot) {
            let open = |channel: &&ChannelId| {
                let row = world.get::<Channel>(&(by.workspace, **channel));
                row.is_some_and(|row| row.state == ChannelState::Active)
            };
            let defaults: Vec<_> = workspace.settings.0.defaults.iter().filter(open).copied().collect();
            sit_down(by, self.account, &defaults, world, &mut changes)?;
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.role.word().as_bytes());
    }
}

/// A program among the members, in no channel yet. Its account is made in the directory first.
#[derive(Debug)]
pub struct AddBot {
    pub account: AccountId,
    pub name: Name,
}

impl Command for AddBot {
    fn name(&self) -> &'static str {
        "add_bot"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<Member>((by.workspace, self.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        Right::MakeBots.required(actor, &workspace.settings.0)?;
        let mut changes = Changes::begin(world);
        if world.get::<Member>(&(by.workspace, self.account)).is_some() {
            return Ok(changes);
        }
        let detail = json!({ "account": self.account, "name": self.name.as_str() });
        note_alone(by, Some(self.account), "bot.made", &detail, &mut changes);
        admit(by, self.account, &self.name, Role::Bot, workspace, world, &mut changes)?;
        Ok(changes)
    }
    /// The account is minted for this try.
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_str().as_bytes());
    }
}
