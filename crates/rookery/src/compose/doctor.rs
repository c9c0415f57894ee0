//! What is wrong with a deployment, and what to do about it: looked at from outside, with or without a server that runs.

mod finding;
mod fleet;
mod machine;
mod pooler;
mod postgres;
mod redis;
mod seal;
mod settings;
mod socket;

use std::time::{Duration, SystemTime};

use crate::config::kinds::StoreKind;
use crate::config::{Config, Loaded};

pub use finding::{Finding, State};

/// How long any one thing may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that can be looked at from here, in the order one would mend it.
pub async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let config = &loaded.config;
    let mut findings = settings::examine(loaded);
    findings.extend(seal::examine(config));
    findings.extend(machine::examine(config));
    findings.extend(socket::examine(config).await);
    match config.store.kind {
        StoreKind::Embedded => findings.extend(machine::copies(config)),
        StoreKind::Postgres => findings.extend(databases(config).await),
    }
    findings.extend(redis::examine(config).await);
    findings
}

fn now() -> SystemTime {
    super::api_clock()()
}

async fn databases(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let places = match super::postgres::places(config) {
        Ok(places) => places,
        Err(why) => return vec![Finding::wrong("postgres", why.to_string(), "mend the configuration")],
    };
    for place in &places {
        findings.extend(postgres::examine(place).await);
        findings.extend(pooler::examine(place).await);
    }
    if let Some(directory) = places.first() {
        findings.extend(fleet::examine(config, directory).await);
    }
    findings
}
