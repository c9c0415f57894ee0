//! Somebody is leaving every workspace for good: the directory remembers, so that whatever crashes is finished.

use super::account::active;
use super::field;
use crate::rows::{Account, Installation};
use crate::{AccountId, By, Changes, Command, Needs, Refusal, World};

/// The first of many steps; the last is `CloseAccount`, which forgets it. Done twice is done once.
#[derive(Debug)]
pub struct BeginClosing {
    pub account: AccountId,
    /// False: nothing came of it.
    pub on: bool,
}

impl BeginClosing {
    pub const PREFIX: &'static str = "closing/";

    /// The name of the installation row that remembers it.
    pub fn row_name(account: AccountId) -> String {
        format!("{}{account}", Self::PREFIX)
    }
    /// What such a name says.
    pub fn named(name: &str) -> Option<AccountId> {
        name.strip_prefix(Self::PREFIX)?.parse().ok()
    }
}

impl Command for BeginClosing {
    fn name(&self) -> &'static str {
        "begin_closing"
    }
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Account>((self.account,));
        needs.row::<Installation>((Self::row_name(self.account),));
    }
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        let name = Self::row_name(self.account);
        let known = world.get::<Installation>(&(name.clone(),)).is_some();
        let mut changes = Changes::begin(world);
        match (self.on, known) {
            (true, _) => {
                active(self.account, world)?;
                changes.put(Installation { name, value: changes.stamp().to_string() });
            }
            (false, true) => changes.remove::<Installation>((name,)),
            (false, false) => {}
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
    }
}
