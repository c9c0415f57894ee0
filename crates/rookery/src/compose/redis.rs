//! Redis, where the configuration names one: the bus between processes and what else they share while it happens.

use service::Service;
use service::live::redis::{Mode, Patience, Redis, Settings, SharedHall, Tls};
use tracing::info;

use crate::config::Config;
use crate::config::redis::RedisMode;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

/// Goes on trying for as long as the process lives: nothing waits for it, and nothing is lost without it.
pub fn open(config: &Config, service: &Service, lifecycle: &Lifecycle) -> Result<Option<Redis>, Failure> {
    let Some(settings) = settings(config)? else { return Ok(None) };
    info!(mode = ?settings.mode, servers = settings.servers.len(), "others are heard through Redis");
    let (redis, work) = Redis::new(settings, service.new_key());
    lifecycle.spawn_base("live.redis", |stop| async move {
        tokio::select! {
            () = stop.soft() => {}
            () = work.run() => {}
        }
        Ok(())
    });
    Ok(Some(redis))
}

/// Who is here, for all processes together.
pub fn hall(redis: Redis, lifecycle: &Lifecycle) -> SharedHall {
    let (hall, porter) = SharedHall::new(redis);
    lifecycle.spawn_base("live.hall", |stop| async move {
        porter.run(async move { stop.soft().await }).await;
        Ok(())
    });
    hall
}

/// None where the configuration names none.
pub fn settings(config: &Config) -> Result<Option<Settings>, Failure> {
    let redis = &config.redis;
    let Some(first) = redis.urls.first() else { return Ok(None) };
    let root = redis.ca.as_ref().map(|path| {
        std::fs::read(path)
            .map_err(|error| Failure::Usage(format!("redis.ca: {} cannot be read: {error}", path.display())))
    });
    let root = root.transpose()?;
    let revealed = |password: &Option<crate::config::secret::Password>| {
        password.as_ref().map(|password| password.reveal().to_owned())
    };
    Ok(Some(Settings {
        mode: match redis.mode {
            RedisMode::Single => Mode::Single,
            RedisMode::Sentinel => Mode::Sentinel { master: redis.master.clone() },
            RedisMode::Cluster => Mode::Cluster,
        },
        servers: redis.urls.iter().map(|url| url.server.clone()).collect(),
        user: redis.user.clone(),
        password: revealed(&redis.password),
        sentinel_password: revealed(&redis.sentinel_password),
        tls: first.tls.then_some(Tls { root }),
        prefix: redis.prefix.clone(),
        patience: Patience::default(),
    }))
}
