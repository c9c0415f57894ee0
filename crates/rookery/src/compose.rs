//! The only wiring: which backend stands behind which port, and which role stands on which listener.

mod backend;
mod cache;
mod copies;
mod counting;
mod crowd;
mod desk;
mod doctor;
mod embedded;
mod health;
mod migrations;
mod node;
mod people;
mod postgres;
mod redis;
mod roles;
mod sockets;
mod tasks;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use api::door::Counting;
use api::health::Health;
use service::Service;
use service::live::presence::Presence;
use service::live::redis::Redis;
use service::live::{Bus, Hall, InProcess};
use store::clock::{Clock, SystemClock};

use crate::config::Config;
use crate::config::kinds::StoreKind;
use crate::data_dir::DataDir;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

use backend::Backend;
pub use copies::{Overwrite, named, restore, verify};
pub use desk::Desk;
pub use doctor::{Finding, State, examine};
pub use migrations::migrations;
pub use roles::{Roles, operators};
pub use sockets::cores;

/// What the roles are handed.
pub struct Ports {
    pub health: Health,
    pub service: Service,
    pub desk: Desk,
    backend: Backend,
    bus: Arc<dyn Bus>,
    presence: Arc<dyn Presence>,
    redis: Option<Redis>,
    /// Processes that serve the API, as far as one knows.
    processes: Arc<AtomicU32>,
}

impl Ports {
    /// Limits are counted where all processes meet.
    fn counting(&self) -> Arc<dyn Counting> {
        match self.redis.clone() {
            Some(redis) => Arc::new(counting::Shared::new(redis, Arc::clone(&self.processes))),
            None => Arc::new(api::door::InProcess::default()),
        }
    }
}

/// Opens every backend and starts what keeps it going; the folder is held by the caller, who needs one if the store lives in it.
pub async fn ports(config: &Config, lifecycle: &Lifecycle) -> Result<Ports, Failure> {
    let clock = clock();
    let backend = match config.store.kind {
        StoreKind::Embedded => embedded::open(&config.server.data, &clock, lifecycle).await?,
        StoreKind::Postgres => postgres::open(config, lifecycle).await?,
    };
    let mut service = Service::new(backend.places.clone(), clock);
    let redis = redis::open(config, &service, lifecycle)?;
    if let Some(cache) = cache::open(config, redis.as_ref(), lifecycle) {
        service = service.remembering(cache);
    }
    let desk = Desk::new(config, service.clone(), &backend, lifecycle);
    let (bus, presence): (Arc<dyn Bus>, Arc<dyn Presence>) = match redis.clone() {
        Some(redis) => (Arc::new(redis.clone()), Arc::new(redis::hall(redis, lifecycle))),
        None => (Arc::new(InProcess::default()), Arc::new(Hall::default())),
    };
    let (health, processes) = (health::of(&backend, redis.clone()), Arc::new(AtomicU32::new(1)));
    Ok(Ports { health, service, desk, backend, bus, presence, redis, processes })
}

/// What a serving process does beside its roles: it is a node among others, answers commands, trims, copies, finishes what was begun.
pub async fn tend(
    config: &Config,
    data: &DataDir,
    ports: &Ports,
    lifecycle: &Lifecycle,
) -> Result<(), Failure> {
    node::join(config, ports, lifecycle).await?;
    postgres::warn_of_durability(&ports.backend).await;
    ports.desk.listen(data, lifecycle)?;
    ports.desk.keep_copying(config, lifecycle);
    tasks::finish_what_was_begun(&ports.service, lifecycle);
    tasks::gather_marks(&ports.service, lifecycle);
    tasks::know_people(&ports.service, lifecycle);
    tasks::trim(config, &ports.backend, lifecycle);
    if ports.redis.is_some() {
        tasks::watch_for_everyone(ports, lifecycle);
    }
    Ok(())
}

/// Whether a server may hold the store so that commands must go through it; a database at scale is open to all.
pub fn goes_through_a_server(config: &Config) -> bool {
    config.store.kind == StoreKind::Embedded
}

/// The folder, if the store lives in it. A folder without a store is a slip of the pen, and nothing is made in it.
pub fn hold(config: &Config) -> Result<Option<DataDir>, Failure> {
    match config.store.kind {
        StoreKind::Postgres => Ok(None),
        StoreKind::Embedded if embedded::is_there(&config.server.data) => {
            DataDir::take(&config.server.data).map(Some)
        }
        StoreKind::Embedded => Err(Failure::Refused(format!(
            "there is no store in {}; name its folder with --data",
            config.server.data.display()
        ))),
    }
}

/// Refuses what is only done with a store of our own.
pub fn keeps_own_copies(config: &Config) -> Result<(), Failure> {
    match config.store.kind {
        StoreKind::Embedded => Ok(()),
        StoreKind::Postgres => Err(Failure::Refused(
            "copies of PostgreSQL are made and put back with its own tools: pg_basebackup, WAL archiving; \
             a new history is noticed here and begins a new epoch"
                .to_owned(),
        )),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The same clock, as people read it.
pub fn api_clock() -> api::clock::Clock {
    let clock = clock();
    Arc::new(move || std::time::UNIX_EPOCH + std::time::Duration::from_micros(clock.now().0.unsigned_abs()))
}
