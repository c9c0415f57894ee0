//! The socket's upgrade: asked here, answered here, and then handed with its bare stream to whoever keeps sockets.

mod outside;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::future::BoxFuture;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use protocol::frame::SUBPROTOCOL;
use service::Who;

use crate::door::Entered;
use crate::errors::Problem;
use crate::face::Face;
use crate::handle::Handles;
use crate::peer::PeerAddress;
use crate::wire::{Stream, Wire};

pub use outside::{Came, Outside, Passed};

/// Whoever keeps the sockets of this process.
pub trait Sockets: Send + Sync + 'static {
    /// `Sec-WebSocket-Accept` of a key; none where it is no key.
    fn accept(&self, key: &str) -> Option<String>;
    /// Takes over what comes once the upgrade was answered. False where there is no place for it.
    fn take(&self, arrival: Arrival) -> bool;
}

/// Somebody whose upgrade is about to be answered.
pub struct Arrival {
    /// The bare stream and the bytes read beyond the request; nothing, if they went before.
    pub stream: BoxFuture<'static, Option<(Stream, Bytes)>>,
    /// By cookie or header.
    pub who: Option<Who>,
    pub address: IpAddr,
    /// What limits count by.
    pub network: IpAddr,
}

/// A router whose sockets are kept by somebody.
pub fn behind(router: Router, sockets: Arc<dyn Sockets>) -> Router {
    router.layer((Extension(sockets), Handles))
}

const WEBSOCKET_VERSION: &str = "13";
const VERSION: HeaderName = header::SEC_WEBSOCKET_VERSION;

/// Not in the OpenAPI document, which knows no frames: `docs/protocol.md` is its page.
pub fn routes() -> Router<Face> {
    Router::new().route("/socket", get(socket))
}

async fn socket(
    sockets: Option<Extension<Arc<dyn Sockets>>>,
    peer: PeerAddress,
    entered: Entered,
    mut request: Request,
) -> Result<Response, Problem> {
    let Extension(sockets) = sockets.ok_or_else(Problem::not_found)?;
    let who = entered.who()?;
    if who.is_some() && entered.by_cookie() && !entered.names_its_page() {
        let message = "a cookie opens a socket only from a page that names itself; a program sends a token";
        return Err(Problem::not_allowed("origin", message));
    }
    let Some(key) = upgrade_key(&request) else { return Ok(upgrade_required()) };
    let accept = sockets.accept(key).ok_or_else(Problem::malformed)?;
    let protocol = subprotocol(request.headers())?;
    let upgrade = hyper::upgrade::on(&mut request);
    let stream = Box::pin(async move {
        let parts = downcast::<TokioIo<Wire>>(upgrade.await.ok()?).ok()?;
        Some((parts.io.into_inner().into_stream(), parts.read_buf))
    });
    if !sockets.take(Arrival { stream, who, address: peer.0, network: peer.counted() }) {
        return Err(Problem::busy(1));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(
        header::SEC_WEBSOCKET_ACCEPT,
        HeaderValue::from_str(&accept).map_err(|_| Problem::malformed())?,
    );
    if let Some(protocol) = protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    }
    Ok(response)
}

/// The key of a request that asks for a WebSocket as version 13 of HTTP/1.1 does.
fn upgrade_key(request: &Request) -> Option<&str> {
    let headers = request.headers();
    let asks =
        names(headers, &header::CONNECTION, "upgrade") && names(headers, &header::UPGRADE, "websocket");
    let version = headers.get(VERSION)?.as_bytes() == WEBSOCKET_VERSION.as_bytes();
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    (asks && version && request.version() == Version::HTTP_11).then_some(key)
}

/// Whether a list of words holds one, whatever its letters' size.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|known| known.trim().eq_ignore_ascii_case(word))
}

fn upgrade_required() -> Response {
    let message = "this is a WebSocket of version 13; upgrade the connection";
    let problem = Problem::for_upgrade(message);
    let headers = [(VERSION, WEBSOCKET_VERSION), (header::UPGRADE, "websocket")];
    (headers, problem.into_response()).into_response()
}

/// Ours, if any are offered; who offers none speaks it all the same.
fn subprotocol(headers: &HeaderMap) -> Result<Option<&'static str>, Problem> {
    match headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
        false => Ok(None),
        true if names(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) => Ok(Some(SUBPROTOCOL)),
        true => Err(Problem::malformed()),
    }
}
