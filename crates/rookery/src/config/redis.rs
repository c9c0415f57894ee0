//! The kinds of value of the section `redis`.

use service::live::redis::Server;

use super::kinds::words;
use super::values::{Setting, Wrong};

/// What stands behind the addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisMode {
    Single,
    Sentinel,
    Cluster,
}

words!(RedisMode: "single" => Single, "sentinel" => Sentinel, "cluster" => Cluster; "single, sentinel or cluster");

/// A server, and whether one speaks TLS to it. Who signs in stands beside it, so that an address can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisUrl {
    pub tls: bool,
    pub server: Server,
}

impl Setting for RedisUrl {
    const ALLOWED: &'static str =
        "redis://host:port, or rediss://host:port for TLS; user and password are settings of their own";
    const EXAMPLE: &'static str = r#"["redis://redis.example.org:6379"]"#;
    // Somebody may write a password into it all the same.
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<RedisUrl, Wrong> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (tls, server) = match (text.strip_prefix("rediss://"), text.strip_prefix("redis://")) {
            (Some(server), _) => (true, server),
            (None, Some(server)) => (false, server),
            (None, None) => return Err(Wrong),
        };
        server.parse().map(|server| RedisUrl { tls, server }).map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        format!("{}://{}", if self.tls { "rediss" } else { "redis" }, self.server)
    }
}
