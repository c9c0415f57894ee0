//! This process as one node of its installation: let in or refused at its start, seen while it lives, gone when it stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use store::clock::{SystemClock, new_key};
use store::node::{self, NotAdmitted};
use store::{Engine, StoreError};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::warn;

use super::Ports;
use super::desk::failed;
use crate::config::Config;
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};
use crate::role::Role;

const BEAT_EVERY: Duration = Duration::from_secs(5);
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// Counts this node among the living, or says with figures why there is no room for it.
pub async fn join(config: &Config, ports: &Ports, lifecycle: &Lifecycle) -> Result<(), Failure> {
    let backend = &ports.backend;
    let roles: Vec<_> = config.server.roles.iter().map(|role| role.name()).collect();
    let pool = backend.share.map_or(0, |share| share.pool);
    let own = node::Node::new(new_key(&SystemClock), &roles, pool);
    let directory = backend.directory();
    node::admit_node(directory.as_ref(), &own, backend.share.map(|share| share.room)).await.map_err(
        |why| match why {
            NotAdmitted::Store(error) => failed(&error),
            refused => Failure::Refused(refused.to_string()),
        },
    )?;
    let processes = Arc::clone(&ports.processes);
    lifecycle.spawn_base("node", |stop| live(directory, own, processes, stop));
    Ok(())
}

async fn live(
    directory: Arc<dyn Engine>,
    own: node::Node,
    processes: Arc<AtomicU32>,
    stop: Stop,
) -> Result<(), TaskError> {
    let mut beat = tokio::time::interval(BEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut forgot = Instant::now();
    loop {
        tokio::select! {
            () = stop.soft() => break,
            _ = beat.tick() => {}
        }
        told(node::beat(directory.as_ref(), &own).await);
        if let Ok(living) = node::live(directory.as_ref()).await {
            let api = living.iter().filter(|node| node.roles.split(',').any(|role| role == Role::Api.name()));
            processes.store(u32::try_from(api.count()).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
        if forgot.elapsed() >= FORGET_EVERY {
            told(node::forget(directory.as_ref()).await.map(drop));
            forgot = Instant::now();
        }
    }
    // Who does not get to say so is forgotten by its silence.
    told(node::leave(directory.as_ref(), own.id).await);
    Ok(())
}

fn told(done: Result<(), StoreError>) {
    if let Err(error) = done {
        warn!(%error, "the directory does not hear from this node: {error}");
    }
}
