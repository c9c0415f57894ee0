//! Nodes of one installation as processes of the real binary, each killed outright and started again where it was.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use store::pg::Dsn;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::ground::database::until;

/// Two API nodes and two gateways; they meet in PostgreSQL and Redis alone.
pub struct Nodes {
    binary: PathBuf,
    /// Held for what dropping it does.
    _folder: TempDir,
    pub apis: [Node; 2],
    pub gateways: [Node; 2],
}

pub struct Node {
    folder: PathBuf,
    pub address: SocketAddr,
    child: Option<Child>,
}

/// A port nobody has just now.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

fn words(Dsn { host, port, user, database, .. }: &Dsn) -> String {
    format!("host={host} port={port} user={user} dbname={database}")
}

impl Nodes {
    /// `redis` is a port of this machine.
    pub async fn start(binary: &Path, database: &Dsn, redis: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("rookery-nodes.").tempdir().expect("a folder");
        let node = |name: &str, role: &str| {
            let (at, address, metrics) = (folder.path().join(name), free(), free());
            std::fs::create_dir(&at).expect("a folder");
            let database = words(database);
            let config = format!(
                "[server]\nlisten = \"{address}\"\nroles = [\"{role}\"]\ndata = \"{}\"\n\
                 [rates]\naccount = 0\naddress = 0\n[gateway]\nthreads = 1\n\
                 [redis]\nurls = [\"redis://127.0.0.1:{redis}\"]\n\
                 [store]\nkind = \"postgres\"\n[store.postgres]\ndirectory = \"{database}\"\n\
                 shards = [{{ id = 1, primary = \"{database}\" }}]\n\
                 [store.postgres.pool]\nsize = 10\noverflow = 10\n\
                 [metrics]\nlisten = \"{metrics}\"\n[log]\nformat = \"json\"\n",
                at.join("data").display(),
            );
            std::fs::write(at.join("rookery.toml"), config).expect("written");
            Node { folder: at, address, child: None }
        };
        let apis = [node("api-1", "api"), node("api-2", "api")];
        let gateways = [node("gateway-1", "gateway"), node("gateway-2", "gateway")];
        let mut nodes = Self { binary: binary.to_owned(), _folder: folder, apis, gateways };
        for node in nodes.apis.iter_mut().chain(&mut nodes.gateways) {
            node.start(&nodes.binary).await;
        }
        nodes
    }

    /// Whatever is dead.
    pub async fn start_again(&mut self) {
        for node in self.apis.iter_mut().chain(&mut self.gateways) {
            if node.child.is_none() {
                node.start(&self.binary).await;
            }
        }
    }
}

impl Node {
    /// Until it takes connections.
    async fn start(&mut self, binary: &Path) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.expect("a log");
        let mut command = Command::new(binary);
        command.args(["serve", "--config"]).arg(self.folder.join("rookery.toml")).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a handle")).stderr(log);
        self.child = Some(command.spawn().expect("the binary starts"));
        let address = self.address;
        until("a node takes connections", async || TcpStream::connect(address).await.is_ok()).await;
    }

    /// SIGKILL: it finishes nothing.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("it is ours to kill");
        }
    }
}
