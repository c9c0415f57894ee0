//! A server at work: ours as people start it, or a peer; on a processor of its own where that is asked.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use load::crowd::Crowd;
use load::swarm::dialect::Person;
use load::swarm::dialect::Place;
use load::swarm::errand::{Errand, Party};
use load::trouble::Trouble;

use crate::contestant::Contestant;

/// Which processor the servers and which one the sockets have to themselves.
const SERVER_CPU: &str = "1";
const SOCKETS_CPU: &str = "0";
const PATIENCE: Duration = Duration::from_secs(60);

/// Where everything is.
pub struct Ground {
    pub rookery: PathBuf,
    pub bench: PathBuf,
    pub folder: PathBuf,
}

pub struct Stand {
    child: Child,
    pub contestant: Contestant,
    pub address: String,
}

fn pinned(mut command: Command, cpu: Option<&str>) -> Command {
    let Some(cpu) = cpu else { return command };
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", cpu]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        pinned.env(name, value.unwrap_or_default());
    }
    command = pinned;
    command
}

/// A server of ours on a data folder.
pub fn ours(ground: &Ground, data: &Path, port: u16) -> Command {
    let mut command = Command::new(&ground.rookery);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(data);
    command.env("ROOKERY_METRICS__LISTEN", "off").env("ROOKERY_LOG__FILTER", "warn");
    command
}

impl Stand {
    /// `data` is ours alone; a peer keeps nothing. None where the peer is not there.
    pub fn start(
        ground: &Ground,
        contestant: Contestant,
        data: &Path,
        alone: bool,
    ) -> Result<Option<Self>, Trouble> {
        let port = free_port()?;
        let command = match contestant {
            Contestant::Ours => Some(ours(ground, data, port)),
            peer => peer.command(&ground.bench, &ground.folder, port),
        };
        let Some(command) = command else { return Ok(None) };
        Self::run(pinned(command, alone.then_some(SERVER_CPU)), contestant, port).map(Some)
    }

    /// The same again where it stood, as a supervisor starts it.
    pub fn again(&mut self, ground: &Ground, data: &Path) -> Result<(), Trouble> {
        let port = self.address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
        *self = Self::run(ours(ground, data, port), self.contestant, port)?;
        Ok(())
    }

    pub fn run(mut command: Command, contestant: Contestant, port: u16) -> Result<Self, Trouble> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Trouble::at(format!("starting {contestant}")))?;
        let stand = Self { child, contestant, address: format!("127.0.0.1:{port}") };
        let began = Instant::now();
        while !stand.answers() {
            if began.elapsed() > PATIENCE {
                return Err(Trouble::new(format!("{contestant} does not answer")));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(stand)
    }

    /// Ours listens a moment before it is ready, and says so.
    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        if self.contestant != Contestant::Ours {
            return true;
        }
        let mut head = [0; 12];
        let asked =
            stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n\r\n");
        asked.and_then(|()| stream.read_exact(&mut head)).is_ok() && head.ends_with(b"200")
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn free_port() -> Result<u16, Trouble> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(Trouble::at("a free port"))?;
    listener.local_addr().map(|address| address.port()).map_err(Trouble::at("a free port"))
}

/// Somebody owns the installation, as the first page of the client asks for it.
pub fn set_up(ground: &Ground, server: &Stand, place: &[&std::ffi::OsStr]) -> Result<(), Trouble> {
    let mut command = Command::new(&ground.rookery);
    let told = command.args(["--json", "admin", "owner-link"]).args(place).output();
    let told = told.map_err(Trouble::at("the set-up code"))?;
    let told: serde_json::Value =
        serde_json::from_slice(&told.stdout).map_err(Trouble::at("the set-up code"))?;
    let setup = serde_json::json!({
        "code": told["set_up_code"], "email": "ada@example.com", "password": "a long enough password",
        "name": "Ada", "workspace": "Rooks",
    });
    let request = load::http::request("POST", "/setup", None, Some(&setup.to_string()));
    let mut stream = TcpStream::connect(&server.address).map_err(Trouble::at("setting up"))?;
    let mut head = [0; 12];
    let asked = stream.write_all(&request).and_then(|()| stream.read_exact(&mut head));
    asked.map_err(Trouble::at("setting up"))?;
    if head.ends_with(b" 201") || head.ends_with(b" 200") {
        return Ok(());
    }
    Err(Trouble::new(format!("setting up was answered with {}", String::from_utf8_lossy(&head))))
}

/// People and their seats in a fresh data folder, made by the server itself.
pub fn crowd(
    ground: &Ground,
    name: &str,
    (people, channels, seats): (u32, u32, u32),
    flags: &[&str],
) -> Result<(PathBuf, Crowd), Trouble> {
    let (data, file) = (ground.folder.join(name), ground.folder.join(format!("{name}.json")));
    if !file.exists() {
        let server = Stand::start(ground, Contestant::Ours, &data, false)?
            .ok_or_else(|| Trouble::new("rookery does not start"))?;
        set_up(ground, &server, &["--data".as_ref(), data.as_os_str()])?;
        let mut command = Command::new(&ground.rookery);
        command.args(["load", "prepare", "--data"]).arg(&data).arg("--crowd").arg(&file);
        for (flag, count) in [("--people", people), ("--channels", channels), ("--seats", seats)] {
            command.arg(flag).arg(count.to_string());
        }
        command.args(flags);
        let done = command.stdout(Stdio::null()).status().map_err(Trouble::at("load prepare"))?;
        drop(server);
        if !done.success() {
            return Err(Trouble::new("load prepare failed"));
        }
    }
    Ok((data, Crowd::read(&file).map_err(Trouble::at(file.display().to_string()))?))
}

/// A process of sockets, its people gathered.
pub fn party(
    stand: &Stand,
    place: &Place,
    people: &Path,
    range: std::ops::Range<usize>,
    (process, alone): (u32, bool),
) -> Result<Party, Trouble> {
    party_of(stand, place, people, range, (process, alone), false)
}

/// `others`: some of what these hear is said in other processes.
pub fn party_of(
    stand: &Stand,
    place: &Place,
    people: &Path,
    range: std::ops::Range<usize>,
    (process, alone): (u32, bool),
    others: bool,
) -> Result<Party, Trouble> {
    let mut command = Command::new(std::env::current_exe().map_err(Trouble::at("this program"))?);
    command.arg("party");
    let mut party = Party::start(pinned(command, alone.then_some(SOCKETS_CPU)))
        .map_err(Trouble::at("a party of sockets"))?;
    let place = Place { address: stand.address.clone(), ..place.clone() };
    let (dialect, people) = (stand.contestant.dialect(), people.to_owned());
    let gather = Errand::Gather { dialect, place, people, from: range.start, to: range.end, process, others };
    let count: usize = party.ask(&gather).map_err(Trouble::at("gathering"))?;
    if count == range.len() {
        Ok(party)
    } else {
        Err(Trouble::new(format!("{count} people of {}", range.len())))
    }
}

/// The people of a load with what each hears.
pub fn people(ground: &Ground, name: &str, all: impl Iterator<Item = Person>) -> Result<PathBuf, Trouble> {
    let file = ground.folder.join(format!("{name}.people"));
    let all: Vec<Person> = all.collect();
    load::crowd::write_people(all.iter(), &file).map_err(Trouble::at("a file of people"))?;
    Ok(file)
}
