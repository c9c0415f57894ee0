//! A core's own door: who knocks is accepted, read as far as their request, and becomes a socket once that was judged.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use mio::event::Source;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use protocol::frame::{Again, GoodbyeCode};
use rustls::{ServerConfig, ServerConnection};
use service::live::Share;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::Core;
use super::sockets::{Passport, Place, Socket};
use crate::arrivals::tuned;
use crate::desk::{Errand, Knock};
use crate::door::{Caller, Doorman, Head, Judged, Refusal, written};
use crate::wire::Wire;

/// Accepted in one turn; those who are here wait no longer than that.
const ACCEPTS_MAX: usize = 128;
/// Being read or judged on one core at once; further callers wait in the kernel's queue.
const KNOCKING_MAX: usize = 8_192;
/// Out of file handles: those open now may end meanwhile.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// One of the listeners of the port, and who stands before it.
pub(crate) struct Door {
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    doorman: Arc<dyn Doorman>,
    /// Somebody may be waiting: the kernel says so only once.
    is_knocked: bool,
    again_at: Option<Instant>,
    knocking: usize,
}

impl Door {
    pub fn open(
        listener: std::net::TcpListener,
        tls: Option<Arc<ServerConfig>>,
        doorman: Arc<dyn Doorman>,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener);
        Ok(Self { listener, tls, doorman, is_knocked: true, again_at: None, knocking: 0 })
    }
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.listener.register(registry, token, Interest::READABLE)
    }
    pub fn knock(&mut self) {
        self.is_knocked = true;
    }
    /// How long the core may sleep for all that it has to do here.
    pub fn sleep(&self, now: Instant) -> Option<Duration> {
        match self.again_at {
            Some(at) => Some(at.saturating_duration_since(now)),
            None => (self.is_knocked && self.knocking < KNOCKING_MAX).then_some(Duration::ZERO),
        }
    }
    pub fn left(&mut self) {
        self.knocking -= 1;
    }
}

/// Still at the door.
#[derive(Debug)]
pub(crate) struct Greeting {
    head: Head,
    /// Of those one address may have here at once.
    #[expect(dead_code, reason = "held for what dropping it does")]
    share: Option<Share<IpAddr>>,
}

impl Core {
    /// A few of those who wait, if any do.
    pub(super) fn accept(&mut self) {
        for _ in 0..ACCEPTS_MAX {
            let now = self.now;
            let Some(door) = &mut self.door else { return };
            if !door.is_knocked || door.knocking >= KNOCKING_MAX || door.again_at.is_some_and(|at| at > now) {
                return;
            }
            door.again_at = None;
            match door.listener.accept() {
                Ok((stream, from)) => self.greet(stream, from),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => door.is_knocked = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Gone before we looked.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    warn!(%error, "could not accept a connection; trying again");
                    door.again_at = Some(now + AGAIN_AFTER);
                }
            }
        }
    }

    fn greet(&mut self, stream: TcpStream, from: SocketAddr) {
        let Some(door) = &mut self.door else { return };
        let address = from.ip().to_canonical();
        let share = door.doorman.counted(address).map(|network| self.given.greeted.take(network));
        // Who brings too many already is hung up on, so that the places are not all theirs.
        if matches!(share, Some(None)) {
            metrics::counter!("rookery_connections_refused_total", "why" => "address").increment(1);
            return;
        }
        tuned(&stream, self.given.limits.stuck_max);
        let tls = match door.tls.clone().map(ServerConnection::new).transpose() {
            Ok(tls) => tls,
            Err(why) => return debug!(%why, "TLS cannot be spoken with a caller: {why}"),
        };
        let wire = Wire::of(stream, tls);
        let session = self.given.service.new_key();
        let came = self.given.service.now();
        let pass = Passport { who: None, came, address, session, stranger: None, device: None };
        let place = Place::at_the_door(&self.given.open);
        let mut socket = Socket::new(wire, place, pass, self.now);
        socket.greeting = Some(Box::new(Greeting { head: Head::default(), share: share.flatten() }));
        if self.seat(socket).is_some()
            && let Some(door) = &mut self.door
        {
            door.knocking += 1;
        }
    }

    /// What somebody at the door sends.
    pub(super) fn hear_at_the_door(&mut self, slot: u32, bytes: &[u8]) {
        let generation = self.sockets.generation(slot);
        // Who is one too many is told so once they have asked: a connection that ends unread says nothing.
        let full = self.given.open() > self.given.limits.sockets_max;
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let (peer, sealed) = (socket.pass.address, socket.wire.is_sealed());
        let Some(greeting) = &mut socket.greeting else { return };
        match greeting.head.take(bytes) {
            Ok(None) => {}
            Ok(Some(_)) if full => self.refuse(slot, Refusal::Busy),
            Ok(Some(request)) => {
                let knock = Knock { slot, generation, asked: crate::door::Asked { request, peer, sealed } };
                self.errands.push(Errand::Knock(Box::new(knock)));
            }
            Err(refusal) => self.refuse(slot, refusal),
        }
    }

    /// Sent away before anybody was asked.
    pub(super) fn refuse(&mut self, slot: u32, refusal: Refusal) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let answer = refusal.answer(&socket.pass.session.to_string());
        let put = socket.part(&answer, now, &limits);
        self.was_put(slot, put);
    }

    pub(super) fn judged(&mut self, slot: u32, judged: Judged) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot).filter(|socket| socket.leaving.is_none()) else {
            return;
        };
        let answer = written(&judged.answer);
        let Some(Caller { who, address, network }) = judged.caller else {
            let put = socket.part(&answer, now, &limits);
            return self.was_put(slot, put);
        };
        let Some(stranger) = self.given.strangers.take(network) else {
            return self.refuse(slot, Refusal::Busy);
        };
        let Some(greeting) = socket.greeting.take() else { return };
        if let Some(door) = &mut self.door {
            door.left();
        }
        socket.place.become_socket();
        (socket.pass.who, socket.pass.address, socket.pass.stranger) =
            (who, address, Some(Box::new(stranger)));
        let put = socket.say(&answer, now, &limits);
        // An empty buffer takes so little at once, or nobody is there.
        if socket.outbox.is_some() {
            return self.doomed.push(slot);
        }
        self.was_put(slot, put);
        let mut ahead = greeting.head.ahead();
        if !ahead.is_empty() {
            self.hear(slot, &mut ahead);
        }
        if self.draining.is_some() {
            self.goodbye(slot, GoodbyeCode::Draining, Again::Now);
        }
    }

    /// Nobody new; who is known to the kernel already is told to come back.
    pub(super) fn shut(&mut self) {
        self.accept();
        if let Some(mut door) = self.door.take() {
            self.poll.registry().deregister(&mut door.listener).ok();
        }
    }
}

impl super::Given {
    /// Sockets of this process, and who is about to be one.
    fn open(&self) -> usize {
        self.open.load(std::sync::atomic::Ordering::Relaxed)
    }
}
