//! What no single value can say wrong: settings that do not fit together.

use std::time::Duration;

use super::Config;
use super::kinds::{Listen, StoreKind};
use super::redis::RedisMode;

/// The first thing that does not fit: its key, and words that say what to do.
pub fn check(config: &Config) -> Result<(), (&'static str, String)> {
    server(config)?;
    redis(config)?;
    cache(config)?;
    store(config)?;
    traces(config, cfg!(feature = "otlp"))?;
    let backup = &config.backup;
    if !backup.every.is_zero() && backup.every < Duration::from_mins(1) {
        return Err((
            "backup.every",
            "a copy more often than once a minute never ends; allowed: 0s or at least 1m".into(),
        ));
    }
    if !backup.every.is_zero() && backup.keep_hourly == 0 {
        return Err(("backup.keep_hourly", "copies are made but none is kept; allowed: at least 1".into()));
    }
    if config.worker.concurrency == 0 {
        return Err(("worker.concurrency", "no job would ever run; allowed: at least 1".into()));
    }
    if config.worker.notify_after > Duration::from_hours(1) {
        return Err(("worker.notify_after", "nobody waits so long to be told; allowed: at most 1h".into()));
    }
    if config.journal.keep_events < Duration::from_hours(1) {
        return Err((
            "journal.keep_events",
            "who is away for a moment must find their place; allowed: at least 1h".into(),
        ));
    }
    Ok(())
}

fn server(config: &Config) -> Result<(), (&'static str, String)> {
    let server = &config.server;
    if server.roles.is_empty() {
        return Err(("server.roles", "a process without a role does nothing; name at least one".into()));
    }
    if server.connections_max == 0 {
        return Err(("server.connections_max", "nobody could connect; allowed: at least 1".into()));
    }
    match (&server.tls.cert, &server.tls.key) {
        (Some(_), None) => {
            return Err(("server.tls.key", "server.tls.cert is set, so its key is needed, too".into()));
        }
        (None, Some(_)) => {
            return Err((
                "server.tls.cert",
                "server.tls.key is set, so its certificate is needed, too".into(),
            ));
        }
        _ => {}
    }
    if let Listen::At(metrics) = config.metrics.listen
        && metrics == server.listen
        && metrics.port() != 0
    {
        return Err((
            "metrics.listen",
            format!("{metrics} is where people are served; choose another port, or off"),
        ));
    }
    Ok(())
}

fn redis(config: &Config) -> Result<(), (&'static str, String)> {
    let redis = &config.redis;
    if redis.mode == RedisMode::Single && redis.urls.len() > 1 {
        return Err((
            "redis.urls",
            "redis.mode is single, so one server is enough; or set it to sentinel or cluster".into(),
        ));
    }
    if redis.mode != RedisMode::Single && redis.urls.is_empty() {
        return Err((
            "redis.urls",
            "redis.mode is set, so somebody to ask is needed; name at least one".into(),
        ));
    }
    if redis.urls.iter().any(|url| url.tls != redis.urls[0].tls) {
        return Err(("redis.urls", "some have TLS and some have not; allowed: all or none".into()));
    }
    if redis.ca.is_some() && redis.urls.iter().any(|url| !url.tls) {
        return Err(("redis.ca", "without TLS nobody asks for it; write rediss:// in redis.urls".into()));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if redis.prefix.is_empty() || !redis.prefix.chars().all(plain) {
        return Err(("redis.prefix", "allowed: letters, digits, - _ .".into()));
    }
    Ok(())
}

fn traces(config: &Config, exports: bool) -> Result<(), (&'static str, String)> {
    let Some(endpoint) = &config.traces.endpoint else { return Ok(()) };
    if !exports {
        return Err((
            "traces.endpoint",
            "this build traces nothing; build one that does (cargo build --release -p rookery --features otlp), \
             or leave the key out"
                .into(),
        ));
    }
    if config.traces.ca.is_some() && !endpoint.is_sealed() {
        return Err((
            "traces.ca",
            "without TLS nobody asks for it; write https:// in traces.endpoint".into(),
        ));
    }
    if config.traces.queue_max == 0 {
        return Err(("traces.queue_max", "every span would be dropped; allowed: at least 1".into()));
    }
    Ok(())
}

fn cache(config: &Config) -> Result<(), (&'static str, String)> {
    let cache = &config.cache;
    let kept = [
        ("cache.keep", cache.keep),
        ("cache.profiles", cache.profiles),
        ("cache.channel_members", cache.channel_members),
        ("cache.endpoints", cache.endpoints),
    ];
    match kept.into_iter().find(|(_, kept)| kept.is_zero()) {
        Some((key, _)) => Err((
            key,
            "nothing would be found again; to read everything each time set cache.entries_max = 0".into(),
        )),
        None => Ok(()),
    }
}

fn store(config: &Config) -> Result<(), (&'static str, String)> {
    let postgres = &config.store.postgres;
    if config.store.kind == StoreKind::Embedded {
        return Ok(());
    }
    if postgres.directory.is_none() {
        return Err((
            "store.postgres.directory",
            "store.kind is postgres, so the directory's address is needed".into(),
        ));
    }
    if postgres.shards.is_empty() {
        return Err((
            "store.postgres.shards",
            "store.kind is postgres, so at least one shard is needed".into(),
        ));
    }
    if postgres.shards.len() > 1 {
        return Err((
            "store.postgres.shards",
            "workspaces live on one shard in this version; name one".into(),
        ));
    }
    if postgres.pool.size == 0 {
        return Err((
            "store.postgres.pool.size",
            "a pool without connections serves nobody; allowed: at least 1".into(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::traces::CollectorUrl;
    use crate::config::values::Setting;

    #[test]
    fn a_build_that_traces_nothing_does_not_pretend_to() {
        let mut config = Config::default();
        assert_eq!(traces(&config, false), Ok(()));
        config.traces.endpoint = CollectorUrl::parse("http://127.0.0.1:4318").ok();
        assert_eq!(traces(&config, true), Ok(()));
        let (key, why) = traces(&config, false).expect_err("refused");
        assert_eq!(key, "traces.endpoint");
        assert!(why.contains("--features otlp"), "{why}");
        config.traces.ca = Some("ca.pem".into());
        assert_eq!(traces(&config, true).expect_err("refused").0, "traces.ca");
    }
}
