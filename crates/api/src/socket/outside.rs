//! A door that is not ours: another listener reads the request and writes the answer, and the same rules judge it here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use service::Who;
use tower_service::Service;

use super::{Arrival, Sockets};
use crate::peer::{PeerAddress, Proxies, Sealed};
use crate::traced;

/// Clones are handles to the same.
#[derive(Clone)]
pub struct Outside {
    router: Router,
    proxies: Arc<Proxies>,
    /// `Sec-WebSocket-Accept` of a key.
    accept: fn(&str) -> Option<String>,
}

/// What is to be said, and who comes in by it.
#[derive(Debug)]
pub struct Passed {
    pub answer: Response<Bytes>,
    pub came: Option<Came>,
}

/// Somebody whose upgrade is answered.
#[derive(Debug)]
pub struct Came {
    pub who: Option<Who>,
    pub address: IpAddr,
    /// What limits count by.
    pub network: IpAddr,
}

impl Outside {
    pub fn new(router: Router, proxies: Arc<Proxies>, accept: fn(&str) -> Option<String>) -> Outside {
        Outside { router, proxies, accept }
    }

    /// What a connection counts by before its request was read; nothing where a proxy of ours brings everybody.
    pub fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        (!self.proxies.hold(peer)).then(|| PeerAddress(peer).counted())
    }

    /// A request without a body, from the other end of some connection.
    pub async fn ask(self, request: Request<()>, peer: IpAddr, sealed: bool) -> Passed {
        let seen = Arc::new(Seen { accept: self.accept, came: Mutex::new(None) });
        let (caller, sealed) = {
            let headers = request.headers();
            (self.proxies.caller(peer, headers), sealed || self.proxies.sealed(peer, headers))
        };
        let mut request = request.map(|()| Body::empty());
        traced::believe(&mut request, &self.proxies, peer);
        let extensions = request.extensions_mut();
        extensions.insert(caller);
        extensions.insert(Sealed(sealed));
        extensions.insert(seen.clone() as Arc<dyn Sockets>);
        let mut router = self.router;
        let Ok(response) = router.call(request).await;
        let (parts, body) = response.into_parts();
        // A body that fails here ends where it failed, as it would on a connection.
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let came = seen.came.lock().take();
        Passed { answer: Response::from_parts(parts, bytes), came }
    }
}

/// Who would have been handed over.
struct Seen {
    accept: fn(&str) -> Option<String>,
    came: Mutex<Option<Came>>,
}

impl Sockets for Seen {
    fn accept(&self, key: &str) -> Option<String> {
        (self.accept)(key)
    }
    fn take(&self, arrival: Arrival) -> bool {
        let Arrival { who, address, network, .. } = arrival;
        *self.came.lock() = Some(Came { who, address, network });
        true
    }
}
