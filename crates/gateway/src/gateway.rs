//! A gateway's parts, put together: cores on threads of their own, a desk for each on the runtime.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use service::Service;
use service::live::presence::{Change, Presence};
use service::live::{Feed, Listener, Shares};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::admission::{Admission, Allowance};
use crate::arrivals::{Arrival, Arrivals, Coming};
use crate::core::{Core, Given};
use crate::crowds::Crowds;
use crate::desk::{Desk, Shared};
use crate::door::OwnDoor;
use crate::handshake;
use crate::hub::{Hub, ToCore};
use crate::limits::Limits;
use crate::ticket::Tickets;

const ARRIVALS_MAX: usize = 4_096;
const BATCHES_MAX: usize = 1_024;
/// Faces travel in batches.
const FACES_EVERY: Duration = Duration::from_secs(1);

/// A handle to the sockets of this node. Clones are handles to the same.
#[derive(Clone)]
pub struct Gateway {
    hub: Arc<Hub>,
    coming: mpsc::Sender<Coming>,
    sockets_max: usize,
    /// Sockets of one address that have not been let in yet.
    strangers: Arc<Shares<IpAddr>>,
}

/// A thread's work.
pub struct CoreWork(Core);

impl CoreWork {
    /// Until the gateway is drained.
    pub fn run(self) -> io::Result<()> {
        self.0.run()
    }
    /// Once round its loop, for who runs many on one thread: false once it is drained.
    pub fn turn(&mut self, wait_max: Duration) -> io::Result<bool> {
        self.0.go_round(wait_max)
    }
}

/// What whoever owns tasks and threads runs, until the gateway is drained.
pub struct Parts {
    /// Each on a thread of its own.
    pub cores: Vec<CoreWork>,
    /// They end when their core has.
    pub desks: Vec<BoxFuture<'static, ()>>,
    /// Needed until the gateway drains.
    pub helpers: Vec<BoxFuture<'static, ()>>,
}

impl Gateway {
    /// `allowance` counts what one account asks for, and `node` is how this process is called in `welcome`. Somebody else
    /// accepts, and hands over what was upgraded.
    pub fn new(
        service: Service,
        feed: Feed,
        presence: Arc<dyn Presence>,
        limits: Limits,
        allowance: Arc<dyn Allowance>,
        node: String,
    ) -> io::Result<(Self, Parts)> {
        Self::open(service, feed, presence, limits, allowance, node, None)
    }

    /// The same, where cores may have a door of their own.
    pub fn open(
        service: Service,
        feed: Feed,
        presence: Arc<dyn Presence>,
        limits: Limits,
        allowance: Arc<dyn Allowance>,
        node: String,
        door: Option<OwnDoor>,
    ) -> io::Result<(Self, Parts)> {
        let doorman = door.as_ref().map(|door| Arc::clone(&door.doorman));
        let mut doors = door.map(OwnDoor::into_cores).transpose()?.unwrap_or_default();
        let open = Arc::new(AtomicUsize::new(0));
        let strangers = Shares::of_at_most(limits.address_strangers_max);
        let greeted = Shares::of_at_most(limits.address_strangers_max);
        let tickets = Tickets::new(service.clone());
        let shared = Arc::new(Shared {
            service: service.clone(),
            feed: feed.clone(),
            presence: Arc::clone(&presence),
            limits,
            tickets: tickets.clone(),
            admission: Admission::new(&limits),
            devices: Shares::of_at_most(limits.account_sockets_max),
            allowance,
            node,
            hears_of_ends: OnceLock::new(),
            doorman,
        });
        let mut cores: Vec<CoreWork> = Vec::new();
        let mut desks: Vec<BoxFuture<'static, ()>> = Vec::new();
        let mut inboxes = Vec::new();
        let crowds = Arc::new(Crowds::of(limits.cores.max(1), limits.crowd));
        for core in 0..limits.cores.max(1) {
            let (desk, errands) = mpsc::channel(BATCHES_MAX);
            let given = Given {
                service: service.clone(),
                feed: feed.clone(),
                limits,
                tickets: tickets.clone(),
                desk,
                open: Arc::clone(&open),
                strangers: Arc::clone(&strangers),
                greeted: Arc::clone(&greeted),
                crowds: Arc::clone(&crowds),
                core,
            };
            let (core, inbox) = Core::new(given, doors.pop())?;
            inboxes.push(Arc::clone(&inbox));
            cores.push(CoreWork(core));
            let desk = Desk { shared: Arc::clone(&shared), errands, inbox, device: service.new_key() };
            desks.push(Box::pin(desk.run()));
        }
        let hub = Arc::new(Hub { inboxes, tickets, open, service: service.clone() });
        let (coming, arrivals) = mpsc::channel(ARRIVALS_MAX);
        let arrivals = Arrivals {
            service,
            hub: Arc::clone(&hub),
            coming: arrivals,
            next: AtomicUsize::new(0),
            stuck_max: limits.stuck_max,
        };
        let helpers: Vec<BoxFuture<'static, ()>> =
            vec![Box::pin(arrivals.run()), Box::pin(tell_faces(presence, Arc::downgrade(&hub)))];
        let sockets_max = limits.sockets_max;
        Ok((Self { hub, coming, sockets_max, strangers }, Parts { cores, desks, helpers }))
    }

    /// What the feed tells goes here.
    pub fn listener(&self) -> Arc<dyn Listener> {
        Arc::clone(&self.hub) as Arc<dyn Listener>
    }

    /// Takes over a connection once its upgrade was answered. False where there is no place for it.
    pub fn arrive(&self, arrival: Arrival) -> bool {
        let Some(stranger) = self.strangers.take(arrival.network) else { return false };
        let came = self.hub.service.now();
        self.sockets() < self.sockets_max && self.coming.try_send(Coming { arrival, came, stranger }).is_ok()
    }

    /// How many are open.
    pub fn sockets(&self) -> usize {
        self.hub.open.load(Ordering::Relaxed)
    }

    /// `Sec-WebSocket-Accept` of a key.
    pub fn accept(key: &str) -> Option<String> {
        handshake::accept(key)
    }

    /// Soft: everyone is told to come back, a part at a time; the cores end when they are gone.
    pub fn drain(&self) {
        self.hub.all(|| ToCore::Drain);
    }
}

/// Changes of faces and typing, in batches, for as long as the gateway lives.
async fn tell_faces(presence: Arc<dyn Presence>, hub: std::sync::Weak<Hub>) {
    let mut changes = presence.changes();
    let mut gathered: Vec<Change> = Vec::new();
    let mut tell = tokio::time::interval(FACES_EVERY);
    tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = tell.tick() => {
                let Some(hub) = hub.upgrade() else { return };
                if !gathered.is_empty() {
                    metrics::counter!("rookery_presence_changes_total").increment(gathered.len() as u64);
                    let batch: Arc<[Change]> = std::mem::take(&mut gathered).into();
                    hub.all(|| ToCore::Changed(Arc::clone(&batch)));
                }
            }
            change = changes.next() => match change {
                Some(change) => gathered.push(change),
                None => return,
            },
        }
    }
}
