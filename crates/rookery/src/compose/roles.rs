//! Which role stands on which listener.

use std::sync::Arc;
use std::time::Duration;

use api::door::{Origins, Rates, Rule};
use api::face::{Face, FaceOptions};
use api::limits::Limits;
use api::peer::Proxies;
use api::server::Door;
use api::socket::Outside;
use api::tls::Tls;
use gateway::Gateway;
use gateway::door::OwnDoor;
use tracing::{info, warn};
use worker::Share;

use super::{Ports, sockets};
use crate::commands::version::VERSION;
use crate::config::Config;
use crate::doors::Doors;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;
use crate::role::Role;
use crate::telemetry::Metrics;

/// Parts of a shard's workspaces that different workers may follow.
const SLICES: u8 = 4;

/// Which roles were asked for.
pub struct Roles<'a>(pub &'a [Role]);

impl Roles<'_> {
    /// Starts them all; they end with the lifecycle.
    pub fn start(
        &self,
        config: &Config,
        ports: &Ports,
        doors: &mut Doors,
        lifecycle: &Lifecycle,
    ) -> Result<(), Failure> {
        let has = |role| self.0.contains(&role);
        let counting = ports.counting();
        let allowance = Arc::new(sockets::Counted {
            counting: Arc::clone(&counting),
            rule: Rule::of_account(config.rates.account),
            service: ports.service.clone(),
        });
        let face = FaceOptions { counting, ..face(config, doors) };
        let own = own_door(config, ports, &face, doors, lifecycle);
        let sockets = has(Role::Gateway).then(|| sockets::open(config, ports, allowance, own, lifecycle));
        let sockets = sockets.transpose()?;
        if !has(Role::Gateway) && ports.redis.is_some() {
            sockets::only_tell(ports, lifecycle);
        }
        if has(Role::Api) {
            main_door(config, ports, face, sockets, doors, lifecycle);
        }
        if has(Role::Worker) {
            work(config, ports, lifecycle);
        }
        Ok(())
    }
}

/// Of a process that is a gateway and no API: its cores accept.
fn own_door(
    config: &Config,
    ports: &Ports,
    face: &FaceOptions,
    doors: &mut Doors,
    lifecycle: &Lifecycle,
) -> Option<OwnDoor> {
    let listeners = std::mem::take(&mut doors.of_cores);
    if listeners.is_empty() {
        return None;
    }
    let (limits, health) = (limits(config), ports.health.clone());
    let v1 = api::v1::only_sockets(Face::with(ports.service.clone(), face.clone()));
    let router = api::sockets_router(v1, health.clone(), &limits);
    let proxies = Arc::new(Proxies::new(config.server.trusted_proxies.clone()));
    let outside = Outside::new(router, proxies, Gateway::accept);
    let tls = doors.tls.clone().map(|tls| {
        renew(tls.clone(), lifecycle);
        tls.of_one_protocol()
    });
    lifecycle.spawn("gateway.health", |stop| async move {
        stop.soft().await;
        health.drain();
        Ok(())
    });
    Some(OwnDoor { listeners, tls, doorman: Arc::new(sockets::Rules(outside)) })
}

/// One listener for whatever people and programs reach: the API, and the sockets where they are here, too.
fn main_door(
    config: &Config,
    ports: &Ports,
    face: FaceOptions,
    sockets: Option<Gateway>,
    doors: &mut Doors,
    lifecycle: &Lifecycle,
) {
    let Some(listener) = doors.main.take() else { return };
    let (limits, health) = (limits(config), ports.health.clone());
    let proxies = Arc::new(Proxies::new(config.server.trusted_proxies.clone()));
    let door = Door { limits: limits.clone(), proxies, tls: doors.tls.clone(), uncounted: false };
    let face = Face::with(ports.service.clone(), face);
    let mut router = api::main_router(api::v1::router(face), health.clone(), &limits);
    if let Some(gateway) = sockets {
        router = api::socket::behind(router, Arc::new(sockets::Door(gateway)));
    }
    if let Some(tls) = doors.tls.clone() {
        renew(tls, lifecycle);
    }
    lifecycle.spawn("api", |stop| async move {
        let drained = async move {
            stop.soft().await;
            health.drain();
        };
        api::server::serve(listener, router, door, drained).await;
        Ok(())
    });
}

/// Where it stands and how it is called; without a configured address, where it listens.
fn face(config: &Config, doors: &Doors) -> FaceOptions {
    let url = doors.url(config);
    let scheme = if url.starts_with("https://") { "https" } else { "http" };
    let rates = &config.rates;
    let usual = FaceOptions::at(&url);
    FaceOptions {
        origins: match config.server.public_url {
            Some(_) => usual.origins,
            None => Origins::listening(scheme, doors.address()),
        },
        name: config.server.name.clone(),
        version: VERSION,
        rates: Rates {
            account: rates.account,
            address: rates.address,
            sign_in_pair: rates.sign_in,
            sign_in_address: rates.sign_in_address,
            sign_in_account: rates.sign_in_account,
            costly: rates.costly,
            ..usual.rates
        },
        ..usual
    }
}

/// Whoever renews a certificate replaces its files; nobody tells us.
fn renew(tls: Tls, lifecycle: &Lifecycle) {
    const LOOK_EVERY: Duration = Duration::from_secs(30);
    lifecycle.spawn("tls", |stop| async move {
        loop {
            tokio::select! {
                () = stop.soft() => return Ok(()),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            match tls.renew() {
                Ok(true) => info!("the certificate was replaced"),
                Ok(false) => {}
                Err(error) => warn!(%error, "the new certificate cannot be used, the old one stays: {error}"),
            }
        }
    });
}

/// Followers and jobs, each on a task of its own. Where the database is shared, so are its workspaces.
fn work(config: &Config, ports: &Ports, lifecycle: &Lifecycle) {
    let share = if ports.backend.is_embedded { Share::Alone } else { Share::Slices(SLICES) };
    let settings = worker::Settings {
        holder: ports.service.new_key(),
        share,
        concurrency: config.worker.concurrency as usize,
        notify_after: config.worker.notify_after,
    };
    let worker::Worker { followings, runners } = worker::Worker::new(&ports.service, &settings);
    for following in followings {
        lifecycle.spawn("worker.follow", |stop| async move {
            following.run(async move { stop.soft().await }).await;
            Ok(())
        });
    }
    for runner in runners {
        lifecycle.spawn("worker.jobs", |stop| async move {
            runner.run(async move { stop.soft().await }).await;
            Ok(())
        });
    }
}

/// What operators read stands in every process, whatever its roles.
pub fn operators(
    config: &Config,
    ports: &Ports,
    metrics: &Metrics,
    doors: &mut Doors,
    lifecycle: &Lifecycle,
) {
    metrics.keep_small(lifecycle);
    let Some(listener) = doors.operators.take() else { return };
    let limits = limits(config);
    let router = api::operator_router(ports.health.clone(), metrics.render(), &limits);
    lifecycle.spawn("metrics", |stop| async move {
        let door = Door { limits, uncounted: true, ..Door::default() };
        api::server::serve(listener, router, door, async move { stop.soft().await }).await;
        Ok(())
    });
}

fn limits(config: &Config) -> Limits {
    Limits {
        body_bytes_max: usize::try_from(config.server.body_max.0).unwrap_or(usize::MAX),
        connections_max: config.server.connections_max as usize,
        address_connections_max: config.server.address_connections_max as usize,
        ..Limits::default()
    }
}
