//! Where Redis is, and how patient one is with it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo,
    RedisResult, TlsCertificates,
};

use crate::presence::LEASE;

/// An address and a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    pub host: String,
    pub port: u16,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a host and a port, such as redis.example.org:6379")]
pub struct NotAServer;

impl FromStr for Server {
    type Err = NotAServer;
    fn from_str(text: &str) -> Result<Self, NotAServer> {
        let (host, port) = text.rsplit_once(':').ok_or(NotAServer)?;
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let fits = match inner {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(plain),
        };
        let port = port.parse().ok().filter(|port| *port != 0).ok_or(NotAServer)?;
        if fits { Ok(Self { host: inner.unwrap_or(host).to_owned(), port }) } else { Err(NotAServer) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    Single,
    /// The servers are sentinels, who know the master by this name.
    Sentinel {
        master: String,
    },
    /// Any of the servers knows the others.
    Cluster,
}

/// TLS to every server, with the machine's own roots or this one.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// A certificate in PEM that is believed instead.
    pub root: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    pub mode: Mode,
    pub servers: Vec<Server>,
    pub user: Option<String>,
    pub password: Option<String>,
    /// Sentinels may have one of their own.
    pub sentinel_password: Option<String>,
    pub tls: Option<Tls>,
    /// Begins every key and channel, so that installations can share a server.
    pub prefix: String,
    pub patience: Patience,
}

/// How long what may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    pub answer: Duration,
    /// A channel that was silent this long hears a beat, from whoever noticed first.
    pub beat: Duration,
    /// A channel that hears nothing for this long, beats included, is subscribed to anew.
    pub silence: Duration,
    /// Between two tries to reach a server, at first; doubled up to `again_max`.
    pub again: Duration,
    pub again_max: Duration,
    /// How often cluster or sentinels are asked who has what, though nothing went wrong.
    pub places: Duration,
    /// A node that says nothing for this long is gone, and its people with it.
    pub lease: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(1_000),
            answer: Duration::from_millis(1_000),
            beat: Duration::from_millis(1_000),
            silence: Duration::from_millis(4_000),
            again: Duration::from_millis(100),
            again_max: Duration::from_millis(2_000),
            places: Duration::from_secs(10),
            lease: LEASE,
        }
    }
}

impl Settings {
    /// Of one server, without a password.
    pub fn single(server: Server) -> Self {
        Self {
            mode: Mode::Single,
            servers: vec![server],
            user: None,
            password: None,
            sentinel_password: None,
            tls: None,
            prefix: "rookery".to_owned(),
            patience: Patience::default(),
        }
    }

    pub(super) fn client(&self, server: &Server) -> RedisResult<Client> {
        let login = RedisConnectionInfo::default().set_protocol(ProtocolVersion::RESP3);
        let login = match &self.user {
            Some(user) => login.set_username(user),
            None => login,
        };
        let login = match &self.password {
            Some(password) => login.set_password(password),
            None => login,
        };
        self.client_with(server, login)
    }

    pub(super) fn sentinel(&self, server: &Server) -> RedisResult<Client> {
        let login = RedisConnectionInfo::default();
        let login = match &self.sentinel_password {
            Some(password) => login.set_password(password),
            None => login,
        };
        self.client_with(server, login)
    }

    fn client_with(&self, server: &Server, login: RedisConnectionInfo) -> RedisResult<Client> {
        let (host, port) = (server.host.clone(), server.port);
        let Some(tls) = &self.tls else {
            return Client::open(with(ConnectionAddr::Tcp(host, port), login)?);
        };
        let address = ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None };
        let info = with(address, login)?;
        match &tls.root {
            None => Client::open(info),
            Some(root) => {
                let certificates = TlsCertificates { client_tls: None, root_cert: Some(root.clone()) };
                Client::build_with_tls(info, certificates)
            }
        }
    }
}

fn with(address: ConnectionAddr, login: RedisConnectionInfo) -> RedisResult<ConnectionInfo> {
    Ok(address.into_connection_info()?.set_redis_settings(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port() {
        for text in ["redis.example.org:6379", "127.0.0.1:1", "[::1]:6379", "my_redis:7000"] {
            assert_eq!(text.parse::<Server>().map(|server| server.to_string()), Ok(text.to_owned()));
        }
        for text in
            ["", "redis", "redis:", ":6379", "redis:0", "redis:70000", "a b:1", "user@host:1", "[x]:1"]
        {
            assert_eq!(text.parse::<Server>(), Err(NotAServer), "{text}");
        }
    }
}
