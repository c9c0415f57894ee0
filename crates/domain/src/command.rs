//! A command names its rows, then judges them.

use serde::Serialize;

use crate::event::Tell;
use crate::private::PrivateItem;
use crate::refusal::Refusal;
use crate::tables::{Edit, InWorld, Needs, RowChange};
use crate::world::World;
use crate::{AccountId, Event, Position, Stamp, WorkspaceId};

/// Who asks, and in which workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    /// When the session that asks began; a workspace may ask for a newer one.
    pub signed_us: Stamp,
}

impl By {
    /// Not through a session: the installation itself, or who is only just coming.
    pub fn new(workspace: WorkspaceId, account: AccountId) -> Self {
        Self { workspace, account, signed_us: Stamp(i64::MAX) }
    }
    #[must_use]
    pub fn signed_in_at(self, signed_us: Stamp) -> Self {
        Self { signed_us, ..self }
    }
}

/// What a person (or bot) asks for. One file a verb.
pub trait Command: Send + Sync + std::fmt::Debug {
    fn name(&self) -> &'static str;
    /// Every row the decision may look at, by key, unique name or bounded range.
    fn needs(&self, by: By, needs: &mut Needs);
    /// Whether the command may ask for more after seeing its world; such a one runs alone.
    fn alone(&self) -> bool {
        false
    }
    /// Asked once after the load, only of a command that runs alone: true when what it saw names more rows.
    fn more(&self, _by: By, _seen: &World, _needs: &mut Needs) -> bool {
        false
    }
    /// Pure. Sees the changes of the commands before it; refuses before it changes anything.
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal>;
    /// What the key stands for: everything the asker chose, no secret, nothing minted for this try.
    fn digest(&self, into: &mut dyn FnMut(&[u8]));
    /// Private marks carry no key: done twice is done once.
    fn keeps_receipt(&self) -> bool {
        true
    }
    /// Only a founding command may make the journal it is written to.
    fn founds(&self) -> bool {
        false
    }
}

/// What the asker is told; the same for the same key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply(pub String);

impl Reply {
    pub fn of(value: &impl Serialize) -> Self {
        Self(serde_json::to_string(value).unwrap_or_default())
    }
    pub fn number(number: u64) -> Self {
        Self(format!("{{\"number\":{number}}}"))
    }
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

/// New row values, the events that tell of them, and the answer.
#[derive(Debug)]
pub struct Changes {
    pub(crate) first: Position,
    pub(crate) stamp: Stamp,
    workspace: WorkspaceId,
    pub(crate) rows: Vec<RowChange>,
    pub(crate) events: Vec<Event>,
    pub(crate) private: Vec<(AccountId, u64, PrivateItem)>,
    pub reply: Reply,
}

impl Changes {
    pub fn begin(world: &World) -> Self {
        Self {
            first: world.head().position.next(),
            stamp: world.stamp(),
            workspace: world.workspace(),
            rows: Vec::new(),
            events: Vec::new(),
            private: Vec::new(),
            reply: Reply(String::from("{}")),
        }
    }
    /// The moment this command happens at.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }
    /// Where the next event told will stand.
    pub fn next(&self) -> Position {
        Position(self.first.0 + self.events.len() as u64)
    }
    pub fn tell(&mut self, tell: Tell) -> Position {
        let position = self.next();
        self.events.push(tell.at(self.workspace, position, self.stamp));
        position
    }
    pub fn put<R: InWorld>(&mut self, row: R) {
        self.rows.push(R::change(Edit::Put(row)));
    }
    pub fn remove<R: InWorld>(&mut self, key: R::Key) {
        self.rows.push(R::change(Edit::Remove(key)));
    }
    pub fn whisper(&mut self, to: AccountId, item: PrivateItem) {
        self.private.push((to, item.version, item));
    }
    #[must_use]
    pub fn answering(mut self, reply: Reply) -> Self {
        self.reply = reply;
        self
    }
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}
