//! What everybody in a storm on a fleet knows: where the nodes are, where they talk, and what was killed so far.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::{AccountId, ChannelId, WorkspaceId};
use service::ChannelChange;
use store::{Postgres, PostgresOptions};
use tokio::sync::watch;
use tokio::time::Instant;

use super::Cluster;
use crate::clock::FakeClock;
use crate::fault::Faulty;
use crate::node::Node;
use crate::town::Town;

/// Who and where they are, as an installation was founded for them.
pub struct Founded {
    pub workspace: WorkspaceId,
    /// What opens the door for whoever may move everybody.
    pub owner: String,
    /// Every other one is closed.
    pub channels: Vec<ChannelId>,
    pub people: Vec<Citizen>,
}

pub struct Citizen {
    pub account: AccountId,
    pub token: String,
    /// The one they sit in, by its place in the list.
    pub channel: usize,
    /// Listens, and is sent out and brought in again.
    pub comes_and_goes: bool,
}

impl Founded {
    /// The first so many come and go, each in a closed channel.
    pub async fn on(cluster: &Cluster, channels: usize, guests: usize, people: usize) -> Self {
        let options = PostgresOptions::new(cluster.dsn(cluster.primary));
        let engine = Postgres::open(options).await.expect("the database is made ready");
        let node = Node::start(Faulty::over(Arc::new(engine)), FakeClock::going()).await;
        let town = Town::of(node).await;
        let (node, by) = (&town.node, town.team.owner.by);
        let owner = town.token_of(town.team.owner).await;
        let mut founded =
            Self { workspace: town.team.workspace, owner, channels: Vec::new(), people: Vec::new() };
        for number in 0..channels {
            let channel = town.team.opens(node, &format!("room-{number}")).await;
            if number % 2 == 0 {
                let closed = ChannelChange { private: true, ..ChannelChange::default() };
                node.service.change_channel(by, node.new_key(), channel, closed).await.expect("closed");
            }
            founded.channels.push(channel);
        }
        for number in 0..people {
            let comes_and_goes = number < guests;
            let channel = if comes_and_goes { number * 2 % channels } else { number % channels };
            let (person, key) = (town.welcomes(&format!("Person {number}")).await, node.new_key());
            let brought = node.service.add_to_channel(by, key, founded.channels[channel], person.account());
            brought.await.expect("brought in");
            let token = town.token_of(person).await;
            founded.people.push(Citizen { account: person.account(), token, channel, comes_and_goes });
        }
        town.node.stop().await;
        founded
    }
}

/// How far the journal came: whoever heard all of it is done.
#[derive(Debug, PartialEq)]
pub struct Goal {
    /// By channel: so many messages.
    pub numbers: Vec<u64>,
    pub position: u64,
    /// By person: the version of what is their own.
    pub versions: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    Talking,
    /// Nobody begins anything new; what is open is asked until it is answered.
    Ending,
    Over(Arc<Goal>),
    /// Who has not heard everything by now never will.
    Abandoned,
}

pub struct World {
    pub founded: Founded,
    pub apis: Vec<SocketAddr>,
    pub gateways: Vec<SocketAddr>,
    /// Between two messages of one person.
    pub every: Duration,
    pub phase: watch::Receiver<Phase>,
    kills: AtomicUsize,
    /// People who wait for no answer any more.
    pub quiet: AtomicUsize,
}

impl World {
    pub fn new(
        founded: Founded,
        [apis, gateways]: [Vec<SocketAddr>; 2],
        every: Duration,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        let (kills, quiet) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { founded, apis, gateways, every, phase, kills, quiet }
    }
    /// When somebody says their first: people do not speak all at once.
    pub fn first(&self, number: usize) -> Instant {
        Instant::now() + self.every.mul_f64(number as f64 / self.founded.people.len() as f64)
    }
    /// How many there were; what befalls anybody now is for the last of them.
    pub fn kills(&self) -> usize {
        self.kills.load(Ordering::Relaxed)
    }
    pub fn killed(&self) {
        self.kills.fetch_add(1, Ordering::Relaxed);
    }
}
