//! Redis servers of a test's own, which it may break: one, three sentinels over two, or a cluster of six.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use async_trait::async_trait;
use domain::{Key, Stamp, WorkspaceId};
use live::redis::{Mode, Redis, Server, Settings, Tls};
use tempfile::TempDir;

use crate::bus::contract::{Between, Station};
use crate::chaos::{port_in, run, runs};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Single,
    Sentinel,
    Cluster,
}

pub struct Redises {
    folder: TempDir,
    pub shape: Shape,
    /// They speak TLS alone, and ask who one is.
    sealed: bool,
}

/// Who may do what a node does, and nothing else, on sealed servers.
pub const USER: &str = "node";
pub const PASSWORD: &str = "no-other-word";

impl Redises {
    pub fn start(shape: Shape) -> Arc<Self> {
        Self::begin(shape, false)
    }

    /// With TLS, a password and a user who may do little; not below sentinels.
    pub fn sealed(shape: Shape) -> Arc<Self> {
        Self::begin(shape, true)
    }

    fn begin(shape: Shape, sealed: bool) -> Arc<Self> {
        let folder = tempfile::Builder::new().prefix("rookery-redis.").tempdir().expect("a folder");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("servers may look into it");
        let redises = Self { folder, shape, sealed };
        if sealed {
            runs("redis-seal", &[redises.folder.path(), Path::new(USER), Path::new(PASSWORD)]);
        }
        match shape {
            Shape::Single => runs("redis-start", &[&redises.at(1)]),
            Shape::Sentinel => runs("redis-sentinel-start", &[redises.folder.path()]),
            Shape::Cluster => runs("redis-cluster-start", &[redises.folder.path()]),
        }
        Arc::new(redises)
    }

    pub fn settings(&self) -> Settings {
        let folders: Vec<PathBuf> = match self.shape {
            Shape::Single => vec![self.at(1)],
            Shape::Sentinel => {
                (1..=3).map(|sentinel| self.folder.path().join(format!("s{sentinel}"))).collect()
            }
            Shape::Cluster => (1..=6).map(|node| self.at(node)).collect(),
        };
        let server = |folder: &PathBuf| Server {
            host: "127.0.0.1".into(),
            port: port_in(folder).parse().expect("a port"),
        };
        let mode = match self.shape {
            Shape::Single => Mode::Single,
            Shape::Sentinel => Mode::Sentinel { master: "mymaster".into() },
            Shape::Cluster => Mode::Cluster,
        };
        let servers: Vec<Server> = folders.iter().map(server).collect();
        let plain = Settings { mode, servers: servers.clone(), ..Settings::single(servers[0].clone()) };
        if !self.sealed {
            return plain;
        }
        let tls = Some(Tls { root: Some(self.root()) });
        Settings { user: Some(USER.into()), password: Some(PASSWORD.into()), tls, ..plain }
    }

    /// The certificate that vouches for sealed servers.
    pub fn root_file(&self) -> PathBuf {
        self.folder.path().join("seal/ca.pem")
    }
    fn root(&self) -> Vec<u8> {
        std::fs::read(self.root_file()).expect("these are sealed")
    }

    /// A node on it, its work being done, once it is connected.
    pub async fn node(&self) -> Redis {
        let redis = node(self.settings());
        is_there(&redis).await;
        redis
    }

    /// The first server is a primary at the beginning.
    pub fn kill(&self, server: u8) {
        runs("redis-stop", &[&self.at(server), Path::new("kill")]);
    }
    /// With nothing in it; of a cluster or below sentinels, as a replica if another took its place.
    pub fn start_again(&self, server: u8) {
        runs("redis-start", &[&self.at(server)]);
    }
    pub fn pause(&self, server: u8) {
        runs("redis-pause", &[&self.at(server)]);
    }
    pub fn resume(&self, server: u8) {
        runs("redis-resume", &[&self.at(server)]);
    }

    /// Nothing is kept on any of them any more.
    pub async fn empty(&self) {
        for mut line in self.lines().await {
            // A replica takes no orders, and follows.
            ::redis::cmd("FLUSHALL").exec_async(&mut line).await.ok();
        }
    }

    /// Whoever listens there.
    pub fn number_of(&self, server: &Server) -> u8 {
        let port = server.port.to_string();
        (1..=6).find(|number| port_in(&self.at(*number)) == port).expect("one of these")
    }

    fn at(&self, server: u8) -> PathBuf {
        self.folder.path().join(server.to_string())
    }

    /// To every server that holds data and answers.
    async fn lines(&self) -> Vec<::redis::aio::MultiplexedConnection> {
        let servers = match self.shape {
            Shape::Single => 1..=1,
            Shape::Sentinel => 1..=2,
            Shape::Cluster => 1..=6,
        };
        let mut lines = Vec::new();
        for server in servers {
            let port = port_in(&self.at(server));
            let client = if self.sealed {
                let certificates =
                    ::redis::TlsCertificates { client_tls: None, root_cert: Some(self.root()) };
                let address = format!("rediss://:{PASSWORD}@127.0.0.1:{port}");
                ::redis::Client::build_with_tls(address, certificates)
            } else {
                ::redis::Client::open(format!("redis://127.0.0.1:{port}"))
            };
            lines.extend(client.expect("an address").get_multiplexed_async_connection().await);
        }
        lines
    }
}

impl Drop for Redises {
    fn drop(&mut self) {
        match self.shape {
            Shape::Single => drop(run("redis-stop", &[&self.at(1), Path::new("kill")], &[])),
            _ => drop(run("redis-all-stop", &[self.folder.path()], &[])),
        }
    }
}

/// The server that `scripts/services` has running for all tests, under a name of one's own.
pub fn shared_settings() -> Settings {
    static PLACES: AtomicU32 = AtomicU32::new(1);
    let url = std::env::var("ROOKERY_TEST_REDIS").expect(
        "this test needs a Redis: run it by `scripts/services run -- cargo test …`, or start one with `scripts/services up`",
    );
    let server = url.strip_prefix("redis://").unwrap_or(&url).parse().expect("an address");
    let place = PLACES.fetch_add(1, Ordering::Relaxed);
    let prefix = format!("t{}-{place}", std::process::id());
    Settings { prefix, ..Settings::single(server) }
}

/// A node whose work is done for as long as the test lives.
pub fn node(settings: Settings) -> Redis {
    static NODES: AtomicU8 = AtomicU8::new(1);
    let node = Key::new(Stamp(1_000), [NODES.fetch_add(1, Ordering::Relaxed); 10]);
    let (redis, work) = Redis::new(settings, node);
    tokio::spawn(work.run());
    redis
}

pub async fn is_there(redis: &Redis) {
    while redis.trouble().is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// Two nodes on servers of their own, for the contract.
pub async fn station(redises: Arc<Redises>) -> Station {
    let (one, other) = (Arc::new(redises.node().await), redises.node().await);
    let between = Box::new(Wires { redises, other: other.clone() });
    Station { one, other: Arc::new(other), between }
}

/// What lies between two nodes.
pub struct Wires {
    pub redises: Arc<Redises>,
    /// Who notices.
    pub other: Redis,
}

#[async_trait]
impl Between for Wires {
    async fn cut(&self) -> bool {
        for mut line in self.redises.lines().await {
            for kind in ["pubsub", "normal"] {
                let mut kill = ::redis::cmd("CLIENT");
                kill.arg("KILL").arg("TYPE").arg(kind).exec_async(&mut line).await.expect("cut");
            }
        }
        true
    }

    async fn silence(&self, workspace: WorkspaceId) -> bool {
        let servers = if self.redises.shape == Shape::Cluster { 1..=6 } else { 1..=2 };
        let servers: Vec<u8> = servers.filter(|server| self.redises.at(*server).exists()).collect();
        servers.iter().for_each(|server| self.redises.pause(*server));
        while self.other.hears(workspace) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        servers.iter().for_each(|server| self.redises.resume(*server));
        true
    }

    async fn inject(&self, workspace: WorkspaceId, bytes: Vec<u8>) -> bool {
        let channel = live::redis::channel(&self.redises.settings().prefix, workspace);
        let verb = if self.redises.shape == Shape::Cluster { "SPUBLISH" } else { "PUBLISH" };
        for mut line in self.redises.lines().await {
            // Who does not have this channel says where it is, and others do.
            ::redis::cmd(verb).arg(&channel).arg(&bytes).exec_async(&mut line).await.ok();
        }
        true
    }
}
