//! The kinds of value that only some settings have.

use std::net::SocketAddr;

use api::peer::Network;
use serde::Deserialize;
use toml::{Table, Value};

use super::secret::Dsn;
use super::values::{Setting, Wrong};

/// Which database keeps everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    Embedded,
    Postgres,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

macro_rules! words {
    ($kind:ident: $($word:literal => $variant:ident),*; $allowed:literal) => {
        impl Setting for $kind {
            const ALLOWED: &'static str = $allowed;

            fn parse(text: &str) -> Result<$kind, Wrong> {
                match text {
                    $($word => Ok($kind::$variant),)*
                    _ => Err(Wrong),
                }
            }

            fn show(&self) -> String {
                match self {
                    $($kind::$variant => $word,)*
                }
                .to_owned()
            }
        }
    };
}

pub(super) use words;

words!(StoreKind: "embedded" => Embedded, "postgres" => Postgres; "embedded or postgres");
words!(LogFormat: "text" => Text, "json" => Json; "text or json");

/// Where something optional listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    Off,
    At(SocketAddr),
}

impl Setting for Listen {
    const ALLOWED: &'static str =
        "an address and a port, such as 127.0.0.1:7666 (port 0 takes a free one), or off";

    fn parse(text: &str) -> Result<Listen, Wrong> {
        if text == "off" { Ok(Listen::Off) } else { SocketAddr::parse(text).map(Listen::At) }
    }

    fn show(&self) -> String {
        match self {
            Listen::Off => "off".to_owned(),
            Listen::At(address) => address.to_string(),
        }
    }
}

/// A scheme and a host, and a port if it is not the usual one: an origin, as a browser names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl Setting for PublicUrl {
    const ALLOWED: &'static str = "http:// or https://, a host, perhaps a port; no path";
    const EXAMPLE: &'static str = "https://chat.example.org";

    fn parse(text: &str) -> Result<PublicUrl, Wrong> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(Wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !host.chars().all(plain) { Err(Wrong) } else { Ok(PublicUrl(text.to_owned())) }
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Setting for Network {
    const ALLOWED: &'static str = "an address or a network, such as 192.0.2.7, 10.0.0.0/8 or fd00::/8";
    const EXAMPLE: &'static str = r#"["10.0.0.0/8", "fd00::/8"]"#;

    fn parse(text: &str) -> Result<Network, Wrong> {
        text.parse().map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// A database of whole workspaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Shard {
    /// Never changes once a workspace lives there.
    pub id: u32,
    pub primary: Dsn,
    pub writer: Option<Dsn>,
    pub replicas: Vec<Dsn>,
}

/// As the file writes it; `Shard` is what is left once each part has been read by its kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShardTable {
    id: Option<Value>,
    primary: Option<Value>,
    writer: Option<Value>,
    replicas: Option<Value>,
}

impl Setting for Shard {
    const ALLOWED: &'static str = "{ id, primary, replicas, writer }: a number, a database address, a list of them and one more (both may be left out)";
    const EXAMPLE: &'static str =
        r#"[{ id = 1, primary = "postgres://rookery:password@db1.example.org/rookery", replicas = [] }]"#;

    fn parse(_: &str) -> Result<Shard, Wrong> {
        Err(Wrong)
    }

    fn show(&self) -> String {
        self.value().map(|value| value.to_string()).unwrap_or_default()
    }

    fn value(&self) -> Option<Value> {
        let mut table = Table::new();
        table.insert("id".to_owned(), self.id.value()?);
        table.insert("primary".to_owned(), self.primary.value()?);
        self.writer.value().map(|writer| table.insert("writer".to_owned(), writer));
        table.insert("replicas".to_owned(), self.replicas.value()?);
        Some(Value::Table(table))
    }

    fn take(value: Value) -> Result<Shard, String> {
        let table = ShardTable::deserialize(value).map_err(|error| error.message().to_owned())?;
        let needed =
            |part: Option<Value>, name| part.ok_or(format!("{name} is missing; allowed: {}", Shard::ALLOWED));
        Ok(Shard {
            id: u32::take(needed(table.id, "id")?).map_err(|why| format!("id: {why}"))?,
            primary: Dsn::take(needed(table.primary, "primary")?).map_err(|why| format!("primary: {why}"))?,
            writer: table.writer.map(Dsn::take).transpose().map_err(|why| format!("writer: {why}"))?,
            replicas: match table.replicas {
                Some(list) => Vec::take(list).map_err(|why| format!("replicas: {why}"))?,
                None => Vec::new(),
            },
        })
    }
}
