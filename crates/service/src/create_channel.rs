use domain::limits::TOPIC_BYTES_MAX;
use domain::text::{Line, Name};
use domain::verbs::CreateChannel;
use domain::{AccountId, By, ChannelId, Key};
use store::{Done, NotDone};

use crate::Service;

#[derive(Debug, Clone, Default)]
pub struct NewChannel {
    pub name: String,
    pub private: bool,
    pub topic: String,
    pub purpose: String,
    /// Who sits there from the beginning, besides whoever makes it.
    pub members: Vec<AccountId>,
}

impl Service {
    /// Answers `{"id": …}`.
    pub async fn create_channel(&self, by: By, key: Key, new: NewChannel) -> Result<Done, NotDone> {
        let id = ChannelId::new(self.new_key());
        let mut command = CreateChannel::new(id, Name::new(&new.name)?, new.private).with(new.members)?;
        command.topic = Line::new("topic", &new.topic, TOPIC_BYTES_MAX)?;
        command.purpose = Line::new("purpose", &new.purpose, TOPIC_BYTES_MAX)?;
        self.in_workspace(by, key, command).await
    }
}
