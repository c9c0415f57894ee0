//! Many sockets of one process on one readiness loop: they come in, listen, talk and come back, and everything they hear is
//! held against what was said.

mod arrive;
pub mod clock;
pub mod dialect;
pub mod errand;
mod flight;
mod ledger;
mod look;
pub mod mark;
mod nats;
mod socket;
mod socket_io;
mod talk;
mod team;
mod under_way;
mod wire;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};

use dialect::{Dialect, Keys, Person, Place};
use ledger::Ledger;
pub use mark::MARK_BYTES;
use socket::{Common, Socket, Stage};
use under_way::UnderWay;

use crate::sources;

pub use arrive::{Arrived, Coming};
pub use flight::Talked;
pub(crate) use flight::own_cpu;
pub use socket::Happened;
pub use talk::Talk;
pub use team::{Hearing, Sample, Team, TeamTold};

const EVENTS_MAX: usize = 4_096;
const SCRATCH_BYTES: usize = 256 * 1024;

pub struct Swarm {
    poll: Poll,
    events: Option<Events>,
    scratch: Vec<u8>,
    pub(crate) sockets: Vec<Socket>,
    people: Vec<Person>,
    place: Place,
    dialect: Dialect,
    to: SocketAddr,
    pub(crate) ledger: Ledger,
    keys: Keys,
    under_way: UnderWay,
    hint: usize,
    happened: Happened,
    /// Sockets that ended in this turn; those who drive the swarm ask them back.
    ended: Vec<u32>,
    source: usize,
}

impl Swarm {
    /// `process` tells the swarms of one load apart: each has keys and addresses of its own. `others`: some of what these
    /// hear is said by another.
    pub fn new(
        dialect: Dialect,
        place: Place,
        people: Vec<Person>,
        process: u32,
        others: bool,
    ) -> io::Result<Self> {
        let to = sources::resolved(&place.address)?;
        let mut ledger = Ledger::default();
        ledger.hears_others = others;
        people.iter().flat_map(|person| &person.streams).for_each(|stream| ledger.listens(*stream));
        Ok(Self {
            poll: Poll::new()?,
            events: Some(Events::with_capacity(EVENTS_MAX)),
            scratch: vec![0; SCRATCH_BYTES],
            sockets: people.iter().map(Socket::of).collect(),
            people,
            place,
            dialect,
            to,
            ledger,
            keys: Keys::of(process),
            under_way: UnderWay::default(),
            hint: 0,
            happened: Happened::default(),
            ended: Vec::new(),
            source: process as usize * 7_919,
        })
    }

    pub fn happened(&self) -> Happened {
        self.happened
    }

    pub fn level(&self) -> usize {
        self.sockets.iter().filter(|socket| socket.stage == Stage::Level).count()
    }

    /// From another server on, as after the death of the first.
    pub fn turn_to(&mut self, address: &str) -> io::Result<()> {
        self.to = sources::resolved(address)?;
        address.clone_into(&mut self.place.address);
        Ok(())
    }

    fn dial(&mut self, at: usize) -> io::Result<()> {
        self.source += 1;
        let from = self.from();
        let socket = &mut self.sockets[at];
        socket.dial(self.to, from)?;
        if let Some(stream) = &mut socket.stream {
            self.poll.registry().register(stream, Token(at), Interest::READABLE | Interest::WRITABLE)?;
        }
        let upgrade = self.dialect.upgrade(&self.place, &self.people[at]);
        socket.say(&upgrade)
    }

    fn from(&self) -> Option<IpAddr> {
        sources::nth(&self.place.from, self.to, self.source)
    }

    /// Once around: what came is read, what can be written is. Waits at most so long for anything to do.
    pub fn turn(&mut self, wait: Duration) -> io::Result<()> {
        let Some(mut events) = self.events.take() else { return Ok(()) };
        let polled = self.poll.poll(&mut events, Some(wait));
        for event in &events {
            let at = event.token().0;
            let gone = if event.is_writable() { self.sockets[at].flush().err() } else { None };
            let (readable, closed) = (event.is_readable(), event.is_read_closed());
            let mut read = if gone.is_none() && (readable || closed) { self.read(at) } else { Ok(()) };
            // What came with the end was read; of the end itself nobody tells again.
            if closed && read.is_ok() {
                read = self.read(at);
            }
            if gone.is_some() || read.is_err() {
                self.lose(at);
            }
        }
        self.events = Some(events);
        match polled {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    fn read(&mut self, at: usize) -> io::Result<()> {
        let mut common = Common {
            dialect: self.dialect,
            place: &self.place,
            ledger: &mut self.ledger,
            happened: &mut self.happened,
            hint: &mut self.hint,
            under_way: &mut self.under_way,
            now_us: clock::now_us(),
        };
        self.sockets[at].read(&mut self.scratch, &self.people[at], &mut common)
    }

    /// Everyone's connection breaks in the same moment.
    pub fn drop_all(&mut self) {
        for at in 0..self.sockets.len() {
            self.sockets[at].again_ms = Some(0);
            self.lose(at);
        }
    }

    fn lose(&mut self, at: usize) {
        let socket = &mut self.sockets[at];
        if let Some(mut stream) = socket.stream.take() {
            self.poll.registry().deregister(&mut stream).ok();
            // One that was told goodbye ended as it should.
            self.happened.broken += u64::from(socket.again_ms.is_none());
            self.happened.left += u64::from(socket.stage == Stage::Level);
            self.ended.push(at as u32);
        }
        socket.stage = Stage::Away;
    }

    /// A message from a socket into a stream.
    fn say(&mut self, from: usize, stream: u32, due_us: u64) {
        let mark = self.ledger.say(stream, due_us);
        let text = mark.text(self.ledger.text_bytes);
        let mut bytes = Vec::with_capacity(text.len() + 128);
        self.dialect.send(&self.place, stream, &text, &mut self.keys, &mut bytes);
        if self.sockets[from].say(&bytes).is_err() {
            self.lose(from);
        }
    }

    /// How many messages of each stream are known of.
    pub fn said(&self) -> Vec<u32> {
        self.ledger.all_said()
    }

    /// Who has not heard everything, a few of them: for whoever looks for the reason.
    pub fn behind(&self) -> Vec<String> {
        const SHOWN: usize = 5;
        let all = self.sockets.iter().zip(&self.people).enumerate();
        all.filter(|(_, (socket, _))| self.ledger.missing(&socket.ears) > 0)
            .take(SHOWN)
            .map(|(at, (socket, person))| {
                let (stage, known, ears) = (socket.stage, &socket.known, &socket.ears);
                let (position, private) = (known.position, known.private);
                format!("{at} {} {stage:?} at {position}, {private}: {ears:?}", person.account)
            })
            .collect()
    }

    /// Of everything so far: what was lost, doubled, out of order, torn or not for who heard it.
    pub fn counters(&self) -> crate::counters::Counters {
        // What others said before one was told what moved is not known here, so nothing is held against that one.
        let judged = |socket: &&Socket| !(socket.by_state && self.ledger.hears_others);
        let missing =
            self.sockets.iter().filter(judged).map(|socket| self.ledger.missing(&socket.ears)).sum();
        self.ledger.counters(missing)
    }
}
