//! How each backend is asked how it is.

use std::sync::Arc;

use api::health::{Condition, Health, Probe};
use service::live::redis::Redis;
use store::postgres::Durability;
use store::{Postgres, Store};

use super::api_clock;
use super::backend::Backend;

pub fn of(backend: &Backend, redis: Option<Redis>) -> Health {
    let mut components: Vec<(&'static str, Probe)> = vec![("database", database(backend))];
    let engines: Vec<_> = backend.databases.iter().filter_map(|database| database.postgres.clone()).collect();
    if !engines.is_empty() {
        components.push(("quorum", quorum(engines)));
    }
    if let Some(redis) = redis {
        components.push(("redis", meeting(redis)));
    }
    Health::of(components, api_clock())
}

/// Without it others are heard later and everything else goes on.
fn meeting(redis: Redis) -> Probe {
    Arc::new(move || {
        let redis = redis.clone();
        Box::pin(async move {
            match redis.ping().await {
                Ok(()) => Condition::Ok,
                Err(away) => Condition::Degraded(away.to_string()),
            }
        })
    })
}

/// The worst of all databases: without any of them something cannot be done.
fn database(backend: &Backend) -> Probe {
    let stores: Vec<_> = backend.databases.iter().map(|database| database.store.clone()).collect();
    Arc::new(move || {
        let stores = stores.clone();
        Box::pin(async move {
            for store in &stores {
                if let Err(error) = store.engine().ping().await {
                    return Condition::Down(error.to_string());
                }
            }
            if stores.iter().any(Store::is_shut) {
                return Condition::Degraded("read only: the outcome of a commit is not known yet".to_owned());
            }
            Condition::Ok
        })
    })
}

/// Whether what is acknowledged survives the loss of a primary. Said plainly, since nothing else would show it before that day.
fn quorum(engines: Vec<Arc<Postgres>>) -> Probe {
    Arc::new(move || {
        let engines = engines.clone();
        Box::pin(async move {
            for engine in engines {
                match engine.durability().await {
                    Ok(Durability::Quorum) => {}
                    Ok(Durability::PrimaryOnly) => {
                        return Condition::Degraded(
                            "synchronous_standby_names is empty on a primary".to_owned(),
                        );
                    }
                    Err(error) => return Condition::Degraded(error.to_string()),
                }
            }
            Condition::Ok
        })
    })
}
