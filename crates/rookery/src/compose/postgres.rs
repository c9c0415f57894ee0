//! PostgreSQL: the directory, and the shard beside it or in the same database.

use std::collections::BTreeSet;
use std::sync::Arc;

use service::Places;
use store::migrate::{Part, Plan};
use store::node::Room;
use store::pg::{Dsn, PoolConfig};
use store::postgres::Durability;
use store::{DigestKey, Engine, Limits, Postgres, PostgresOptions, Store, StoreError, secrets};
use tracing::warn;

use super::backend::{Backend, Database, Share};
use super::desk::failed;
use super::tasks;
use crate::config::{Config, secret};
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

/// One database of the configuration: what it holds, and how it is reached.
pub struct Place {
    pub name: &'static str,
    pub parts: &'static [Part],
    pub options: PostgresOptions,
}

/// The directory first; one place alone where both are the same database.
pub fn places(config: &Config) -> Result<Vec<Place>, Failure> {
    let settings = &config.store.postgres;
    let (Some(directory), Some(shard)) = (&settings.directory, settings.shards.first()) else {
        return Err(Failure::Usage("store.postgres names no directory or no shard".to_owned()));
    };
    let of_shard = PostgresOptions {
        writer: shard.writer.as_ref().map(revealed),
        replicas: shard.replicas.iter().map(revealed).collect(),
        pool: pool(config),
        ..PostgresOptions::new(revealed(&shard.primary))
    };
    if same_database(directory.reveal(), shard.primary.reveal()) {
        return Ok(vec![Place { name: "directory and shard", parts: Part::ALL, options: of_shard }]);
    }
    let of_directory = PostgresOptions {
        writer: settings.directory_writer.as_ref().map(revealed),
        pool: pool(config),
        ..PostgresOptions::new(revealed(directory))
    };
    Ok(vec![
        Place { name: "directory", parts: Part::OF_DIRECTORY, options: of_directory },
        Place { name: "shard", parts: Part::OF_SHARD, options: of_shard },
    ])
}

/// Every database with its lanes running.
pub async fn open(config: &Config, lifecycle: &Lifecycle) -> Result<Backend, Failure> {
    let mut databases = Vec::new();
    let mut key: Option<DigestKey> = None;
    for place in places(config)? {
        let engine = connect(&place).await.map_err(|error| failed(&error))?;
        let key = match &key {
            Some(of_directory) => of_directory.clone(),
            None => key
                .insert(secrets::digest_key(engine.as_ref()).await.map_err(|error| failed(&error))?)
                .clone(),
        };
        let store = Store::new(engine.clone() as Arc<dyn Engine>, key, Limits::default());
        tasks::run_store(&store, lifecycle);
        figures(engine.clone(), lifecycle);
        databases.push(Database {
            engine: engine.clone(),
            store,
            parts: place.parts,
            postgres: Some(engine),
        });
    }
    let share = Some(share(config, &databases).await?);
    let places = match databases.as_slice() {
        [directory, other] => Places::new(directory.store.clone(), other.store.clone()),
        [both] => Places::together(both.store.clone()),
        _ => return Err(Failure::Failed("a store is one database or two".to_owned())),
    };
    Ok(Backend { places, databases, share, is_embedded: false })
}

/// Brought to the shape of what it holds, and its history on record.
async fn connect(place: &Place) -> Result<Arc<Postgres>, StoreError> {
    let engine = Postgres::new(place.options.clone());
    engine.migrate(&Plan { parts: place.parts, ..Plan::default() }).await?;
    engine.settle().await?;
    Ok(Arc::new(engine))
}

/// What this node may take of one server, beside what the smallest of them has to give: nodes are configured alike, so where it
/// is tight for one database it is for all nodes.
async fn share(config: &Config, databases: &[Database]) -> Result<Share, Failure> {
    let pool = config.store.postgres.pool.size.saturating_add(config.store.postgres.pool.overflow);
    let servers: BTreeSet<_> = places(config)?
        .into_iter()
        .map(|Place { options, .. }| (options.primary.host, options.primary.port))
        .collect();
    let pools = if servers.len() < databases.len() { 2 } else { 1 };
    let mut max_connections = u32::MAX;
    for postgres in databases.iter().filter_map(|database| database.postgres.as_ref()) {
        let allowed = postgres.connections_allowed().await.map_err(|error| failed(&error))?.allowed;
        max_connections = max_connections.min(u32::try_from(allowed).unwrap_or(u32::MAX));
    }
    // What the server keeps for its operators has been taken off already.
    Ok(Share { pool: pool.saturating_mul(pools), room: Room { max_connections, reserve: 0 } })
}

/// Said once at the start; health goes on saying it.
pub async fn warn_of_durability(backend: &Backend) {
    for postgres in backend.databases.iter().filter_map(|database| database.postgres.as_ref()) {
        if matches!(postgres.durability().await, Ok(Durability::PrimaryOnly)) {
            warn!(
                "what is acknowledged is on a primary alone: \
                 set synchronous_standby_names = 'ANY 1 (…)' there to survive its loss"
            );
        }
    }
}

fn figures(engine: Arc<Postgres>, lifecycle: &Lifecycle) {
    lifecycle.spawn_base("store.figures", |stop| async move {
        tokio::select! {
            () = stop.soft() => {}
            () = engine.watch() => {}
        }
        Ok(())
    });
}

fn pool(config: &Config) -> PoolConfig {
    let (pool, usual) = (&config.store.postgres.pool, PoolConfig::default());
    PoolConfig {
        size: pool.size as usize,
        overflow: pool.overflow as usize,
        age_max: pool.max_age,
        check_after: if pool.check_before_use { usual.check_after } else { pool.max_age },
        wait_max: pool.wait,
        ..usual
    }
}

fn revealed(dsn: &secret::Dsn) -> Dsn {
    dsn.reveal().clone()
}

fn same_database(one: &Dsn, other: &Dsn) -> bool {
    (&one.host, one.port, &one.database) == (&other.host, other.port, &other.database)
}
