use domain::text::MessageText;
use domain::verbs::Edit;
use domain::{By, Key};
use store::{Done, NotDone};

use crate::{Address, Service};

impl Service {
    pub async fn edit(&self, by: By, key: Key, at: Address, text: &str) -> Result<Done, NotDone> {
        let edit = Edit::new(at.channel, at.thread, at.number, MessageText::new(text)?)?;
        self.in_workspace(by, key, edit).await
    }
}
