//! Where the databases stand with their migrations, and taking what waits, before any server uses them.

use serde_json::{Value, json};
use store::StoreError;
use store::migrate::{Migratable, Part, Plan, State, status, up};
use store::sqlite::Migrating;

use super::desk::failed;
use super::{clock, embedded, postgres};
use crate::config::Config;
use crate::config::kinds::StoreKind;
use crate::exit::Failure;

/// The standing of every database after what was asked.
pub async fn migrations(config: &Config, take: bool) -> Result<Value, Failure> {
    let mut databases = Vec::new();
    match config.store.kind {
        StoreKind::Embedded => {
            let mut file = Migrating::open(&embedded::file(&config.server.data), clock())
                .map_err(|error| failed(&error))?;
            let fleet = file.fleet_level().map_err(|error| failed(&error))?;
            databases
                .push(one("store", &mut file, Part::ALL, fleet, take).await.map_err(|error| failed(&error))?);
        }
        StoreKind::Postgres => {
            for place in postgres::places(config)? {
                let opened = store::postgres::Migrating::open(&place.options.primary).await;
                let mut database = opened.map_err(|error| failed(&error))?;
                let fleet = database.fleet_level().await.map_err(|error| failed(&error))?;
                let standing = one(place.name, &mut database, place.parts, fleet, take).await;
                databases.push(standing.map_err(|error| failed(&error))?);
            }
        }
    }
    Ok(json!({ "databases": databases }))
}

async fn one(
    name: &str,
    database: &mut dyn Migratable,
    parts: &'static [Part],
    fleet: i32,
    take: bool,
) -> Result<Value, StoreError> {
    let plan = Plan { parts, fleet, ..Plan::default() };
    let taken = if take { up(database, &plan).await? } else { Vec::new() };
    let standing = status(database, &plan).await?;
    let steps: Vec<_> = standing
        .steps
        .iter()
        .map(|step| {
            let state = match step.state {
                State::Taken(_) => "taken",
                State::Waiting => "waiting",
                State::Blocked { .. } => "blocked",
            };
            json!({ "name": step.step.name, "state": state, "words": step.words() })
        })
        .collect();
    Ok(json!({ "database": name, "steps": steps, "newer": standing.newer, "taken": taken }))
}
