//! The configuration itself: what is allowed each by itself and still does not fit where it stands.

use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;

use super::Finding;
use crate::config::values::Setting;
use crate::config::{Config, Loaded};
use crate::role::Role;

pub fn examine(loaded: &Loaded) -> Vec<Finding> {
    let config = &loaded.config;
    let mut findings = vec![file(loaded)];
    if serves(config) {
        findings.extend([address(config), proxies(config)]);
    }
    findings
}

fn serves(config: &Config) -> bool {
    config.server.roles.iter().any(|role| matches!(role, Role::Api | Role::Gateway))
}

/// It holds passwords of servers.
fn file(loaded: &Loaded) -> Finding {
    const OTHERS_READ: u32 = 0o004;
    let Some(file) = &loaded.file else {
        return Finding::well("config", "no file, all defaults and what the environment says");
    };
    let shown = file.display();
    match std::fs::metadata(file) {
        Ok(known) if known.permissions().mode() & OTHERS_READ != 0 && has_passwords(&loaded.config) => {
            Finding::doubtful(
                "config",
                format!("{shown} holds passwords and everyone on this machine may read it"),
                format!("chmod o-r {shown}"),
            )
        }
        _ => Finding::well("config", format!("{shown} is in order")),
    }
}

fn has_passwords(config: &Config) -> bool {
    let postgres = &config.store.postgres;
    let shards =
        postgres.shards.iter().flat_map(|shard| std::iter::once(&shard.primary).chain(&shard.replicas));
    let redis = config.redis.password.is_some() || config.redis.sentinel_password.is_some();
    redis || postgres.directory.iter().chain(shards).any(|dsn| dsn.reveal().password.is_some())
}

/// What people type, and whether what they type travels sealed.
fn address(config: &Config) -> Finding {
    const NAME: &str = "address";
    let server = &config.server;
    let (listen, sealed) = (server.listen, server.tls.cert.is_some());
    let alone = listen.ip().is_loopback();
    match &server.public_url {
        None if alone => Finding::well(NAME, format!("only this machine reaches {listen}")),
        None if listen.ip().is_unspecified() => Finding::wrong(
            NAME,
            format!("it listens on {listen} and does not know what people type"),
            "set server.public_url: browsers are refused whose page has another address",
        ),
        None => Finding::doubtful(
            NAME,
            format!("people must type {listen} exactly as it stands"),
            "set server.public_url to the name they type",
        ),
        Some(url) if url.show().starts_with("https://") && !sealed && server.trusted_proxies.is_empty() => {
            Finding::wrong(
                NAME,
                format!("{} is https, and nobody here ends TLS", url.show()),
                "set server.tls, or name the proxy that ends it in server.trusted_proxies",
            )
        }
        Some(url) if url.show().starts_with("http://") && !alone => Finding::doubtful(
            NAME,
            format!("passwords travel open to {}", url.show()),
            "set server.tls, or put a proxy that ends TLS in front, and make public_url https",
        ),
        Some(url) => Finding::well(NAME, format!("people type {}", url.show())),
    }
}

fn proxies(config: &Config) -> Finding {
    const NAME: &str = "proxies";
    let trusted = &config.server.trusted_proxies;
    let anyone = ["1.2.3.4", "2001:db8::1"].map(str::parse::<IpAddr>);
    let everybody =
        trusted.iter().any(|network| anyone.iter().flatten().any(|address| network.holds(*address)));
    if everybody {
        return Finding::wrong(
            NAME,
            "strangers' own word about their address is believed",
            "name only your proxies in server.trusted_proxies: who writes X-Forwarded-For escapes every limit",
        );
    }
    match trusted.as_slice() {
        [] => Finding::well(NAME, "nobody stands in front, each caller is who they seem"),
        some => Finding::well(
            NAME,
            format!(
                "{} are believed about their callers",
                some.iter().map(Setting::show).collect::<Vec<_>>().join(", ")
            ),
        ),
    }
}
