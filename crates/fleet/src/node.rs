//! One process of a fleet in a process: a store and a service on the database of all, and perhaps a gateway.

use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::WorkspaceId;
use gateway::{Arrival, Bare, CoreWork, Gateway, Limits, Parts, Unlimited};
use live::feed::Patience;
use live::{Feed, Hall, Journal, Lost, Mark, Stretch};
use service::live::{Journals, publish};
use store::Engine;
use tokio::task::JoinHandle;

use crate::ether::Ether;
use testkit::clock::FakeClock;
use testkit::fault::{Faults, Faulty};
use testkit::node::Node;

/// What every process of a fleet stands on.
#[derive(Clone)]
pub struct Ground {
    pub engine: Arc<dyn Engine>,
    pub clock: FakeClock,
    pub ether: Arc<Ether>,
    pub hall: Arc<Hall>,
    pub seed: u64,
    /// Reads of the journal that filled a hole.
    pub repairs: Arc<AtomicUsize>,
    /// A mistake on purpose: nobody looks whether something was lost.
    pub deaf: bool,
}

pub struct Process {
    pub node: Node,
    pub faults: Faults,
    sockets: Option<Sockets>,
    tasks: Vec<JoinHandle<()>>,
}

struct Sockets {
    gateway: Gateway,
    /// Its ear in the ether.
    ear: usize,
    cores: Vec<CoreWork>,
    /// Handed over a moment ago, at most two turns; the gateway has made them wide since.
    wide: Vec<(u8, TcpStream)>,
}

/// Small, so that a slow reader is one soon.
const QUEUE_BYTES_MAX: usize = 12 * 1024;
/// So often that what was lost of somebody's own is found within a schedule.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Seen to its end within a schedule.
const DRAIN: Duration = Duration::from_millis(200);
/// More than happens between two waits of a schedule, less than it waits in the end.
const CROWD_EVERY: Duration = Duration::from_millis(400);
/// The least the kernel grants.
const SEND_BYTES: usize = 2 * 1024;

impl Process {
    pub async fn api(ground: &Ground) -> Self {
        let node = node(ground).await;
        let tells = publish(node.store.clone(), ground.ether.clone(), None);
        Self { faults: node.faults.clone(), node, sockets: None, tasks: vec![tokio::spawn(tells)] }
    }

    pub async fn gateway(ground: &Ground) -> Self {
        let node = node(ground).await;
        let (ear, bus) = ground.ether.ear();
        let journals = Watched { inner: Journals::new(node.service.clone()), ground: ground.clone() };
        let (feed, driver) = Feed::new(bus, Arc::new(journals), Patience::default());
        let (queue_bytes_max, heartbeat) = (QUEUE_BYTES_MAX, HEARTBEAT);
        // Each other seed's channels have crowds.
        let crowd = if ground.seed.is_multiple_of(2) { Limits::default().crowd } else { 1 };
        let (drain, crowd_every) = (DRAIN, CROWD_EVERY);
        let limits = Limits { queue_bytes_max, heartbeat, drain, crowd, crowd_every, ..Limits::default() };
        let (hall, anybody) = (ground.hall.clone(), Arc::new(Unlimited));
        let made =
            Gateway::new(node.service.clone(), feed.clone(), hall, limits, anybody, "a fleet's".into());
        let (gateway, Parts { cores, desks, helpers }) = made.expect("cores");
        let mut tasks = vec![
            tokio::spawn(publish(node.store.clone(), ground.ether.clone(), Some(feed))),
            tokio::spawn(driver.run(gateway.listener())),
        ];
        tasks.extend(desks.into_iter().chain(helpers).map(tokio::spawn));
        let sockets = Some(Sockets { gateway, ear, cores, wide: Vec::new() });
        Self { faults: node.faults.clone(), node, sockets, tasks }
    }

    /// All that its cores have to do now. False once it was drained to its end.
    pub fn turn(&mut self) -> bool {
        let Some(Sockets { cores, wide, .. }) = &mut self.sockets else { return true };
        let mut goes_on = false;
        for core in cores {
            goes_on |= core.turn(Duration::ZERO).expect("a core runs");
        }
        wide.retain_mut(|(turns, stream)| {
            *turns += 1;
            if *turns > 2 {
                socket2::SockRef::from(&*stream).set_send_buffer_size(SEND_BYTES).expect("a socket");
            }
            *turns <= 2
        });
        goes_on
    }

    /// One end of a new connection; the other is at the gateway.
    pub fn dial(&mut self) -> Option<UnixStream> {
        let Sockets { gateway, wide, .. } = self.sockets.as_mut()?;
        let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        ours.set_nonblocking(true).expect("a socket");
        // To who reads and writes one kind of stream is as the other.
        let stream = TcpStream::from(OwnedFd::from(theirs));
        wide.push((0, stream.try_clone().expect("a handle")));
        let bare = async move { Some(Bare { stream, tls: None, read_ahead: bytes::Bytes::new() }) };
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let arrival = Arrival { bare: Box::pin(bare), who: None, address: here, network: here };
        gateway.arrive(arrival).then_some(ours)
    }

    pub fn drain(&self) {
        if let Some(Sockets { gateway, .. }) = &self.sockets {
            gateway.drain();
        }
    }

    /// A fault was met after which it does nothing any more.
    pub fn met_its_end(&self) -> bool {
        self.faults.happened().iter().any(|fault| fault.kills())
    }

    /// Everything it did stops where it is, and its sockets are gone.
    pub async fn dies(self, ether: &Ether) {
        let Self { node, sockets, tasks, .. } = self;
        sockets.iter().for_each(|sockets| ether.forgets(sockets.ear));
        for task in tasks {
            task.abort();
            drop(task.await);
        }
        drop(sockets);
        node.die().await;
    }
}

async fn node(ground: &Ground) -> Node {
    let limits = store::Limits { seed: Some(ground.seed), ..store::Limits::default() };
    Node::with_limits(Faulty::over(Arc::clone(&ground.engine)), ground.clock.clone(), limits).await
}

/// The journals of a service, and how often they were asked for what is missing.
struct Watched {
    inner: Journals,
    ground: Ground,
}

#[async_trait]
impl Journal for Watched {
    async fn heads(&self, workspaces: &[WorkspaceId]) -> Result<Vec<(WorkspaceId, Mark)>, Lost> {
        self.inner.heads(workspaces).await
    }
    async fn after(&self, workspace: WorkspaceId, mark: Mark, most: u32) -> Result<Stretch, Lost> {
        if self.ground.deaf {
            return Err(Lost("nobody looks".into()));
        }
        self.ground.repairs.fetch_add(1, Ordering::Relaxed);
        self.inner.after(workspace, mark, most).await
    }
}
