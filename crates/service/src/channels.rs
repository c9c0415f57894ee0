//! Channels as a whole: named, closed, put away, shared.

use domain::limits::TOPIC_BYTES_MAX;
use domain::text::{Line, Name};
use domain::verbs::{
    AddToChannel, ArchiveChannel, ChangeChannel, ChangeSeat, CreateDirect, RemoveFromChannel, Sit,
};
use domain::{AccountId, By, ChannelId, Key};
use store::{Done, NotDone};

use crate::Service;

/// What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    pub name: Option<String>,
    pub topic: Option<String>,
    pub purpose: Option<String>,
    pub admins_post: Option<bool>,
    pub default: Option<bool>,
    /// Public becomes private, never back.
    pub private: bool,
}

impl Service {
    pub async fn change_channel(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        change: ChannelChange,
    ) -> Result<Done, NotDone> {
        let line = |field, text: Option<String>| {
            text.map(|text| Line::new(field, &text, TOPIC_BYTES_MAX)).transpose()
        };
        let command = ChangeChannel {
            name: change.name.as_deref().map(Name::new).transpose()?,
            topic: line("topic", change.topic)?,
            purpose: line("purpose", change.purpose)?,
            admins_post: change.admins_post,
            default: change.default,
            private: change.private,
            ..ChangeChannel::of(channel)
        };
        self.in_workspace(by, key, command).await
    }
    pub async fn archive_channel(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        on: bool,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, ArchiveChannel { channel, on }).await
    }
    /// Answers `{"id": …}`: the same channel for the same people.
    pub async fn create_direct(&self, by: By, key: Key, others: Vec<AccountId>) -> Result<Done, NotDone> {
        let id = ChannelId::direct(self.new_key());
        self.in_workspace(by, key, CreateDirect::new(id, by, others)?).await
    }
    /// Somebody joins, is brought in, or looks after it: whatever makes it so.
    pub async fn sit(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        account: AccountId,
        manager: Option<bool>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, Sit { channel, account, manager }).await
    }
    pub async fn add_to_channel(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        account: AccountId,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, AddToChannel { channel, account }).await
    }
    /// Of oneself: leaving.
    pub async fn remove_from_channel(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        account: AccountId,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, RemoveFromChannel { channel, account }).await
    }
    pub async fn change_seat(
        &self,
        by: By,
        key: Key,
        channel: ChannelId,
        account: AccountId,
        manager: bool,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, ChangeSeat { channel, account, manager }).await
    }
}
