//! Sends what nodes have to say, all that gathered while the last was on its way in one go.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use tokio::sync::mpsc;
use tracing::debug;

use super::lines::Lines;
use super::settings::Server;

/// For one channel.
pub(super) struct Said {
    pub channel: Arc<str>,
    pub packet: Vec<u8>,
}

pub(super) struct Mouth {
    pub lines: Arc<Lines>,
    pub queue: mpsc::Receiver<Said>,
}

const TOGETHER_MAX: usize = 512;
/// One flight to one server.
const BYTES_TOGETHER_MAX: usize = 4 << 20;

type Flights = HashMap<Server, (MultiplexedConnection, Vec<Said>)>;

impl Mouth {
    /// Until nobody can say anything any more.
    pub async fn run(mut self) {
        let mut said = Vec::new();
        while self.queue.recv_many(&mut said, TOGETHER_MAX).await > 0 {
            let mut flights: Flights = HashMap::new();
            for said in said.drain(..) {
                match self.lines.to(&said.channel) {
                    Ok((server, line)) => {
                        flights.entry(server).or_insert_with(|| (line, Vec::new())).1.push(said);
                    }
                    Err(_) => lost(1),
                }
            }
            let sharded = self.lines.places().is_some_and(|places| places.are_sharded());
            join_all(flights.into_iter().map(|(server, (line, said))| self.fly(server, line, said, sharded)))
                .await;
        }
    }

    /// In their order, so that a channel keeps its own.
    async fn fly(&self, server: Server, mut line: MultiplexedConnection, said: Vec<Said>, sharded: bool) {
        let mut said = said.into_iter().peekable();
        while said.peek().is_some() {
            let (mut flight, mut bytes, mut count) = (redis::pipe(), 0, 0);
            while let Some(next) =
                said.next_if(|next| bytes == 0 || bytes + next.packet.len() <= BYTES_TOGETHER_MAX)
            {
                bytes += next.packet.len();
                count += 1;
                let verb = if sharded { "SPUBLISH" } else { "PUBLISH" };
                flight.cmd(verb).arg(&*next.channel).arg(next.packet).ignore();
            }
            let flown: RedisResult<()> = flight.query_async(&mut line).await;
            if let Err(error) = flown {
                debug!(%server, %error, "{count} packets may not have reached {server}: {error}");
                lost(count + said.count() as u64);
                return self.lines.failed(&server, &error);
            }
        }
    }
}

fn lost(count: u64) {
    metrics::counter!("rookery_bus_unsent_total").increment(count);
}
