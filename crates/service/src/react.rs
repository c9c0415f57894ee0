use domain::text::Emoji;
use domain::verbs::React;
use domain::{By, Key};
use store::{Done, NotDone};

use crate::{Address, Service};

impl Service {
    pub async fn react(&self, by: By, key: Key, at: Address, emoji: &str, on: bool) -> Result<Done, NotDone> {
        let Address { channel, thread, number } = at;
        let emoji = if on { Emoji::new(emoji) } else { Emoji::of_old(emoji) }?;
        self.in_workspace(by, key, React { channel, thread, number, emoji, on }).await
    }
}
