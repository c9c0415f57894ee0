//! What every bus must keep, a bus that fails on command, and commits to put on it.

pub mod contract;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use domain::{
    AccountId, Audience, ChannelId, Commit, Epoch, Event, EventKind, Image, Key, Message, Position,
    PrivateItem, Stamp, WorkspaceId,
};
use futures_util::stream::BoxStream;
use live::{Bus, BusError, Heard, InProcess, Mark};
use parking_lot::Mutex;

pub fn workspace(number: u8) -> WorkspaceId {
    WorkspaceId::new(Key::new(Stamp(1_000), [number; 10]))
}

pub fn account(number: u8) -> AccountId {
    AccountId::new(Key::new(Stamp(1_000), [number; 10]))
}

pub fn channel(number: u8) -> ChannelId {
    ChannelId::new(Key::new(Stamp(1_000), [number; 10]))
}

/// A message said at a position, as its writer tells of it.
pub fn said(workspace: WorkspaceId, position: u64, text: &str) -> (Event, Image) {
    let (at, position) = (Stamp(1_000 + position as i64), Position(position));
    let message = Message {
        channel: channel(1),
        thread: 0,
        number: position.0,
        at_us: at,
        author: account(1),
        text: text.to_owned(),
        extra: None,
        edited_us: None,
        deleted_us: None,
        last_reply: 0,
        position,
        changed: position,
    };
    let event = Event {
        workspace,
        position,
        kind: EventKind::MessageSent,
        audience: Audience::Seats,
        at_us: at,
        actor: Some(account(1)),
        channel: Some(channel(1)),
        thread: Some(0),
        number: Some(position.0),
        account: None,
        body: None,
    };
    (event, Image { message: Some(message), ..Image::default() })
}

/// The event that a message was edited or deleted, with the image its writer had.
pub fn changed(
    kind: EventKind,
    workspace: WorkspaceId,
    position: u64,
    number: u64,
    text: &str,
) -> (Event, Image) {
    let (mut event, mut image) = said(workspace, position, text);
    (event.kind, event.number) = (kind, Some(number));
    if let Some(message) = &mut image.message {
        message.number = number;
    }
    (event, image)
}

pub fn commit(workspace: WorkspaceId, epoch: u64, events: Vec<(Event, Image)>) -> Arc<Commit> {
    let first = events.first().map_or(Position(1), |(event, _)| event.position);
    Arc::new(Commit { workspace, epoch: Epoch(epoch), first, events, private: Vec::new() })
}

/// Nothing but a mark of somebody's own.
pub fn whispered(workspace: WorkspaceId, epoch: u64, next: u64, version: u64) -> Arc<Commit> {
    let value = Some("41".to_owned());
    let item = PrivateItem { kind: "read", subject: channel(1).to_string(), value, version };
    let private = vec![(account(1), version, item)];
    Arc::new(Commit { workspace, epoch: Epoch(epoch), first: Position(next), events: Vec::new(), private })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    Silent,
    Doubling,
    /// Each commit comes after the one that followed it.
    Reordering,
    /// Publishing fails, and says so.
    Gone,
}

/// A bus in one of its moods.
pub struct MoodyBus {
    inner: Arc<dyn Bus>,
    mood: AtomicU8,
    held: Mutex<Option<Arc<Commit>>>,
}

impl Default for MoodyBus {
    fn default() -> Self {
        Self::over(Arc::new(InProcess::default()))
    }
}

impl MoodyBus {
    pub fn over(inner: Arc<dyn Bus>) -> Self {
        Self { inner, mood: AtomicU8::new(Mood::Well as u8), held: Mutex::default() }
    }
    pub fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }
}

#[async_trait]
impl Bus for MoodyBus {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        let mood = self.mood.load(Ordering::SeqCst);
        if mood == Mood::Silent as u8 {
            return Ok(());
        }
        if mood == Mood::Gone as u8 {
            return Err(BusError("it is gone".into()));
        }
        if mood == Mood::Reordering as u8 {
            let Some(before) = self.held.lock().take() else {
                *self.held.lock() = Some(Arc::clone(commit));
                return Ok(());
            };
            self.inner.publish(commit).await?;
            return self.inner.publish(&before).await;
        }
        if mood == Mood::Doubling as u8 {
            self.inner.publish(commit).await?;
        }
        self.inner.publish(commit).await
    }

    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError> {
        self.inner.subscribe(workspace).await
    }

    async fn watched(&self, moved: &[(WorkspaceId, Mark)]) -> Result<(), BusError> {
        self.inner.watched(moved).await
    }

    fn gaps(&self) -> BoxStream<'static, ()> {
        self.inner.gaps()
    }
}
