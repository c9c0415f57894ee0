//! What is pinned for everyone, and what one keeps for oneself.

use domain::verbs::{Follow, Keep, Pin, PrivateKind};
use domain::{By, ChannelId, Key};
use store::{Done, NotDone};

use crate::{Address, Service};

impl Service {
    pub async fn pin(&self, by: By, key: Key, at: Address, on: bool) -> Result<Done, NotDone> {
        let Address { channel, thread, number } = at;
        self.in_workspace(by, key, Pin { channel, thread, number, on }).await
    }
    pub async fn follow(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        thread: u64,
        on: bool,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, Follow { channel, thread, on }).await
    }
    /// Private: no event, no receipt. Done twice is done once; no value removes.
    pub async fn keep(
        &self,
        by: By,
        kind: PrivateKind,
        subject: &str,
        value: Option<String>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, self.new_key(), Keep::new(kind, subject, value)?).await
    }
}
