//! Who is here and who types: never numbered, never stored; unknown stays unknown.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use domain::{AccountId, ChannelId, Key, WorkspaceId};
use futures_util::stream::{self, BoxStream};
use parking_lot::Mutex;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::bus::BusError;
use crate::devices::Devices;

/// The best of somebody's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// Nobody can say.
    Unknown,
    Off,
    Away,
    Here,
}

impl Face {
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Off => "off",
            Self::Away => "away",
            Self::Here => "here",
        }
    }
}

/// A device on a node, as it now is; `Off` when its last socket is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub device: Key,
    pub face: Face,
}

/// What changed for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Face(WorkspaceId, AccountId, Face),
    Typing(WorkspaceId, ChannelId, u64, AccountId),
}

#[async_trait]
pub trait Presence: Send + Sync + 'static {
    /// Transitions of devices on a node, and that the node lives.
    async fn report(&self, node: Key, changes: &[Here]) -> Result<(), BusError>;
    async fn look(
        &self,
        workspace: WorkspaceId,
        accounts: &[AccountId],
    ) -> Result<Vec<(AccountId, Face)>, BusError>;
    /// Told to who looks just now, and forgotten.
    async fn typing(
        &self,
        workspace: WorkspaceId,
        channel: ChannelId,
        thread: u64,
        account: AccountId,
    ) -> Result<(), BusError>;
    /// Every change from now on. Who falls behind misses some, and looks again.
    fn changes(&self) -> BoxStream<'static, Change>;
}

/// A node that says nothing for this long is gone, and its people with it.
pub const LEASE: Duration = Duration::from_secs(75);
const CHANGES_BEHIND_MAX: usize = 8_192;

/// The hall of one process.
pub struct Hall {
    rooms: Mutex<Rooms>,
    changes: broadcast::Sender<Change>,
}

/// Devices of nodes, and the face each person has by them.
#[derive(Default)]
pub(crate) struct Rooms {
    people: HashMap<(WorkspaceId, AccountId), Devices>,
    nodes: HashMap<Key, Instant>,
}

impl Default for Hall {
    fn default() -> Self {
        Self { rooms: Mutex::default(), changes: broadcast::channel(CHANGES_BEHIND_MAX).0 }
    }
}

impl Rooms {
    pub fn face(&self, person: (WorkspaceId, AccountId)) -> Face {
        let devices = self.people.get(&person).into_iter().flatten();
        devices.map(|(_, face)| *face).max().unwrap_or(Face::Off)
    }

    pub fn report(&mut self, node: Key, changes: &[Here], told: &mut Vec<Change>) {
        self.nodes.insert(node, Instant::now() + LEASE);
        for here in changes {
            self.change((here.workspace, here.account), told, |devices| match here.face {
                Face::Off | Face::Unknown => drop(devices.remove(&(node, here.device))),
                face => drop(devices.insert((node, here.device), face)),
            });
        }
        self.expire(told);
    }

    /// Nodes whose lease is over take their people with them.
    fn expire(&mut self, told: &mut Vec<Change>) {
        let gone: HashSet<Key> =
            self.nodes.iter().filter(|(_, until)| **until <= Instant::now()).map(|(node, _)| *node).collect();
        if gone.is_empty() {
            return;
        }
        self.nodes.retain(|node, _| !gone.contains(node));
        let people: Vec<_> = self.people.keys().copied().collect();
        for person in people {
            self.change(person, told, |devices| devices.retain(|(node, _), _| !gone.contains(node)));
        }
    }

    fn change(
        &mut self,
        person: (WorkspaceId, AccountId),
        told: &mut Vec<Change>,
        change: impl FnOnce(&mut Devices),
    ) {
        let was = self.face(person);
        let devices = self.people.entry(person).or_default();
        change(devices);
        if devices.is_empty() {
            self.people.remove(&person);
        }
        let is = self.face(person);
        if is != was {
            told.push(Change::Face(person.0, person.1, is));
        }
    }
}

#[async_trait]
impl Presence for Hall {
    async fn report(&self, node: Key, changes: &[Here]) -> Result<(), BusError> {
        let mut told = Vec::new();
        self.rooms.lock().report(node, changes, &mut told);
        for change in told {
            self.changes.send(change).ok();
        }
        Ok(())
    }

    async fn look(
        &self,
        workspace: WorkspaceId,
        accounts: &[AccountId],
    ) -> Result<Vec<(AccountId, Face)>, BusError> {
        let rooms = self.rooms.lock();
        Ok(accounts.iter().map(|account| (*account, rooms.face((workspace, *account)))).collect())
    }

    async fn typing(
        &self,
        workspace: WorkspaceId,
        channel: ChannelId,
        thread: u64,
        account: AccountId,
    ) -> Result<(), BusError> {
        self.changes.send(Change::Typing(workspace, channel, thread, account)).ok();
        Ok(())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        heard(self.changes.subscribe())
    }
}

/// What comes from now on; what came while one was too slow is skipped.
pub(crate) fn heard(changes: broadcast::Receiver<Change>) -> BoxStream<'static, Change> {
    Box::pin(stream::unfold(changes, |mut heard| async move {
        loop {
            match heard.recv().await {
                Ok(change) => return Some((change, heard)),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }))
}
