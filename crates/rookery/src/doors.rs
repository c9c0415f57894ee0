//! The listeners, opened before anything is promised: an address that is taken is told with words.

use std::io;
use std::net::SocketAddr;

use api::tls::Tls;
use tokio::net::{TcpListener, TcpSocket};
use tracing::{info, warn};

use crate::compose;
use crate::config::Config;
use crate::config::kinds::Listen;
use crate::config::values::Setting;
use crate::exit::Failure;
use crate::role::Role;

/// The open listeners, until a role takes them.
pub struct Doors {
    pub main: Option<TcpListener>,
    /// In its place, where the process is a gateway and no API: one a core, on the same port.
    pub of_cores: Vec<std::net::TcpListener>,
    pub operators: Option<TcpListener>,
    /// Spoken on the main one; operators read theirs on loopback.
    pub tls: Option<Tls>,
    operators_address: Option<SocketAddr>,
    address: SocketAddr,
}

impl Doors {
    pub async fn open(config: &Config) -> Result<Doors, Failure> {
        let tls = tls(config)?;
        let roles = &config.server.roles;
        let listen = config.server.listen;
        let (mut main, mut of_cores, mut address) = (None, Vec::new(), listen);
        if roles.contains(&Role::Api) {
            let opened = open(listen).map_err(|error| closed(listen, &error))?;
            address = opened.local_addr().map_err(|error| closed(listen, &error))?;
            main = Some(opened);
        } else if roles.contains(&Role::Gateway) {
            (of_cores, address) = gateway::door::listeners(listen, compose::cores(config))
                .map_err(|error| closed(listen, &error))?;
        }
        let (operators, operators_address) = operators(config.metrics.listen).await.unzip();
        Ok(Doors { main, of_cores, operators, tls, operators_address, address })
    }

    /// What people click: the public address, or the listening one as a browser on this machine reaches it.
    pub fn url(&self, config: &Config) -> String {
        url(config, self.tls.is_some(), self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn operators_address(&self) -> Option<SocketAddr> {
        self.operators_address
    }
}

/// The same, said by a process that does not serve.
pub fn configured_url(config: &Config) -> String {
    url(config, config.server.tls.cert.is_some(), config.server.listen)
}

fn url(config: &Config, sealed: bool, address: SocketAddr) -> String {
    let scheme = if sealed { "https" } else { "http" };
    match &config.server.public_url {
        Some(url) => url.show(),
        None if address.ip().is_unspecified() => format!("{scheme}://localhost:{}", address.port()),
        None => format!("{scheme}://{address}"),
    }
}

fn tls(config: &Config) -> Result<Option<Tls>, Failure> {
    let files = &config.server.tls;
    let Some((certificate, key)) = files.cert.as_ref().zip(files.key.as_ref()) else { return Ok(None) };
    let opened = Tls::from_files(certificate, key);
    opened.map(Some).map_err(|why| Failure::Refused(format!("TLS cannot be spoken: {why}")))
}

/// Whoever comes while we are busy waits in the kernel's queue. One who finds it full is not heard, and knocks again only after
/// a second: the 128 places of a listener that is bound in one step are fewer than come at once when a gateway has died.
fn open(listen: SocketAddr) -> io::Result<TcpListener> {
    const WAITING_MAX: u32 = 4_096;
    let socket = if listen.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // What a server that went a moment ago left behind is no other program.
    socket.set_reuseaddr(true)?;
    socket.bind(listen)?;
    socket.listen(WAITING_MAX)
}

fn closed(address: SocketAddr, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AddrInUse => Failure::Refused(format!(
            "{address} is taken by another program; stop that one, or choose another address with --listen"
        )),
        _ => Failure::Failed(format!("cannot listen on {address}: {error}")),
    }
}

/// Nobody's messages depend on metrics, so a taken port is a warning.
async fn operators(listen: Listen) -> Option<(TcpListener, SocketAddr)> {
    let Listen::At(address) = listen else { return None };
    let opened = TcpListener::bind(address).await;
    match opened.and_then(|listener| Ok((listener.local_addr()?, listener))) {
        Ok((address, listener)) => {
            info!(%address, "metrics are at http://{address}/metrics");
            Some((listener, address))
        }
        Err(error) => {
            warn!(%address, %error, "metrics cannot be read: {address} is not free; set metrics.listen, or off");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn six_hundred_who_come_while_nobody_looks_are_all_heard() {
        const PATIENCE: Duration = Duration::from_secs(10);
        let listener = open("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard: Vec<_> =
            (0..600).map_while(|_| TcpStream::connect_timeout(&address, PATIENCE).ok()).collect();
        assert_eq!(heard.len(), 600, "net.core.somaxconn is at least as much on any Linux of today");
        assert!(open(address).is_err(), "taken is taken");
    }
}
