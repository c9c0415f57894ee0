//! The level of the cache that all nodes share.

use async_trait::async_trait;
use redis::{RedisError, RedisResult};

use super::{Redis, places};
use crate::cache::{Cache, CacheError, Kept, Name, Pattern, Settings};

/// Values of Redis under names of this installation, each gone after its time.
pub struct SharedCache {
    redis: Redis,
    settings: Settings,
}

/// Keys of one look at some of them.
const SCANNED: u32 = 1_000;

fn unasked(error: RedisError) -> CacheError {
    CacheError(error.to_string())
}

impl SharedCache {
    pub fn new(redis: Redis, settings: Settings) -> Self {
        Self { redis, settings }
    }

    fn key(&self, rest: &str) -> String {
        format!("{}:cache:{rest}", self.redis.hub.lines.settings.prefix)
    }

    /// On lines of its own, so that nobody who reads waits behind it.
    async fn drop_all(&self, pattern: &str) -> RedisResult<u64> {
        let settings = &self.redis.hub.lines.settings;
        let mut dropped = 0;
        for server in places::learn(settings, &[], 0).await?.servers() {
            let mut line = places::connect(settings, server).await?;
            let mut cursor = 0_u64;
            loop {
                let mut scan = redis::cmd("SCAN");
                scan.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(SCANNED);
                let (next, keys): (u64, Vec<Vec<u8>>) = scan.query_async(&mut line).await?;
                if !keys.is_empty() {
                    // One by one: of a cluster they may lie in different slots.
                    let mut flight = redis::pipe();
                    for key in &keys {
                        flight.cmd("UNLINK").arg(key);
                    }
                    dropped += flight.query_async::<Vec<u64>>(&mut line).await?.iter().sum::<u64>();
                }
                cursor = next;
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(dropped)
    }
}

#[async_trait]
impl Cache for SharedCache {
    async fn get(&self, names: &[Name]) -> Result<Vec<Option<Kept>>, CacheError> {
        let keys: Vec<String> = names.iter().map(|name| self.key(name.text())).collect();
        let Some(first) = keys.first() else { return Ok(Vec::new()) };
        let got = self.redis.hub.lines.ask(first, async |line| {
            redis::cmd("MGET").arg(&keys).query_async::<Vec<Option<Vec<u8>>>>(line).await
        });
        let got = got.await.map_err(|away| CacheError(away.to_string()))?;
        let read = |bytes: Vec<u8>| Kept::read(std::str::from_utf8(&bytes).ok()?);
        Ok(got.into_iter().map(|bytes| bytes.and_then(read)).collect())
    }

    async fn set(&self, values: &[(Name, Kept)]) -> Result<(), CacheError> {
        let Some((first, _)) = values.first() else { return Ok(()) };
        let mut flight = redis::pipe();
        for (name, kept) in values {
            let lasts = self.settings.of(name.class).as_millis().max(1) as u64;
            flight.cmd("SET").arg(self.key(name.text())).arg(kept.written()).arg("PX").arg(lasts).ignore();
        }
        let first = self.key(first.text());
        let set = self.redis.hub.lines.ask(&first, async |line| flight.exec_async(line).await);
        set.await.map_err(|away| CacheError(away.to_string()))
    }

    async fn invalidate(&self, pattern: &Pattern) -> Result<u64, CacheError> {
        self.drop_all(&self.key(&pattern.to_string())).await.map_err(unasked)
    }
}
