//! Connections whose upgrade was answered, on their way from the HTTP server to a core.

use std::net::{IpAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use rustls::ServerConnection;
use service::{Service, Who};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::debug;

use crate::codec::Decoder;
use crate::core::{Passport, Place, Socket};
use crate::hub::{Hub, ToCore};
use crate::session::Session;
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
}

pub(crate) struct Newcomer {
    pub socket: Box<Socket>,
    pub read_ahead: Bytes,
}

/// What the kernel may hold for one socket: who reads slowly shows early.
const SEND_BYTES: usize = 64 * 1024;

pub(crate) struct Arrivals {
    pub service: Service,
    pub hub: Arc<Hub>,
    pub coming: mpsc::Receiver<Arrival>,
    pub next: AtomicUsize,
    pub stuck_max: std::time::Duration,
}

impl Arrivals {
    /// Until nobody can come any more.
    pub async fn run(mut self) {
        type Coming = (Option<Bare>, Option<Who>, IpAddr);
        let mut upgrading: FuturesUnordered<BoxFuture<'static, Coming>> = FuturesUnordered::new();
        loop {
            tokio::select! {
                arrival = self.coming.recv() => {
                    let Some(Arrival { bare, who, address }) = arrival else { return };
                    upgrading.push(Box::pin(async move { (bare.await, who, address) }));
                }
                Some((bare, who, address)) = upgrading.next(), if !upgrading.is_empty() => {
                    if let Some(bare) = bare {
                        self.hand_over(bare, who, address);
                    }
                }
            }
        }
    }

    fn hand_over(&self, bare: Bare, who: Option<Who>, address: IpAddr) {
        let Bare { stream, tls, read_ahead } = bare;
        let options = socket2::SockRef::from(&stream);
        options.set_tcp_nodelay(true).ok();
        options.set_send_buffer_size(SEND_BYTES).ok();
        // A peer that is gone without a word takes nothing any more, and is found out by what is sent to it.
        options.set_tcp_user_timeout(Some(self.stuck_max)).ok();
        let wire = match Wire::new(stream, tls.map(|tls| *tls)) {
            Ok(wire) => wire,
            Err(why) => return debug!(%why, "a socket could not be taken over: {why}"),
        };
        let now = Instant::now();
        let pass = Passport { who, address, session: self.service.new_key() };
        let socket = Box::new(Socket {
            wire,
            place: Place::take(&self.hub.open),
            decoder: Decoder::default(),
            session: Session::new(now),
            outbox: None,
            held: None,
            look: None,
            later: None,
            pass: Box::new(pass),
            me: None,
            by: None,
            room: u32::MAX,
            progress: now,
            leaving: None,
            paused: false,
        });
        let core = self.next.fetch_add(1, Ordering::Relaxed) % self.hub.inboxes.len();
        self.hub.inboxes[core].send([ToCore::Arrived(Box::new(Newcomer { socket, read_ahead }))]);
    }
}
