//! The two nodes, and people who talk on both.

use std::sync::Arc;
use std::time::Duration;

use gateway::Limits;
use live::redis::Redis;
use serde_json::Value;
use testkit::{Backend, Device, Ground, Meeting, Plaza, Redises, Shape};

pub struct Pair {
    pub redises: Arc<Redises>,
    pub redis: [Redis; 2],
    pub plazas: [Plaza; 2],
    pub ground: Ground,
}

impl Pair {
    /// On a database of its own, and on servers of Redis of its own.
    pub async fn on(shape: Shape) -> Self {
        let (ground, redises) = (Ground::on(Backend::Postgres).await, Redises::start(shape));
        let redis = [redises.node().await, redises.node().await];
        let one = Plaza::meeting_at(&ground, Limits::default(), Meeting::on(&redis[0])).await;
        let other = one.beside(&ground, Meeting::on(&redis[1])).await;
        Self { redises, redis, plazas: [one, other], ground }
    }

    /// Ada at the first node, Bob at the other.
    pub async fn talkers(&self) -> Talk {
        let [one, other] = &self.plazas;
        let bob = one.town.welcomes("Bob").await;
        let devices = [one.enters(one.town.team.owner).await, other.enters(bob).await];
        Talk { devices, general: one.town.team.general, said: 0, heard: [0, 0] }
    }

    /// Both hear each other through Redis again.
    pub async fn hear_each_other(&self) {
        let workspace = self.plazas[0].town.team.workspace;
        let well = |redis: &Redis| redis.trouble().is_none() && redis.hears(workspace);
        while !self.redis.iter().all(well) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// One of them has found out that something is wrong.
    pub async fn is_noticed(&self) {
        let workspace = self.plazas[0].town.team.workspace;
        let well = |redis: &Redis| redis.trouble().is_none() && redis.hears(workspace);
        while self.redis.iter().all(well) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

pub struct Talk {
    pub devices: [Device; 2],
    general: domain::ChannelId,
    said: u64,
    heard: [u64; 2],
}

impl Talk {
    /// So many more, each by the other of the two.
    pub async fn goes_on(&mut self, times: u64) {
        for _ in 0..times {
            self.said += 1;
            let who = (self.said % 2) as usize;
            self.devices[who].says(self.general, &self.said.to_string()).await;
        }
    }

    /// Both heard all of it, in order, and nothing twice.
    pub async fn is_heard(&mut self) {
        for (device, heard) in self.devices.iter_mut().zip(&mut self.heard) {
            while *heard < self.said {
                *heard += 1;
                assert_eq!(device.hears().await, heard.to_string());
            }
            let more = device.phone.until_now().await;
            let twice: Vec<&Value> =
                more.iter().filter(|frame| frame["event"]["kind"] == "message.sent").collect();
            assert_eq!(twice, Vec::<&Value>::new());
        }
    }
}
