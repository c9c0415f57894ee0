use domain::By;
use domain::verbs::Notify;
use store::{Done, NotDone};

use crate::Service;

impl Service {
    /// Tells `by` of a message unless they have read it. Done twice is done once. Answers `{"told": …}`.
    pub async fn notify(&self, by: By, notify: Notify) -> Result<Done, NotDone> {
        self.in_workspace(by, self.new_key(), notify).await
    }
}
