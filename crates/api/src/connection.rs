//! One connection from its first byte to its last: HTTP/1.1 or 2, whichever the caller speaks.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tower_service::Service;
use tracing::{debug, error};

use crate::limits::Limits;
use crate::peer::{Proxies, Sealed};
use crate::server::Door;
use crate::traced;
use crate::wire::{Moves, Stream, Wire};

pub(crate) async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    door: &Door,
    mut stopped: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "could not set TCP_NODELAY");
    }
    let limits = &door.limits;
    let moves = Moves::begin();
    let greeted = tokio::select! {
        greeted = tokio::time::timeout(limits.handshake_time_max, greet(stream, door)) => greeted,
        () = told(&mut stopped) => return,
    };
    let (stream, sealed) = match greeted {
        Ok(Ok(stream)) => (stream, door.tls.is_some()),
        Ok(Err(error)) => return debug!(%error, "a caller and we did not agree on TLS"),
        Err(_) => return debug!("a caller did not finish the TLS handshake"),
    };
    let end = End { socket: from.ip(), sealed, proxies: door.proxies.clone(), moves: moves.clone() };
    let service = service_fn(move |request| answer(router.clone(), end.clone(), request));
    let builder = builder(limits);
    let wire = TokioIo::new(Wire::new(stream, moves.clone()));
    let mut connection = pin!(builder.serve_connection_with_upgrades(wire, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = told(&mut stopped) => None,
        () = moves.rest(limits.head_time_max) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            moves.moved();
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                // What is being answered is finished; who takes nothing of it is left.
                () = moves.rest(limits.answer_time_max) => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}

async fn told(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|stopped| *stopped).await);
}

async fn greet(stream: TcpStream, door: &Door) -> std::io::Result<Stream> {
    match &door.tls {
        None => Ok(Stream::Plain(stream)),
        Some(tls) => tls.acceptor().accept(stream).await.map(|stream| Stream::Sealed(Box::new(stream))),
    }
}

/// Windows and buffers are what a request may hold of our memory before its handler has read or its caller has taken it.
fn builder(limits: &Limits) -> auto::Builder<Streams> {
    const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
    const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
    let mut builder = auto::Builder::new(Streams::default());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time_max)
        .max_buf_size(limits.head_bytes_max)
        .max_headers(limits.headers_max);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_max)
        .max_header_list_size(u32::try_from(limits.head_bytes_max).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(STREAM_WINDOW_BYTES as usize)
        .keep_alive_interval(limits.ping_every)
        .keep_alive_timeout(limits.ping_time_max);
    builder
}

/// The two ends of a connection, as each request of it learns them.
#[derive(Clone)]
struct End {
    socket: IpAddr,
    sealed: bool,
    proxies: Arc<Proxies>,
    moves: Arc<Moves>,
}

async fn answer(
    mut router: Router,
    end: End,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let _asked = end.moves.asked();
    let sealed = end.sealed || end.proxies.sealed(end.socket, request.headers());
    let peer = end.proxies.caller(end.socket, request.headers());
    traced::believe(&mut request, &end.proxies, end.socket);
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(Sealed(sealed));
    // A router is always ready; its readiness needs no asking.
    router.call(request.map(Body::new)).await
}

/// The requests of an HTTP/2 connection, which end with it.
#[derive(Clone, Default)]
struct Streams(Arc<Mutex<JoinSet<()>>>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, request: F) {
        let mut requests = self.0.lock();
        while let Some(ended) = requests.try_join_next() {
            tell_of_panic(ended);
        }
        requests.spawn(request);
    }
}

/// A panic costs its own connection, never the server; it is a bug, so it is loud.
pub(crate) fn tell_of_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        error!(%error, "a connection's task panicked");
    }
}
