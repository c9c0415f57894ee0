//! Keeps the lines open and the channels heard, whatever becomes of the servers.
//!
//! The client would keep subscriptions itself, but loses sharded ones when a master dies. So what is wanted and what was
//! confirmed stand here, channels are asked for anew on every new line, and one that hears not even beats is not believed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, PushInfo, PushKind, RedisError, RedisResult, Value};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{info, warn};

use super::bus::{Hub, Silence};
use super::lines::Lines;
use super::places::{self, Places};
use super::settings::{Mode, Server};

pub(super) struct Keeper {
    lines: Arc<Lines>,
    hub: Arc<Hub>,
    hearing: HashMap<Server, Hearing>,
    /// Whom to ask first who has what.
    turn: usize,
    learned: Option<Instant>,
    again: Duration,
    again_at: Instant,
}

/// A line on which channels are heard.
struct Hearing {
    line: MultiplexedConnection,
    on: BTreeSet<u16>,
    lost: Arc<AtomicBool>,
}

impl Keeper {
    pub fn new(lines: Arc<Lines>, hub: Arc<Hub>) -> Self {
        let again = lines.settings.patience.again;
        let (hearing, learned, again_at) = (HashMap::new(), None, Instant::now());
        Self { lines, hub, hearing, turn: 0, learned, again, again_at }
    }

    /// Until it is dropped.
    pub async fn run(mut self) {
        let mut look = tokio::time::interval(self.lines.settings.patience.beat / 2);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.tend().await;
            self.listen_to_the_silence();
            let (now, again_at) = (Instant::now(), self.again_at);
            tokio::select! {
                _ = look.tick() => {}
                () = self.lines.trouble.notified() => {}
                () = self.hub.wake.notified() => {}
                () = tokio::time::sleep_until(again_at), if again_at > now => {}
            }
        }
    }

    async fn tend(&mut self) {
        self.close_what_is_lost();
        if self.again_at > Instant::now() {
            // Servers that are there are heard, whatever the others do.
            if let Some(places) = self.lines.places() {
                self.subscribe(&places).await.ok();
            }
            return;
        }
        match self.mend().await {
            Ok(()) => {
                if let Some(why) = self.lines.trouble() {
                    info!(why, "Redis is there");
                }
                self.again = self.lines.settings.patience.again;
                self.lines.is(None);
            }
            Err(error) => self.try_again_later(&error),
        }
    }

    fn try_again_later(&mut self, error: &RedisError) {
        let why = error.to_string();
        if self.lines.trouble().as_ref() != Some(&why) {
            warn!(why, "Redis is away, others are heard later: {why}");
        }
        self.lines.is(Some(why));
        self.lines.doubt();
        self.turn += 1;
        // Nodes that lost the same server do not come back in step.
        let spread = u32::from(self.hub.node.0[15]) + u32::from(self.hub.node.0[14]);
        self.again_at = Instant::now() + self.again * (384 + spread) / 640;
        self.again = (self.again * 2).min(self.lines.settings.patience.again_max);
    }

    fn close_what_is_lost(&mut self) {
        let hub = &self.hub;
        self.hearing.retain(|_, hearing| {
            let lost = hearing.lost.load(Ordering::Acquire);
            if lost {
                hub.lost(hearing.on.iter().copied());
            }
            !lost
        });
    }

    /// Who has what, a line to speak and one to hear to each of them, and every channel heard that somebody wants.
    async fn mend(&mut self) -> RedisResult<()> {
        let places = self.places().await?;
        let servers: Vec<Server> = places.servers().into_iter().cloned().collect();
        let this = &*self;
        let speaking = servers.iter().filter(|server| !this.lines.has(server)).map(|server| async move {
            let line = places::connect(&this.lines.settings, server).await?;
            this.lines.opened(server.clone(), line);
            Ok(())
        });
        let unheard = servers.iter().filter(|server| !this.hearing.contains_key(*server));
        let hearing = unheard.map(|server| async move { Ok((server.clone(), this.hear(server).await?)) });
        let (spoken, heard) = tokio::join!(join_all(speaking), join_all(hearing));
        let mut mended: RedisResult<()> = spoken.into_iter().collect();
        for heard in heard {
            match heard {
                Ok((server, hearing)) => drop(self.hearing.insert(server, hearing)),
                Err(error) => mended = mended.and(Err(error)),
            }
        }
        // Those that are there are of use, whoever else is not.
        let subscribed = self.subscribe(&places).await;
        mended.and(subscribed)
    }

    async fn places(&mut self) -> RedisResult<Arc<Places>> {
        let settings = &self.lines.settings;
        let is_old =
            |learned: Instant| settings.mode != Mode::Single && learned.elapsed() >= settings.patience.places;
        let known = self.lines.places();
        if let Some(known) = &known
            && !self.lines.doubted()
            && !self.learned.is_none_or(is_old)
        {
            return Ok(Arc::clone(known));
        }
        let others: Vec<Server> = known.iter().flat_map(|known| known.servers()).cloned().collect();
        let places = Arc::new(places::learn(settings, &others, self.turn).await?);
        self.learned = Some(Instant::now());
        let servers = places.servers();
        self.hearing.retain(|server, hearing| {
            let stays = servers.contains(&server);
            if !stays {
                self.hub.lost(hearing.on.iter().copied());
            }
            stays
        });
        self.lines.found(Arc::clone(&places));
        Ok(places)
    }

    async fn hear(&self, server: &Server) -> RedisResult<Hearing> {
        let (hub, lost) = (Arc::clone(&self.hub), Arc::new(AtomicBool::new(false)));
        let ends = Arc::clone(&lost);
        let patience = self.lines.settings.patience;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(patience.connect))
            .set_response_timeout(Some(patience.answer))
            .set_push_sender(move |push: PushInfo| -> Result<(), std::convert::Infallible> {
                pushed(&hub, &ends, &push);
                Ok(())
            });
        let client = self.lines.settings.client(server)?;
        let line = client.get_multiplexed_async_connection_with_config(&config).await?;
        Ok(Hearing { line, on: BTreeSet::new(), lost })
    }

    /// Brings what each server tells us into line with what is wanted of it.
    async fn subscribe(&mut self, places: &Places) -> RedisResult<()> {
        let mut wanted: HashMap<&Server, BTreeSet<u16>> = HashMap::new();
        for channel in self.hub.wanted() {
            if let Some(server) = places.of(self.hub.name(channel).as_bytes()) {
                wanted.entry(server).or_default().insert(channel);
            }
        }
        let hub = &self.hub;
        let sharded = places.are_sharded();
        let none = BTreeSet::new();
        let changed = self.hearing.iter_mut().map(|(server, hearing)| {
            let wanted = wanted.get(server).unwrap_or(&none);
            async move {
                let subscribed = hearing.brings(hub, wanted, sharded).await;
                if subscribed.is_err() {
                    hearing.lost.store(true, Ordering::Release);
                }
                subscribed
            }
        });
        let changed = join_all(changed).await.into_iter().collect();
        self.close_what_is_lost();
        changed
    }

    fn listen_to_the_silence(&mut self) {
        for (channel, silence) in self.hub.silent() {
            self.hub.beat(channel);
            if matches!(silence, Silence::Quiet) {
                continue;
            }
            for hearing in self.hearing.values().filter(|hearing| hearing.on.contains(&channel)) {
                if !hearing.lost.swap(true, Ordering::AcqRel) {
                    metrics::counter!("rookery_bus_silences_total").increment(1);
                    warn!(channel, "a channel of the bus fell silent; it is asked for anew");
                    self.lines.doubt();
                }
            }
        }
        self.close_what_is_lost();
    }
}

impl Hearing {
    async fn brings(&mut self, hub: &Hub, wanted: &BTreeSet<u16>, sharded: bool) -> RedisResult<()> {
        let more: Vec<u16> = wanted.difference(&self.on).copied().collect();
        let fewer: Vec<u16> = self.on.difference(wanted).copied().collect();
        if more.is_empty() && fewer.is_empty() {
            return Ok(());
        }
        let mut flight = redis::pipe();
        let (begin, end) =
            if sharded { ("SSUBSCRIBE", "SUNSUBSCRIBE") } else { ("SUBSCRIBE", "UNSUBSCRIBE") };
        for (verb, channels) in [(begin, &more), (end, &fewer)] {
            for channel in channels {
                flight.cmd(verb).arg(&**hub.name(*channel)).ignore();
            }
        }
        flight.exec_async(&mut self.line).await?;
        self.on.clone_from(wanted);
        hub.lost(fewer);
        hub.listens(&more);
        Ok(())
    }
}

/// On the line's own task: it must not wait.
fn pushed(hub: &Hub, lost: &AtomicBool, push: &PushInfo) {
    match (&push.kind, push.data.as_slice()) {
        (PushKind::Message | PushKind::SMessage, [Value::BulkString(name), Value::BulkString(bytes)]) => {
            hub.hear(name, bytes);
        }
        // Its slot went to another server, or we left it.
        (PushKind::Unsubscribe | PushKind::SUnsubscribe, [Value::BulkString(name), ..])
            if hub.is_wanted(name) =>
        {
            lost.store(true, Ordering::Release);
            hub.wake.notify_one();
        }
        (PushKind::Disconnection, _) => {
            lost.store(true, Ordering::Release);
            hub.lines.doubt();
            hub.wake.notify_one();
        }
        _ => {}
    }
}
