//! People for a load test, made and taken away by the server that holds the store.

use load::crowd::{Crowd, Extra, Spread, seats};
use serde_json::{Value, json};
use service::{CrowdAsked, Service};

use super::desk::not_done;
use crate::control::Progress;
use crate::exit::Failure;

/// Said on the way, not more often.
const TOLD_EVERY: usize = 100;

pub async fn prepare(
    service: &Service,
    (people, channels, each): (u32, u32, u32),
    (spread, directs): (Spread, bool),
    progress: Progress,
) -> Result<Value, Failure> {
    // The seats of a number that was mistyped would not fit into memory.
    CrowdAsked::check_sizes(people, channels, each).map_err(|refusal| not_done(&refusal.into()))?;
    let seats = seats(people, channels, each, spread);
    let told = |count: usize| {
        if count.is_multiple_of(TOLD_EVERY) {
            progress.say(|| format!("{count} of {people} people"));
        }
    };
    let asked = CrowdAsked { people, channels, seats: seats.clone(), directs };
    let made = service.gather_crowd(asked, told).await.map_err(|error| not_done(&error))?;
    let directs_from = 1 + channels;
    let people = made.people.iter().zip(seats).enumerate().map(|(at, (extra, seats))| {
        // Behind `general`; a direct behind them all.
        let direct = (at / 2 < made.directs.len()).then_some(directs_from + at as u32 / 2);
        let seats = seats.iter().map(|channel| channel + 1).chain(direct).collect();
        Extra { account: extra.account.to_string(), token: extra.secret.text(), seats }
    });
    let crowd = Crowd {
        workspace: made.workspace.to_string(),
        slug: made.slug.clone(),
        channels: [made.general]
            .iter()
            .chain(&made.channels)
            .chain(&made.directs)
            .map(ToString::to_string)
            .collect(),
        directs_from,
        people: people.collect(),
    };
    serde_json::to_value(crowd).map_err(|error| Failure::Failed(error.to_string()))
}

pub async fn remove(service: &Service, slug: &str, progress: Progress) -> Result<Value, Failure> {
    let told = |count: usize| {
        if count.is_multiple_of(TOLD_EVERY) {
            progress.say(|| format!("{count} gone"));
        }
    };
    let gone = service.dismiss_crowd(slug, told).await.map_err(|error| not_done(&error))?;
    Ok(json!({ "gone": gone }))
}
