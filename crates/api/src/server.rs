//! Accepts connections and serves them to the end: bounded in number, in time and in size, and owned, so that a stop can wait.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use service::live::Shares;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::warn;

use crate::connection::{self, tell_of_panic};
use crate::limits::Limits;
use crate::peer::{PeerAddress, Proxies};
use crate::tls::Tls;

const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How callers come in: what they may cost, whose word about them is believed, and whether we speak TLS.
#[derive(Clone, Default)]
pub struct Door {
    pub limits: Limits,
    pub proxies: Arc<Proxies>,
    pub tls: Option<Tls>,
    /// Whose callers are no people: operators, and what looks after them.
    pub uncounted: bool,
}

impl From<Limits> for Door {
    fn from(limits: Limits) -> Door {
        Door { limits, ..Door::default() }
    }
}

/// Serves until `stop` resolves, then accepts nobody new, lets what was asked be answered, and returns when all are gone.
/// Dropping this future instead abandons the connections.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    door: impl Into<Door>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let door: Arc<Door> = Arc::new(door.into());
    let places = Arc::new(Semaphore::new(door.limits.connections_max));
    let shares = Shares::of_at_most(door.limits.address_connections_max);
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            // Reaped as they end: the set never holds more than the open ones.
            Some(ended) = connections.join_next() => {
                tell_of_panic(ended);
                continue;
            }
            accepted = accept(&listener, &places) => accepted,
        };
        let ((stream, from), place) = accepted;
        // Whoever holds too many already is hung up on, so that the places are not all theirs.
        let share = counted(&door.proxies, from).map(|address| shares.take(address));
        if matches!(share, Some(None)) {
            metrics::counter!("rookery_connections_refused_total", "why" => "address").increment(1);
            continue;
        }
        let (router, door, stopped) = (router.clone(), door.clone(), stopped.clone());
        connections.spawn(async move {
            let _open = (!door.uncounted).then(Open::count);
            connection::serve(stream, from, router, &door, stopped).await;
            drop((place, share));
        });
    }
    drop(listener);
    stopping.send_replace(true);
    while let Some(ended) = connections.join_next().await {
        tell_of_panic(ended);
    }
}

/// Whose share a place is taken from: nobody's, where a proxy brings everybody.
fn counted(proxies: &Proxies, from: SocketAddr) -> Option<IpAddr> {
    // A listener of both families hears who comes by IPv4 as one network of IPv6, in which they would all be one.
    let address = from.ip().to_canonical();
    (!proxies.hold(address)).then(|| PeerAddress(address).counted())
}

/// Counted while it lives; one that became a socket is counted with the sockets from then on.
struct Open;

impl Open {
    fn count() -> Open {
        metrics::gauge!("active_connections").increment(1);
        Open
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("active_connections").decrement(1);
    }
}

/// The next connection and its place. With all places taken nobody is accepted: the kernel's queue is the waiting room.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> ((TcpStream, SocketAddr), Option<OwnedSemaphorePermit>) {
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok(caller) => return (caller, place),
            // Out of file handles, or a caller gone before we looked: neither is a reason to stop.
            Err(error) => {
                warn!(%error, "could not accept a connection; trying again");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
}
