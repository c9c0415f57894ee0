//! The sockets of this process: the bus, what is followed of it, the gateway, and the way from the HTTP server to it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use api::door::{Counting, Rule, Whose};
use api::socket::{Arrival, Came, Outside, Passed};
use api::wire::Stream;
use futures_util::future::BoxFuture;
use gateway::door::{Asked, Caller, Doorman, Judged, OwnDoor};
use gateway::{Allowance, Bare, Gateway, Limits, Parts};
use protocol::AccountId;
use service::Service;
use service::live::feed::Patience;
use service::live::{Feed, Journals, publish};

use super::{Ports, cache};
use crate::config::Config;
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};

/// Everything a gateway stands on, running; the gateway itself ends when it is drained.
pub fn open(
    config: &Config,
    ports: &Ports,
    allowance: Arc<dyn Allowance>,
    door: Option<OwnDoor>,
    lifecycle: &Lifecycle,
) -> Result<Gateway, Failure> {
    let bus = Arc::clone(&ports.bus);
    let journals = Arc::new(Journals::new(ports.service.clone()));
    let (feed, driver) = Feed::new(Arc::clone(&bus), journals, Patience::default());
    for database in &ports.backend.databases {
        let told = publish(database.store.clone(), Arc::clone(&bus), Some(feed.clone()));
        lifecycle.spawn_base("live.publish", |stop| until_stopped(stop, told));
    }
    let node = std::process::id().to_string();
    let hall = Arc::clone(&ports.presence);
    let the_same = feed.clone();
    let made = Gateway::open(ports.service.clone(), feed, hall, limits(config), allowance, node, door);
    let (gateway, parts) =
        made.map_err(|error| Failure::Failed(format!("sockets cannot be kept: {error}")))?;
    let mut listeners = vec![gateway.listener()];
    if let Some(cache) = ports.service.cache() {
        // Before anybody hears of an event, nothing older is remembered here.
        listeners.insert(0, Arc::new(cache.clone()));
        cache.follows(the_same);
    }
    let follows = driver.run(Arc::new(listeners));
    lifecycle.spawn_base("live.feed", |stop| until_stopped(stop, follows));
    let Parts { cores, desks, helpers } = parts;
    for core in cores {
        let owner = lifecycle.clone();
        lifecycle.spawn("gateway.core", |_| async move {
            owner.on_thread("gateway.core", || core.run()).await?.map_err(TaskError::from)
        });
    }
    for desk in desks {
        lifecycle.spawn("gateway.desk", |_| async move {
            desk.await;
            Ok(())
        });
    }
    for helper in helpers {
        lifecycle.spawn("gateway.helper", |stop| until_stopped(stop, helper));
    }
    let drained = gateway.clone();
    lifecycle.spawn("gateway.drain", |stop| async move {
        stop.soft().await;
        drained.drain();
        Ok(())
    });
    Ok(gateway)
}

/// A process without sockets of its own tells the others what it commits.
pub fn only_tell(ports: &Ports, lifecycle: &Lifecycle) {
    let follow = |remembered| cache::follow(&ports.service, &ports.bus, remembered, lifecycle);
    let feed = ports.service.cache().map(follow);
    for database in &ports.backend.databases {
        let told = publish(database.store.clone(), Arc::clone(&ports.bus), feed.clone());
        lifecycle.spawn_base("live.publish", |stop| until_stopped(stop, told));
    }
}

pub async fn until_stopped(stop: Stop, work: impl Future<Output = ()>) -> Result<(), TaskError> {
    tokio::select! {
        () = stop.soft() => {}
        () = work => {}
    }
    Ok(())
}

/// Threads that keep sockets.
pub fn cores(config: &Config) -> usize {
    match config.gateway.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads as usize,
    }
}

fn limits(config: &Config) -> Limits {
    let asked = &config.gateway;
    Limits {
        cores: cores(config),
        sockets_max: asked.sockets_max as usize,
        account_sockets_max: asked.account_sockets_max as usize,
        address_strangers_max: asked.address_strangers_max as usize,
        commands_per_s: asked.commands_per_s,
        queue_bytes_max: usize::try_from(asked.queue_max.0).unwrap_or(usize::MAX),
        heartbeat: asked.heartbeat,
        newcomers_per_s: asked.newcomers_per_s,
        // Half of it, so that who takes the other half to go is not cut off.
        drain: (config.server.drain / 2).min(Duration::from_secs(30)),
        ..Limits::default()
    }
}

/// What sockets ask counts with what requests ask: one allowance an account.
pub struct Counted {
    pub counting: Arc<dyn Counting>,
    pub rule: Rule,
    pub service: Service,
}

impl Allowance for Counted {
    fn take(&self, account: AccountId) -> BoxFuture<'_, Option<Duration>> {
        Box::pin(async move {
            if self.rule.times == 0 {
                return None;
            }
            let verdict = self.counting.take(self.rule, Whose::Account(account), self.service.now()).await;
            verdict.retry_after_us.map(|us| Duration::from_micros(us.unsigned_abs()))
        })
    }
}

/// The rules of the API's door, as the cores' own ask them.
pub struct Rules(pub Outside);

impl Doorman for Rules {
    fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        self.0.counted(peer)
    }

    fn judge(&self, asked: Asked) -> BoxFuture<'static, Judged> {
        let Asked { request, peer, sealed } = asked;
        let asked = self.0.clone().ask(request, peer, sealed);
        Box::pin(async move {
            let Passed { answer, came } = asked.await;
            let caller = came.map(|Came { who, address, network }| Caller { who, address, network });
            Judged { answer, caller }
        })
    }
}

/// The gateway, as the HTTP server knows it.
pub struct Door(pub Gateway);

impl api::socket::Sockets for Door {
    fn accept(&self, key: &str) -> Option<String> {
        Gateway::accept(key)
    }
    fn take(&self, arrival: Arrival) -> bool {
        let Arrival { stream, who, address, network } = arrival;
        let bare = Box::pin(async move {
            let (stream, read_ahead) = stream.await?;
            let (stream, tls) = match stream {
                Stream::Plain(stream) => (stream, None),
                Stream::Sealed(sealed) => {
                    let (stream, tls) = sealed.into_inner();
                    (stream, Some(Box::new(tls)))
                }
            };
            Some(Bare { stream: stream.into_std().ok()?, tls, read_ahead })
        });
        self.0.arrive(gateway::Arrival { bare, who, address, network })
    }
}
