//! Real servers that one test may break, each a process of its own, in a folder of its own. All are gone with it.

mod asker;
mod count;
mod doorkeeper;
mod heard;
mod line;
mod nodes;
mod person;
mod poster;
mod quorum;
mod said;
mod squall;
mod storm;
mod tally;
mod world;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use store::pg::Dsn;
use tempfile::TempDir;

pub use count::Count;
pub use quorum::{blocking, fail_over, storm_on_a_quorum};
pub use squall::storm_on_a_fleet;
pub use storm::storm_on_a_file;
pub use tally::Tally;

/// A PostgreSQL server, by the folder it lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    One,
    Two,
    Three,
}

impl Server {
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    /// Also what it calls itself where it follows another.
    fn folder(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
            Self::Three => "three",
        }
    }
}

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    Immediate,
    /// SIGKILL for all its processes at once.
    Kill,
}

/// With `fsync` on.
pub struct Cluster {
    folder: TempDir,
    pub primary: Server,
    pooled: bool,
}

impl Cluster {
    /// A primary alone.
    pub fn alone() -> Self {
        let folder = tempfile::Builder::new().prefix("rookery-cluster.").tempdir().expect("a folder");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("servers may look into it");
        let cluster = Self { folder, primary: Server::One, pooled: false };
        runs("postgres-primary", &[&cluster.at(Server::One)]);
        cluster
    }

    /// A primary that answers a commit when one of two replicas has it, and a pooler in front.
    pub fn with_quorum() -> Self {
        let mut cluster = Self::alone();
        let primary = cluster.at(Server::One);
        for replica in [Server::Two, Server::Three] {
            runs("postgres-replica", &[&cluster.at(replica), &primary, Path::new(replica.folder())]);
        }
        cluster.asks_for_a_quorum(Server::One);
        runs("pgbouncer-start", &[&cluster.pooler(), Path::new(&cluster.port(Server::One))]);
        cluster.pooled = true;
        cluster
    }

    fn asks_for_a_quorum(&self, primary: Server) {
        let others: Vec<_> = Server::ALL.iter().filter(|other| **other != primary).collect();
        let names = format!("ANY 1 ({}, {})", others[0].folder(), others[1].folder());
        let words = ["synchronous_standby_names", &names].map(Path::new);
        runs("postgres-set", &[&self.at(primary), words[0], words[1]]);
    }

    /// A commit is answered when the primary's own disk has it.
    pub fn forgoes_its_quorum(&self) {
        let words = ["synchronous_standby_names", ""].map(Path::new);
        runs("postgres-set", &[&self.at(self.primary), words[0], words[1]]);
    }

    pub fn dsn(&self, server: Server) -> Dsn {
        address(&self.port(server))
    }
    pub fn standbys(&self) -> Vec<Server> {
        Server::ALL.into_iter().filter(|server| *server != self.primary).collect()
    }
    /// Of the pooler: the same whoever is the primary.
    pub fn pooled_dsn(&self) -> Dsn {
        address(&port_in(&self.pooler()))
    }

    pub fn stop(&self, server: Server, how: Stop) {
        let how = match how {
            Stop::Immediate => "immediate",
            Stop::Kill => "kill",
        };
        runs("postgres-stop", &[&self.at(server), Path::new(how)]);
    }
    pub fn start(&self, server: Server) {
        runs("postgres-start", &[&self.at(server)]);
    }

    /// The primary is dead: another takes its place, under the same rule, and is reached by the same address.
    pub fn promote(&mut self, server: Server) {
        self.asks_for_a_quorum(server);
        runs("postgres-promote", &[&self.at(server)]);
        self.primary = server;
        if self.pooled {
            runs("pgbouncer-repoint", &[&self.pooler(), Path::new(&self.port(server))]);
        }
    }
    /// A standby of the old primary goes on behind the new one.
    pub fn follow(&self, server: Server) {
        let words = [self.at(server), self.at(self.primary), server.folder().into()];
        runs("postgres-follow", &[&words[0], &words[1], &words[2]]);
    }
    /// The old primary comes back as a standby.
    pub fn rejoin(&self, server: Server) {
        let words = [self.at(server), self.at(self.primary), server.folder().into()];
        runs("postgres-rejoin", &[&words[0], &words[1], &words[2]]);
    }

    fn at(&self, server: Server) -> PathBuf {
        self.folder.path().join(server.folder())
    }
    fn pooler(&self) -> PathBuf {
        self.folder.path().join("pooler")
    }
    fn port(&self, server: Server) -> String {
        port_in(&self.at(server))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.pooled {
            drop(run("pgbouncer-stop", &[&self.pooler()], &[]));
        }
        for server in Server::ALL.into_iter().filter(|server| self.at(*server).exists()) {
            drop(run("postgres-stop", &[&self.at(server), Path::new("immediate")], &[]));
        }
    }
}

/// A pooler of one's own before a server of others, with so many connections to it.
pub struct Pooler {
    folder: TempDir,
}

impl Pooler {
    pub fn before(server: &Dsn, connections: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("rookery-pooler.").tempdir().expect("a folder");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("the server may look into it");
        let pooler = Self { folder };
        let (size, port) = (connections.to_string(), server.port.to_string());
        let started = run("pgbouncer-start", &[&pooler.at(), Path::new(&port)], &[("POOL_SIZE", &size)]);
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        pooler
    }
    pub fn dsn(&self, database: &str) -> Dsn {
        address(&port_in(&self.at())).with_database(database)
    }
    fn at(&self) -> PathBuf {
        self.folder.path().join("pooler")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(run("pgbouncer-stop", &[&self.at()], &[]));
    }
}

fn address(port: &str) -> Dsn {
    format!("host=127.0.0.1 port={port} user=postgres dbname=postgres").parse().expect("an address")
}

pub(crate) fn port_in(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("port")).expect("the server has a port").trim().into()
}

pub(crate) fn runs(verb: &str, words: &[&Path]) {
    let Output { status, stderr, .. } = run(verb, words, &[("FSYNC", "on")]);
    assert!(status.success(), "scripts/services {verb} {words:?}: {}", String::from_utf8_lossy(&stderr));
}

/// One verb of `scripts/services`.
pub(crate) fn run(verb: &str, words: &[&Path], settings: &[(&str, &str)]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/services");
    let mut command = Command::new(script);
    command.arg(verb).args(words).envs(settings.iter().copied()).stdin(Stdio::null());
    command.output().expect("the script runs")
}
