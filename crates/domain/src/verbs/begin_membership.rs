//! A shard is about to decide about somebody: the directory remembers, so that whatever crashes is finished.

use super::field;
use crate::rows::Installation;
use crate::{AccountId, By, Changes, Command, Needs, Refusal, WorkspaceId, World};

/// The first of three steps; the second is the shard's, the third `SyncMembership`. Done twice is done once.
#[derive(Debug)]
pub struct BeginMembership {
    pub account: AccountId,
    pub workspace: WorkspaceId,
    /// False: nothing came of it.
    pub on: bool,
}

impl BeginMembership {
    pub const PREFIX: &'static str = "member/";

    /// The name of the installation row that remembers it.
    pub fn row_name(account: AccountId, workspace: WorkspaceId) -> String {
        format!("{}{account}/{workspace}", Self::PREFIX)
    }
    /// What such a name says.
    pub fn named(name: &str) -> Option<(AccountId, WorkspaceId)> {
        let (account, workspace) = name.strip_prefix(Self::PREFIX)?.split_once('/')?;
        Some((account.parse().ok()?, workspace.parse().ok()?))
    }
}

impl Command for BeginMembership {
    fn name(&self) -> &'static str {
        "begin_membership"
    }
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Installation>((Self::row_name(self.account, self.workspace),));
    }
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        let name = Self::row_name(self.account, self.workspace);
        let known = world.get::<Installation>(&(name.clone(),)).is_some();
        let mut changes = Changes::begin(world);
        match (self.on, known) {
            (true, _) => changes.put(Installation { name, value: changes.stamp().to_string() }),
            (false, true) => changes.remove::<Installation>((name,)),
            (false, false) => {}
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.workspace.bytes());
    }
}
