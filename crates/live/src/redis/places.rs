//! Which server has what: the one there is, the one the sentinels name, or the owner of a slot.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, RedisError, RedisResult, Value, from_redis_value};

use super::settings::{Mode, Server, Settings};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Places {
    One(Server),
    /// Last slot, owner; in order, from slot 0 on.
    Slots(Vec<(u16, Server)>),
}

pub(super) const SLOTS: u16 = 16_384;

impl Places {
    pub fn of(&self, key: &[u8]) -> Option<&Server> {
        match self {
            Self::One(server) => Some(server),
            Self::Slots(slots) => {
                let slot = slot(key);
                let at = slots.partition_point(|(last, _)| *last < slot);
                slots.get(at).map(|(_, owner)| owner)
            }
        }
    }

    pub fn servers(&self) -> Vec<&Server> {
        let mut servers = match self {
            Self::One(server) => vec![server],
            Self::Slots(slots) => slots.iter().map(|(_, owner)| owner).collect(),
        };
        servers.sort_unstable();
        servers.dedup();
        servers
    }

    /// Channels of a cluster are sharded: heard where their slot lives, and nowhere else.
    pub fn are_sharded(&self) -> bool {
        matches!(self, Self::Slots(_))
    }
}

/// As the cluster's specification says: of what stands between the first braces, where something does.
pub(super) fn slot(key: &[u8]) -> u16 {
    let open = key.iter().position(|byte| *byte == b'{');
    let inside = open.and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|byte| *byte == b'}')?;
        Some(&rest[..close]).filter(|tag| !tag.is_empty())
    });
    crc16(inside.unwrap_or(key)) % SLOTS
}

/// CRC-16/XMODEM.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte) << 8,
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            },
        )
    })
}

/// Asks whoever knows, `from` and everyone after it; `known` are servers heard of before, who may know more by now.
pub(super) async fn learn(settings: &Settings, known: &[Server], from: usize) -> RedisResult<Places> {
    let mut asked = match settings.mode {
        Mode::Single => return Ok(Places::One(settings.servers[0].clone())),
        Mode::Sentinel { .. } => settings.servers.clone(),
        Mode::Cluster => settings.servers.iter().chain(known).cloned().collect(),
    };
    asked.dedup();
    let count = asked.len().max(1);
    let mut last = RedisError::from((ErrorKind::Client, "nobody was asked"));
    asked.rotate_left(from % count);
    for server in &asked {
        let told = match &settings.mode {
            Mode::Sentinel { master } => named_master(settings, server, master).await,
            _ => slots(settings, server).await,
        };
        match told {
            Ok(places) => return Ok(places),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn config(settings: &Settings) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(settings.patience.connect))
        .set_response_timeout(Some(settings.patience.answer))
}

async fn named_master(settings: &Settings, sentinel: &Server, master: &str) -> RedisResult<Places> {
    let mut line =
        settings.sentinel(sentinel)?.get_multiplexed_async_connection_with_config(&config(settings)).await?;
    let mut ask = redis::cmd("SENTINEL");
    let named: Option<(String, u16)> =
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg(master).query_async(&mut line).await?;
    let Some((host, port)) = named else {
        return Err((ErrorKind::Client, "the sentinels know no master of that name").into());
    };
    let server = Server { host, port };
    // A sentinel may be the last to know; the server itself knows whether it still is one.
    let mut line = connect(settings, &server).await?;
    let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut line).await?;
    match role.into_iter().next().map(from_redis_value::<String>) {
        Some(Ok(word)) if word == "master" => Ok(Places::One(server)),
        _ => Err((ErrorKind::Client, "whom the sentinels name is no master (yet)").into()),
    }
}

pub(super) async fn connect(settings: &Settings, server: &Server) -> RedisResult<MultiplexedConnection> {
    settings.client(server)?.get_multiplexed_async_connection_with_config(&config(settings)).await
}

async fn slots(settings: &Settings, server: &Server) -> RedisResult<Places> {
    let mut line = connect(settings, server).await?;
    let told: Vec<Vec<Value>> = redis::cmd("CLUSTER").arg("SLOTS").query_async(&mut line).await?;
    let mut slots = Vec::with_capacity(told.len());
    for range in told {
        let mut parts = range.into_iter();
        let (Some(_), Some(last), Some(owner)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let last: u16 = from_redis_value(last)?;
        let owner: Vec<Value> = from_redis_value(owner)?;
        let mut owner = owner.into_iter();
        let host = owner.next().map(from_redis_value::<Option<String>>).transpose()?.flatten();
        let port: u16 = owner.next().map(from_redis_value).transpose()?.unwrap_or_default();
        // A node that does not know its own address means the one it was asked at.
        let host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| server.host.clone());
        slots.push((last, Server { host, port }));
    }
    slots.sort_unstable();
    if slots.is_empty() {
        return Err((ErrorKind::Client, "the cluster has no slots; is it a cluster?").into());
    }
    Ok(Places::Slots(slots))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lives_where_the_specification_says() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(slot(b"foo"), 12_182);
        assert_eq!(slot(b"{user1000}.following"), slot(b"{user1000}.followers"));
        assert_ne!(slot(b"foo{}{bar}"), slot(b"bar"), "empty braces say nothing");
        assert_eq!(slot(b"foo{bar}{zap}"), slot(b"bar"));
    }

    #[test]
    fn a_slot_without_an_owner_lives_nowhere() {
        let server = |port| Server { host: "here".into(), port };
        let places = Places::Slots(vec![(8_000, server(1)), (12_000, server(2))]);
        assert_eq!(places.of(b"bar").map(|server| server.port), Some(1), "slot {}", slot(b"bar"));
        assert_eq!(places.of(b"foo"), None);
        assert_eq!(places.servers().len(), 2);
    }
}
