//! Connections whose upgrade was answered, on their way from the HTTP server to a core.

use std::net::{IpAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use protocol::Stamp;
use rustls::ServerConnection;
use service::live::Share;
use service::{Service, Who};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::debug;

use crate::core::{Passport, Place, Socket};
use crate::hub::{Hub, ToCore};
use crate::wire::Wire;

/// The bare stream, taken out of the HTTP server.
pub struct Bare {
    pub stream: TcpStream,
    /// Where we end TLS.
    pub tls: Option<Box<ServerConnection>>,
    /// What was read beyond the request.
    pub read_ahead: Bytes,
}

/// Somebody whose upgrade is being answered.
pub struct Arrival {
    /// Nothing, if they went before.
    pub bare: BoxFuture<'static, Option<Bare>>,
    /// By cookie or header.
    pub who: Option<Who>,
    pub address: IpAddr,
    /// What limits count by.
    pub network: IpAddr,
}

pub(crate) struct Newcomer {
    pub socket: Box<Socket>,
    pub read_ahead: Bytes,
}

/// What the kernel may hold for one socket: who reads slowly shows early.
const SEND_BYTES: usize = 64 * 1024;

/// One who is on the way to a core: not known yet, and counted as such.
pub(crate) struct Coming {
    pub arrival: Arrival,
    pub came: Stamp,
    pub stranger: Share<IpAddr>,
}

/// As every connection is that carries frames. What the kernel does not grant costs time or memory, never the socket; how often
/// that happens is counted.
pub(crate) fn tuned(stream: &impl AsFd, stuck_max: Duration) {
    let options = socket2::SockRef::from(stream);
    for (option, set) in [
        ("nodelay", options.set_tcp_nodelay(true)),
        ("send_buffer", options.set_send_buffer_size(SEND_BYTES)),
        // A peer that is gone without a word takes nothing any more, and is found out by what is sent to it.
        ("user_timeout", options.set_tcp_user_timeout(Some(stuck_max))),
    ] {
        if let Err(why) = set {
            metrics::counter!("rookery_gateway_options_refused_total", "option" => option).increment(1);
            debug!(%why, option, "a socket option was refused: {option}: {why}");
        }
    }
}

pub(crate) struct Arrivals {
    pub service: Service,
    pub hub: Arc<Hub>,
    pub coming: mpsc::Receiver<Coming>,
    pub next: AtomicUsize,
    pub stuck_max: Duration,
}

impl Arrivals {
    /// Until nobody can come any more.
    pub async fn run(mut self) {
        type Upgraded = (Option<Bare>, Passport);
        let mut upgrading: FuturesUnordered<BoxFuture<'static, Upgraded>> = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                Some((bare, pass)) = upgrading.next(), if !upgrading.is_empty() => {
                    if let Some(bare) = bare {
                        self.hand_over(bare, pass);
                    }
                }
                coming = self.coming.recv() => {
                    let Some(Coming { arrival, came, stranger }) = coming else { return };
                    let Arrival { bare, who, address, .. } = arrival;
                    let (session, stranger) = (self.service.new_key(), Some(Box::new(stranger)));
                    let pass = Passport { who, came, address, session, stranger, device: None };
                    upgrading.push(Box::pin(async move { (bare.await, pass) }));
                }
            }
        }
    }

    fn hand_over(&self, bare: Bare, pass: Passport) {
        let Bare { stream, tls, read_ahead } = bare;
        tuned(&stream, self.stuck_max);
        let wire = match Wire::new(stream, tls.map(|tls| *tls)) {
            Ok(wire) => wire,
            Err(why) => return debug!(%why, "a socket could not be taken over: {why}"),
        };
        let socket = Box::new(Socket::new(wire, Place::take(&self.hub.open), pass, Instant::now()));
        let core = self.next.fetch_add(1, Ordering::Relaxed) % self.hub.inboxes.len();
        self.hub.inboxes[core].send([ToCore::Arrived(Box::new(Newcomer { socket, read_ahead }))]);
    }
}
