//! The door of a process that is only a gateway: each core accepts, reads the request and answers it; whether somebody may come
//! in is judged elsewhere, by the rules of the API's own door.

mod answer;
mod head;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::{fmt, io};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use rustls::ServerConfig;
use service::Who;
use socket2::{Domain, Protocol, Socket, Type};

use crate::core::Door;

pub(crate) use answer::{Refusal, written};
pub(crate) use head::Head;

/// A request, whole, and who brought it.
#[derive(Debug)]
pub struct Asked {
    pub request: Request<()>,
    /// The other end of the connection, whatever the request says.
    pub peer: IpAddr,
    /// Whether we ended TLS.
    pub sealed: bool,
}

/// What it is answered with.
#[derive(Debug)]
pub struct Judged {
    pub answer: Response<Bytes>,
    /// A socket from now on; else the connection ends with the answer.
    pub caller: Option<Caller>,
}

/// Who comes in, as far as their request says.
#[derive(Debug)]
pub struct Caller {
    /// By cookie or header.
    pub who: Option<Who>,
    pub address: IpAddr,
    /// What limits count by.
    pub network: IpAddr,
}

/// Whoever judges what comes to the cores' own doors.
pub trait Doorman: Send + Sync + 'static {
    /// What a connection counts by from its first byte on; nothing where a proxy of ours brings everybody.
    fn counted(&self, peer: IpAddr) -> Option<IpAddr>;
    fn judge(&self, asked: Asked) -> BoxFuture<'static, Judged>;
}

/// What cores need to let people in themselves.
pub struct OwnDoor {
    /// One a core, all on the same port: the kernel shares callers out among them.
    pub listeners: Vec<TcpListener>,
    /// Where we end TLS.
    pub tls: Option<Arc<ServerConfig>>,
    pub doorman: Arc<dyn Doorman>,
}

impl OwnDoor {
    /// Each core's part of it.
    pub(crate) fn into_cores(self) -> io::Result<Vec<Door>> {
        let Self { listeners, tls, doorman } = self;
        let open = |listener| Door::open(listener, tls.clone(), Arc::clone(&doorman));
        listeners.into_iter().map(open).collect()
    }
}

/// Several listeners on one port, and where it is.
pub fn listeners(listen: SocketAddr, count: usize) -> io::Result<(Vec<TcpListener>, SocketAddr)> {
    const WAITING_MAX: i32 = 4_096;
    // Another program of the same user that shares its port would have it in common with us: taken is taken.
    let address = TcpListener::bind(listen)?.local_addr()?;
    let open = |_| {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        socket.listen(WAITING_MAX)?;
        Ok(socket.into())
    };
    Ok(((0..count).map(open).collect::<io::Result<_>>()?, address))
}

impl fmt::Debug for OwnDoor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a door of {} listeners", self.listeners.len())
    }
}
