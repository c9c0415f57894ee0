use domain::verbs::Join;
use domain::{By, ChannelId, Key};
use store::{Done, NotDone};

use crate::Service;

impl Service {
    pub async fn join(&self, by: By, key: Key, channel: ChannelId) -> Result<Done, NotDone> {
        self.in_workspace(by, key, Join { channel }).await
    }
}
