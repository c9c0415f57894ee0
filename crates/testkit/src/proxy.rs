//! A line to PostgreSQL, or to its pooler, that knows where each message ends and fails at the one it is told to.
//!
//! Messages are counted from a transaction's `BEGIN` on, in each direction by itself, so that a place has a number.

mod frame;
mod line;

use std::sync::Arc;

use parking_lot::Mutex;
use store::pg::Dsn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::frame::Message;

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    ToServer,
    ToClient,
}

/// What becomes of one message, and of the line it was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mishap {
    /// Both ends find the line cut before this message.
    Cut,
    /// Both ends find the line cut in the middle of this message.
    Truncated,
    /// The client finds the line cut; the server hears all that was said and ends what it began.
    Deaf,
    /// Nothing passes this way until the client has given up or `go_on` is called; then everything does.
    Late,
    /// Nothing passes any more in either direction, and nobody is told. The server finds out after the client has.
    Silence,
    /// The server cannot do what this message says.
    Refused,
    /// The server ends the session with its last words here.
    Ended,
    /// The message comes one byte at a time.
    InCrumbs,
    /// The answer says ROLLBACK where it said COMMIT.
    SaidRollback,
}

/// A message of a transaction, by its number in its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub way: Way,
    pub index: usize,
}

/// A message as it passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub tag: u8,
    /// The answer to COMMIT.
    pub is_commit: bool,
}

#[derive(Debug, Clone, Copy)]
struct Plan {
    mishap: Mishap,
    place: Place,
    /// How many transactions still begin before the one that is meant.
    begins: usize,
}

/// What passed of the first transaction that was watched.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub to_server: Vec<Passed>,
    pub to_client: Vec<Passed>,
}

#[derive(Debug, Default)]
struct State {
    plans: Vec<Plan>,
    happened: usize,
    /// The next transaction is to be written down.
    is_watching: bool,
    record: Record,
}

/// What all lines of a proxy share.
struct Shared {
    server: Dsn,
    state: Mutex<State>,
    go_on: watch::Sender<u64>,
    /// Accepts, and never says a word.
    is_hole: watch::Sender<bool>,
}

/// Stands between nodes and their database.
pub struct Proxy {
    shared: Arc<Shared>,
    port: u16,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub async fn before(server: &Dsn) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has a port").port();
        let (go_on, is_hole) = (watch::Sender::new(0), watch::Sender::new(false));
        let shared = Arc::new(Shared { server: server.clone(), state: Mutex::default(), go_on, is_hole });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { shared, port, accepting }
    }

    /// Where nodes find it.
    pub fn dsn(&self) -> Dsn {
        Dsn { host: "127.0.0.1".into(), port: self.port, ..self.shared.server.clone() }
    }

    /// The transaction that begins after `begins` others from now on meets this.
    pub fn plan(&self, begins: usize, place: Place, mishap: Mishap) {
        self.shared.state.lock().plans.push(Plan { mishap, place, begins });
    }
    /// Forgets what was planned; gives how many mishaps there were.
    pub fn clear(&self) -> usize {
        let mut state = self.shared.state.lock();
        state.plans.clear();
        std::mem::take(&mut state.happened)
    }
    pub fn happened(&self) -> usize {
        self.shared.state.lock().happened
    }
    /// What is held back passes.
    pub fn go_on(&self) {
        self.shared.go_on.send_modify(|times| *times += 1);
    }

    /// Writes down the next transaction that begins.
    pub fn watch(&self) {
        let mut state = self.shared.state.lock();
        (state.is_watching, state.record) = (true, Record::default());
    }
    pub fn record(&self) -> Record {
        std::mem::take(&mut self.shared.state.lock().record)
    }

    /// Lines are taken and nothing is ever said on them, the open ones included; or all is well again.
    pub fn swallows(&self, everything: bool) {
        self.shared.is_hole.send_replace(everything);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((near, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let place = (shared.server.host.as_str(), shared.server.port);
            // Who cannot be reached is not: the client finds its line closed.
            if let Ok(far) = TcpStream::connect(place).await {
                drop(near.set_nodelay(true).and(far.set_nodelay(true)));
                line::carry(near, far, shared).await;
            }
        });
    }
}

impl Shared {
    /// A transaction begins on some line: the plans about it become that line's. And whether it is written down.
    fn begins(&self) -> (Vec<(Place, Mishap)>, bool) {
        let mut state = self.state.lock();
        let mut due = Vec::new();
        state.plans.retain_mut(|plan| {
            if plan.begins == 0 {
                due.push((plan.place, plan.mishap));
            }
            plan.begins = plan.begins.wrapping_sub(1);
            plan.begins != usize::MAX
        });
        (due, std::mem::take(&mut state.is_watching))
    }
    fn note(&self) {
        self.state.lock().happened += 1;
    }
    fn write_down(&self, way: Way, message: &Message) {
        let mut state = self.state.lock();
        let passed = Passed { tag: message.tag(), is_commit: message.is_commit() };
        match way {
            Way::ToServer => state.record.to_server.push(passed),
            Way::ToClient => state.record.to_client.push(passed),
        }
    }
}
