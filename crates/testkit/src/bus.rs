//! What every bus must keep, a bus that fails on command, and commits to put on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use domain::{
    AccountId, Audience, ChannelId, Commit, Epoch, Event, EventKind, Image, Key, Message, Position,
    PrivateItem, Stamp, WorkspaceId,
};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use live::{Bus, BusError, InProcess};
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
    inner: InProcess,
    mood: AtomicU8,
    held: Mutex<Option<Arc<Commit>>>,
}

impl Default for MoodyBus {
    fn default() -> Self {
        Self { inner: InProcess::default(), mood: AtomicU8::new(Mood::Well as u8), held: Mutex::default() }
    }
}

impl MoodyBus {
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

    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Arc<Commit>>, BusError> {
        self.inner.subscribe(workspace).await
    }
}

/// Every listener of a workspace hears what is said there, as it was said, and nothing of another.
pub async fn listeners_hear_their_workspace(bus: Arc<dyn Bus>) {
    let (here, there) = (workspace(1), workspace(2));
    let mut ada = bus.subscribe(here).await.expect("a bus that is there");
    let mut bob = bus.subscribe(here).await.expect("a bus that is there");
    let mut eve = bus.subscribe(there).await.expect("a bus that is there");
    let ours = commit(here, 7, vec![said(here, 1, "hello"), said(here, 2, "to all")]);
    let theirs = whispered(there, 9, 5, 3);
    bus.publish(&ours).await.expect("published");
    bus.publish(&theirs).await.expect("published");
    assert_eq!(ada.next().await.as_deref(), Some(ours.as_ref()));
    assert_eq!(bob.next().await.as_deref(), Some(ours.as_ref()));
    assert_eq!(eve.next().await.as_deref(), Some(theirs.as_ref()));
}

/// Nobody listens, or somebody left: that disturbs nobody.
pub async fn who_leaves_disturbs_nobody(bus: Arc<dyn Bus>) {
    let here = workspace(3);
    let one = commit(here, 7, vec![said(here, 1, "nobody hears")]);
    bus.publish(&one).await.expect("published to nobody");
    let gone = bus.subscribe(here).await.expect("a bus that is there");
    let mut stays = bus.subscribe(here).await.expect("a bus that is there");
    drop(gone);
    let two = commit(here, 7, vec![said(here, 2, "one hears")]);
    bus.publish(&two).await.expect("published");
    assert_eq!(stays.next().await.as_deref(), Some(two.as_ref()), "and nothing of before");
}

/// Who does not listen to what they asked for loses it, and holds nobody up.
pub async fn who_is_slow_holds_nobody_up(bus: Arc<dyn Bus>) {
    let here = workspace(4);
    let slow = bus.subscribe(here).await.expect("a bus that is there");
    let mut quick = bus.subscribe(here).await.expect("a bus that is there");
    for position in 1..=5_000 {
        let said = commit(here, 7, vec![said(here, position, "again")]);
        bus.publish(&said).await.expect("published");
        assert_eq!(quick.next().await.as_deref(), Some(said.as_ref()));
    }
    drop(slow);
}

/// The contract of a bus, on a backend.
#[macro_export]
macro_rules! bus_contract {
    ($($backend:ident: $make:expr),+ $(,)?) => {$(
        mod $backend {
            #[tokio::test]
            async fn listeners_hear_their_workspace() {
                $crate::bus::listeners_hear_their_workspace($make.await).await;
            }
            #[tokio::test]
            async fn who_leaves_disturbs_nobody() {
                $crate::bus::who_leaves_disturbs_nobody($make.await).await;
            }
            #[tokio::test]
            async fn who_is_slow_holds_nobody_up() {
                $crate::bus::who_is_slow_holds_nobody_up($make.await).await;
            }
        }
    )+};
}
