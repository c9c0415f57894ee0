use domain::text::Name;
use domain::verbs::CreateChannel;
use domain::{By, ChannelId, Key};
use store::{Done, NotDone};

use crate::Service;

#[derive(Debug, Clone, Default)]
pub struct NewChannel {
    pub name: String,
    pub private: bool,
    pub topic: String,
}

impl Service {
    /// Answers `{"id": …}`.
    pub async fn create_channel(&self, by: By, key: Key, new: NewChannel) -> Result<Done, NotDone> {
        let name = Name::new(&new.name)?;
        let id = ChannelId::new(self.new_key());
        self.in_workspace(by, key, CreateChannel { id, name, private: new.private, topic: new.topic }).await
    }
}
