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
    #[value(name = "socketio")]
    SocketIo,
    Nats,
    Nchan,
    #[value(name = "raw")]
    Floor,
}

impl Contestant {
    pub const ALL: [Self; 8] =
        [Self::Ours, Self::Uws, Self::Bun, Self::Ws, Self::SocketIo, Self::Nats, Self::Nchan, Self::Floor];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "rookery",
            Self::Uws => "uws",
            Self::Bun => "bun",
            Self::Ws => "ws",
            Self::SocketIo => "socketio",
            Self::Nats => "nats",
            Self::Nchan => "nchan",
            Self::Floor => "raw",
        }
    }

    pub fn dialect(self) -> Dialect {
        match self {
            Self::Ours => Dialect::Rookery,
            Self::Nats => Dialect::Nats,
            Self::Nchan => Dialect::Nchan,
            Self::SocketIo => Dialect::SocketIo,
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
            Self::Ws | Self::SocketIo => {
                let (libraries, library, program) = match self {
                    Self::Ws => (".peers/node/node_modules", "ws", "peers/ws.js"),
                    _ => (".peers/socketio/node_modules", "socket.io", "peers/socketio.js"),
                };
                let libraries = at(libraries);
                there(libraries.join(library))?;
                let mut command = Command::new("node");
                command.arg(at(program)).env("NODE_PATH", libraries);
                command
            }
            Self::Nats => {
                let config = configured(bench, folder, "nats.conf", port)?;
                let mut command = Command::new(there(at(".peers/go/nats-server"))?);
                command.arg("-c").arg(config);
                return Some(command);
            }
            Self::Nchan => {
                there(NCHAN.into())?;
                let config = configured(bench, folder, "nchan.conf", port)?;
                let mut command = Command::new(there("/usr/sbin/nginx".into())?);
                command.arg("-p").arg(folder).args(["-e", "stderr"]).arg("-c").arg(config);
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

/// Where Debian's package puts it.
const NCHAN: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// A peer's configuration with this run's particulars.
fn configured(bench: &Path, folder: &Path, name: &str, port: u16) -> Option<PathBuf> {
    let text = std::fs::read_to_string(bench.join(format!("peers/{name}.in"))).ok()?;
    let file = folder.join(name);
    let text = text.replace("PORT", &port.to_string()).replace("MODULE", NCHAN);
    std::fs::write(&file, text).ok()?;
    Some(file)
}

impl fmt::Display for Contestant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}
