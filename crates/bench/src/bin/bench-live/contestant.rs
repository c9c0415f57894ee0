//! Who is measured.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use load::swarm::dialect::Dialect;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Contestant {
    #[value(name = "rookery")]
    Ours,
    Uws,
    Bun,
    Ws,
    Nats,
    #[value(name = "raw")]
    Floor,
}

impl Contestant {
    pub const ALL: [Self; 6] = [Self::Ours, Self::Uws, Self::Bun, Self::Ws, Self::Nats, Self::Floor];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "rookery",
            Self::Uws => "uws",
            Self::Bun => "bun",
            Self::Ws => "ws",
            Self::Nats => "nats",
            Self::Floor => "raw",
        }
    }

    pub fn dialect(self) -> Dialect {
        match self {
            Self::Ours => Dialect::Rookery,
            Self::Nats => Dialect::Nats,
            _ => Dialect::Plain,
        }
    }

    /// How a peer is started on a port; none where it was not installed.
    pub fn command(self, bench: &Path, folder: &Path, port: u16) -> Option<Command> {
        let at = |path: &str| bench.join(path);
        let there = |path: PathBuf| path.exists().then_some(path);
        let mut command = match self {
            Self::Ours => return None,
            Self::Uws => {
                let python = there(at(".peers/python/bin/python"))?;
                let mut command = Command::new(python);
                command.arg(at("peers/uws.py"));
                command
            }
            Self::Bun => {
                let mut command = Command::new(there(at(".peers/node/node_modules/bun/bin/bun.exe"))?);
                command.arg(at("peers/bun.js"));
                command
            }
            Self::Ws => {
                there(at(".peers/node/node_modules/ws"))?;
                let mut command = Command::new("node");
                command.arg(at("peers/ws.js")).env("NODE_PATH", at(".peers/node/node_modules"));
                command
            }
            Self::Nats => {
                let config = std::fs::read_to_string(at("peers/nats.conf.in")).ok()?;
                let file = folder.join("nats.conf");
                std::fs::write(&file, config.replace("PORT", &port.to_string())).ok()?;
                let mut command = Command::new(there(at(".peers/go/nats-server"))?);
                command.arg("-c").arg(file);
                return Some(command);
            }
            Self::Floor => {
                let mut command = Command::new(std::env::current_exe().ok()?);
                command.arg("floor");
                command
            }
        };
        command.arg(port.to_string());
        Some(command)
    }
}

impl fmt::Display for Contestant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}
