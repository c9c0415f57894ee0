use domain::verbs::RaiseLevel;
use domain::{AccountId, By, Key, Stamp, WorkspaceId};
use store::{Done, NotDone};

use crate::Service;

impl Service {
    /// The installation itself asks; who calls this has seen that every live node reads the level.
    pub async fn raise_level(&self, level: i32) -> Result<Done, NotDone> {
        let account = AccountId::new(Key::new(Stamp(0), [0; 10]));
        let by = By::new(WorkspaceId::INSTALLATION, account);
        self.in_workspace(by, self.new_key(), RaiseLevel { level }).await
    }
}
