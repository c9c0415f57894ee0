//! The bus itself: who listens here, what was heard, what is said. Everyone here hears at once what is said here; the others
//! through Redis.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Commit, Key, WorkspaceId};
use futures_util::stream::{self, BoxStream};
use parking_lot::Mutex;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::time::Instant;

use super::Redis;
use super::lines::Lines;
use super::mouth::Said;
use super::packet::{self, Packet};
use super::places;
use super::settings::Server;
use crate::bus::{Bus, BusError, Heard, InProcess};
use crate::journal::Mark;
use crate::presence::Change;

/// Workspaces share so many channels, whatever their number; a node listens to those of its own.
pub(super) const CHANNELS: u16 = 256;
/// Marks of one packet.
const MARKS_MAX: usize = 10_000;
const CHANGES_BEHIND_MAX: usize = 8_192;

pub(super) struct Hub {
    pub lines: Arc<Lines>,
    pub node: Key,
    local: InProcess,
    unsent: mpsc::Sender<Said>,
    names: Vec<Arc<str>>,
    ears: Mutex<Vec<Ear>>,
    /// The keeper has something to do.
    pub wake: Notify,
    /// Counts subscriptions that were confirmed.
    confirmed: watch::Sender<u64>,
    gaps: watch::Sender<u64>,
    pub changes: broadcast::Sender<Change>,
}

/// What is known of a channel.
#[derive(Debug, Clone, Default)]
struct Ear {
    rooms: Vec<WorkspaceId>,
    /// Confirmed then, and not lost since.
    since: Option<Instant>,
    heard: Option<Instant>,
    /// Somebody listens who may have missed something.
    owed: bool,
}

/// How a channel does that somebody here listens to.
pub(super) enum Silence {
    /// It should be heard whether it works.
    Quiet,
    Dead,
}

fn name(prefix: &str, channel: u16) -> String {
    format!("{prefix}:{channel}")
}

/// The channel on which a workspace's commits are said.
pub fn channel(prefix: &str, workspace: WorkspaceId) -> String {
    name(prefix, channel_of(workspace))
}

fn channel_of(workspace: WorkspaceId) -> u16 {
    places::crc16(workspace.bytes()) % CHANNELS
}

impl Hub {
    pub fn new(lines: Arc<Lines>, node: Key, unsent: mpsc::Sender<Said>) -> Self {
        let prefix = &lines.settings.prefix;
        let names = (0..CHANNELS).map(|channel| Arc::from(name(prefix, channel))).collect();
        Self {
            lines,
            node,
            local: InProcess::default(),
            unsent,
            names,
            ears: Mutex::new(vec![Ear::default(); usize::from(CHANNELS)]),
            wake: Notify::new(),
            confirmed: watch::Sender::new(0),
            gaps: watch::Sender::new(0),
            changes: broadcast::channel(CHANGES_BEHIND_MAX).0,
        }
    }

    pub fn name(&self, channel: u16) -> &Arc<str> {
        &self.names[usize::from(channel)]
    }

    fn named(&self, name: &[u8]) -> Option<u16> {
        let number = name.strip_prefix(self.lines.settings.prefix.as_bytes())?.strip_prefix(b":")?;
        let number = std::str::from_utf8(number).ok()?.parse().ok()?;
        (number < CHANNELS).then_some(number)
    }

    /// Channels somebody here listens to, now.
    pub fn wanted(&self) -> Vec<u16> {
        let mut rooms = vec![Vec::new(); usize::from(CHANNELS)];
        for workspace in self.local.listened() {
            rooms[usize::from(channel_of(workspace))].push(workspace);
        }
        let mut ears = self.ears.lock();
        for (ear, rooms) in ears.iter_mut().zip(rooms) {
            ear.rooms = rooms;
        }
        (0..CHANNELS).filter(|channel| !ears[usize::from(*channel)].rooms.is_empty()).collect()
    }

    pub fn is_wanted(&self, name: &[u8]) -> bool {
        self.named(name).is_some_and(|channel| !self.ears.lock()[usize::from(channel)].rooms.is_empty())
    }

    /// The server said that it tells us of these from now on.
    pub fn listens(&self, channels: &[u16]) {
        let (now, mut owed) = (Instant::now(), false);
        let mut ears = self.ears.lock();
        for channel in channels {
            let ear = &mut ears[usize::from(*channel)];
            ear.since.get_or_insert(now);
            owed |= std::mem::take(&mut ear.owed);
        }
        drop(ears);
        self.confirmed.send_modify(|count| *count += 1);
        if owed {
            self.ring();
        }
    }

    /// Nobody tells us of these any more.
    pub fn lost(&self, channels: impl IntoIterator<Item = u16>) {
        let mut ears = self.ears.lock();
        for channel in channels {
            let ear = &mut ears[usize::from(channel)];
            ear.owed |= ear.since.take().is_some() && !ear.rooms.is_empty();
        }
    }

    fn ring(&self) {
        metrics::counter!("rookery_bus_gaps_total").increment(1);
        self.gaps.send_modify(|count| *count += 1);
    }

    /// Channels that are quiet, and what that means by now.
    pub fn silent(&self) -> Vec<(u16, Silence)> {
        let patience = self.lines.settings.patience;
        let judge = |(channel, ear): (u16, &Ear)| {
            let quiet = ear.heard.max(Some(ear.since?))?.elapsed();
            let silence = if quiet >= patience.silence { Silence::Dead } else { Silence::Quiet };
            (quiet >= patience.beat && !ear.rooms.is_empty()).then_some((channel, silence))
        };
        (0..CHANNELS).zip(self.ears.lock().iter()).filter_map(judge).collect()
    }

    pub fn beat(&self, channel: u16) {
        self.say(channel, &Packet::Beat).ok();
    }

    /// Something came from Redis.
    pub fn hear(&self, name: &[u8], bytes: &[u8]) {
        let Some(channel) = self.named(name) else { return };
        self.ears.lock()[usize::from(channel)].heard = Some(Instant::now());
        if packet::is_of(bytes, self.node) {
            return;
        }
        match packet::decode(bytes) {
            Ok((_, Some(packet))) => self.take(channel, packet),
            Ok((_, None)) => {}
            Err(_) => {
                metrics::counter!("rookery_bus_unreadable_total").increment(1);
                self.ring();
            }
        }
    }

    fn take(&self, channel: u16, packet: Packet) {
        match packet {
            Packet::Beat => {}
            Packet::Commit(commit) => self.local.tell(&Heard::Commit(commit)),
            Packet::Stands(marks) => self.stand(&marks),
            Packet::Watched(marks) => {
                self.stand(&marks);
                let rooms = self.ears.lock()[usize::from(channel)].rooms.clone();
                rooms.into_iter().for_each(|workspace| self.local.tell(&Heard::Watched(workspace)));
            }
            Packet::Changes(changes) => changes.into_iter().for_each(|change| {
                // Nobody looks.
                self.changes.send(change).ok();
            }),
        }
    }

    fn stand(&self, marks: &[(WorkspaceId, Mark)]) {
        marks.iter().for_each(|(workspace, mark)| self.local.tell(&Heard::Stands(*workspace, *mark)));
    }

    fn say(&self, channel: u16, packet: &Packet) -> Result<(), BusError> {
        let name = self.name(channel);
        self.lines.to(name).map_err(|away| BusError(away.to_string()))?;
        let said = Said { channel: Arc::clone(name), packet: packet::encode(self.node, packet) };
        self.unsent.try_send(said).map_err(|_| BusError("too much waits to be sent".to_owned()))
    }

    /// To everyone who looks, here and elsewhere.
    pub fn say_changes(&self, workspace: WorkspaceId, changes: Vec<Change>) -> Result<(), BusError> {
        let (channel, packet) = (channel_of(workspace), Packet::Changes(changes));
        let said = self.say(channel, &packet);
        self.take(channel, packet);
        said
    }

    pub fn hears(&self, workspace: WorkspaceId) -> bool {
        self.ears.lock()[usize::from(channel_of(workspace))].since.is_some()
    }

    pub fn server_of(&self, workspace: WorkspaceId) -> Option<Server> {
        let places = self.lines.places()?;
        places.of(self.name(channel_of(workspace)).as_bytes()).cloned()
    }

    async fn is_confirmed(&self, channel: u16) {
        let mut confirmed = self.confirmed.subscribe();
        while self.ears.lock()[usize::from(channel)].since.is_none() {
            if confirmed.changed().await.is_err() {
                return;
            }
        }
    }
}

#[async_trait]
impl Bus for Redis {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        let hub = &self.hub;
        hub.local.tell(&Heard::Commit(Arc::clone(commit)));
        hub.say(channel_of(commit.workspace), &Packet::Commit(Arc::clone(commit)))
    }

    /// Waits a moment until Redis says so, where it is there: what is published from then on is heard. Where it is not, whoever
    /// listens hears this node at once, the others once they are reached, and the bell then.
    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError> {
        let (hub, channel) = (&self.hub, channel_of(workspace));
        let heard = hub.local.listen(workspace);
        {
            let ear = &mut hub.ears.lock()[usize::from(channel)];
            if !ear.rooms.contains(&workspace) {
                ear.rooms.push(workspace);
            }
            if ear.since.is_some() {
                return Ok(heard);
            }
        }
        hub.wake.notify_one();
        if self.trouble().is_none() {
            tokio::time::timeout(hub.lines.settings.patience.answer, hub.is_confirmed(channel)).await.ok();
        }
        let ear = &mut hub.ears.lock()[usize::from(channel)];
        ear.owed |= ear.since.is_none();
        Ok(heard)
    }

    async fn watched(&self, moved: &[(WorkspaceId, Mark)]) -> Result<(), BusError> {
        let mut marks = vec![Vec::new(); usize::from(CHANNELS)];
        for (workspace, mark) in moved {
            marks[usize::from(channel_of(*workspace))].push((*workspace, *mark));
        }
        let mut said = Ok(());
        for (channel, mut marks) in (0..CHANNELS).zip(marks) {
            while marks.len() > MARKS_MAX {
                let packet = Packet::Stands(marks.split_off(marks.len() - MARKS_MAX));
                said = said.and(self.hub.say(channel, &packet));
                self.hub.take(channel, packet);
            }
            let packet = Packet::Watched(marks);
            said = said.and(self.hub.say(channel, &packet));
            self.hub.take(channel, packet);
        }
        said
    }

    fn gaps(&self) -> BoxStream<'static, ()> {
        Box::pin(stream::unfold(self.hub.gaps.subscribe(), |mut gaps| async move {
            gaps.changed().await.ok()?;
            Some(((), gaps))
        }))
    }
}
