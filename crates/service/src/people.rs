use domain::text::Name;
use domain::verbs::Admit;
use domain::{By, ChannelId, Key, Role};
use store::{Done, NotDone};

use crate::Service;

impl Service {
    /// `by` becomes a member and sits down in the channels. Whether they may come is judged by who calls this.
    pub async fn admit(
        &self,
        by: By,
        key: Key,
        name: &str,
        role: Role,
        channels: Vec<ChannelId>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, Admit { name: Name::new(name)?, role, channels }).await
    }
}
