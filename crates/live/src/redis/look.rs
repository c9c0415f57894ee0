//! How the servers are that somebody means to use: looked at from outside, on lines of its own.

use std::time::Duration;

use futures_util::future::join_all;
use redis::RedisResult;
use tokio::time::Instant;

use super::lines::Away;
use super::places;
use super::settings::{Server, Settings};

/// Pings of which the quickest counts: the first pays for what sleeps, and any for what else this machine does just then.
const PINGS: usize = 20;

/// What a server says of itself, and how long it takes to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub version: String,
    pub answers_in: Duration,
    /// Bytes it may take; 0: all there are.
    pub memory_max: u64,
    /// What it forgets when that is full.
    pub policy: String,
    /// It tried to write itself down and could not; it may refuse writes for it.
    pub cannot_save: bool,
}

/// Everyone who has something of what is kept; or why nobody can say who that is.
pub async fn look(settings: &Settings) -> Result<Vec<(Server, Result<Known, Away>)>, Away> {
    let away = |error: redis::RedisError| Away(error.to_string());
    let places = places::learn(settings, &[], 0).await.map_err(away)?;
    let servers: Vec<Server> = places.servers().into_iter().cloned().collect();
    let known = join_all(servers.iter().map(|server| look_at(settings, server))).await;
    Ok(servers.into_iter().zip(known.into_iter().map(|known| known.map_err(away))).collect())
}

async fn look_at(settings: &Settings, server: &Server) -> RedisResult<Known> {
    let mut line = places::connect(settings, server).await?;
    let told: String = redis::cmd("INFO").query_async(&mut line).await?;
    let mut answers_in = Duration::MAX;
    for _ in 0..PINGS {
        let began = Instant::now();
        redis::cmd("PING").exec_async(&mut line).await?;
        answers_in = answers_in.min(began.elapsed());
    }
    Ok(Known::read(&told, answers_in))
}

impl Known {
    fn read(told: &str, answers_in: Duration) -> Self {
        let word = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_default().trim().to_owned()
        };
        let failed = ["rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status"];
        Self {
            version: word("redis_version"),
            answers_in,
            memory_max: word("maxmemory").parse().unwrap_or(0),
            policy: word("maxmemory_policy"),
            cannot_save: failed.iter().any(|name| word(name) == "err"),
        }
    }

    /// The first number of the version.
    pub fn major(&self) -> u32 {
        self.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_itself_is_read_by_its_names() {
        let told = "# Server\r\nredis_version:7.0.15\r\n\r\n# Memory\r\nmaxmemory_human:1.00G\r\nmaxmemory:1073741824\r\n\
                    maxmemory_policy:noeviction\r\n# Persistence\r\nrdb_last_bgsave_status:err\r\n";
        let known = Known::read(told, Duration::ZERO);
        assert_eq!((known.major(), known.memory_max, known.policy.as_str()), (7, 1 << 30, "noeviction"));
        assert!(known.cannot_save);
    }
}
