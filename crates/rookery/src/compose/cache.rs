//! What was read lately and nothing touched since: in this process, and on Redis for all.

use std::sync::Arc;

use service::Service;
use service::live::cache::{Cache, Cached, NotAPattern, Pattern, Settings};
use service::live::redis::{Redis, SharedCache};
use service::live::{Bus, Feed, Journals, Listener};

use super::sockets::until_stopped;
use crate::config::Config;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;
use crate::role::Role;

/// Nothing is remembered where nobody tells what changed: the sockets of this process are told, and who is on Redis.
pub fn open(config: &Config, redis: Option<&Redis>, lifecycle: &Lifecycle) -> Option<Cached> {
    let is_told = config.server.roles.contains(&Role::Gateway) || redis.is_some();
    if config.cache.entries_max == 0 || !is_told {
        return None;
    }
    let settings = settings(config);
    let shared = redis.map(|redis| Arc::new(SharedCache::new(redis.clone(), settings)) as Arc<dyn Cache>);
    let (cache, carrier) = Cached::new(settings, shared);
    lifecycle.spawn_base("live.cache", |stop| until_stopped(stop, carrier.run()));
    Some(cache)
}

fn settings(config: &Config) -> Settings {
    let cache = &config.cache;
    Settings {
        entries_max: cache.entries_max as usize,
        bytes_max: usize::try_from(cache.memory_max.0).unwrap_or(usize::MAX),
        near: cache.keep,
        profiles: cache.profiles,
        channel_members: cache.channel_members,
        endpoints: cache.endpoints,
    }
}

/// A process without sockets follows by itself what is read of here.
pub fn follow(service: &Service, bus: &Arc<dyn Bus>, cache: &Cached, lifecycle: &Lifecycle) -> Feed {
    let journals = Arc::new(Journals::new(service.clone()));
    let (feed, driver) = cache.follows_alone(Arc::clone(bus), journals);
    let listener: Arc<dyn Listener> = Arc::new(cache.clone());
    lifecycle.spawn_base("live.feed", |stop| until_stopped(stop, driver.run(listener)));
    feed
}

/// For an operator who wants to see everything read anew; nobody is answered otherwise by it.
pub async fn drop_all(service: &Service, pattern: &str) -> Result<serde_json::Value, Failure> {
    let pattern: Pattern =
        pattern.parse().map_err(|wrong: NotAPattern| Failure::Usage(format!("PATTERN: {wrong}")))?;
    let Some(cache) = service.cache() else {
        return Err(Failure::Refused("nothing is remembered here; see the section cache".to_owned()));
    };
    let dropped = cache.invalidate(&pattern).await;
    let dropped = dropped.map_err(|error| Failure::Unreachable(error.to_string()))?;
    Ok(serde_json::json!({ "dropped": dropped }))
}
