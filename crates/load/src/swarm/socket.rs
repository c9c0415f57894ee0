//! One socket of a swarm: where it is on its way in, and what it hears.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};

use mio::net::TcpStream;

use super::dialect::{Dialect, Known, Person, Place, number_of, text_of};
use super::ledger::{Ear, Ledger};
use super::mark::Mark;
use super::nats::{Lines, Said};
use super::socket_io;
use super::under_way::UnderWay;
use super::wire::{BINARY, Broken, Frame, Frames, TEXT, after_upgrade, masked, pong};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not asked for, or gone.
    Away,
    Upgrading,
    /// Said hello, and not level yet.
    Greeting,
    Level,
}

/// What happened at a socket that whoever drives the swarm must know.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    pub levelled: u64,
    /// Were level, and are not any more.
    pub left: u64,
    /// Sends that were answered, one way or the other.
    pub acknowledged: u64,
    pub refused: u64,
    /// Of those, for being too many: the server's own limits.
    pub slowed: u64,
    /// Brought level by the state instead of event by event.
    pub by_state: u64,
    /// The same, of sockets that were level all along: they took too little.
    pub overrun: u64,
    /// Frames of faces that changed.
    pub faces: u64,
    pub goodbyes: u64,
    /// Ended without a word, or broken.
    pub broken: u64,
}

impl Happened {
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            levelled: self.levelled - before.levelled,
            left: self.left - before.left,
            acknowledged: self.acknowledged - before.acknowledged,
            refused: self.refused - before.refused,
            slowed: self.slowed - before.slowed,
            by_state: self.by_state - before.by_state,
            overrun: self.overrun - before.overrun,
            faces: self.faces - before.faces,
            goodbyes: self.goodbyes - before.goodbyes,
            broken: self.broken - before.broken,
        }
    }
}

/// What all sockets of a process share while one of them hears.
pub struct Common<'a> {
    pub dialect: Dialect,
    pub place: &'a Place,
    pub ledger: &'a mut Ledger,
    pub happened: &'a mut Happened,
    pub hint: &'a mut usize,
    pub under_way: &'a mut UnderWay,
    pub now_us: u64,
}

#[derive(Debug)]
pub struct Socket {
    pub stream: Option<TcpStream>,
    pub stage: Stage,
    frames: Frames,
    lines: Option<Box<Lines>>,
    /// Bytes the kernel did not take yet.
    unsent: Vec<u8>,
    pub ears: Vec<Ear>,
    pub known: Known,
    /// Milliseconds after which one was told to come back.
    pub again_ms: Option<u64>,
    /// Told not to come back at all.
    pub never: bool,
    /// Told what moved instead of every message.
    pub by_state: bool,
    /// Commands under way that no answer came to yet.
    pub owed: u32,
    /// Said where it was when it came in.
    resuming: bool,
}

impl Socket {
    pub fn of(person: &Person) -> Self {
        Self {
            stream: None,
            stage: Stage::Away,
            frames: Frames::default(),
            lines: None,
            unsent: Vec::new(),
            ears: person.streams.iter().map(|&stream| Ear::of(stream)).collect(),
            known: Known::default(),
            again_ms: None,
            never: false,
            by_state: false,
            owed: 0,
            resuming: false,
        }
    }

    /// Begins to connect, where that is given from an address of this machine's own.
    pub fn dial(&mut self, to: SocketAddr, from: Option<IpAddr>) -> io::Result<()> {
        let socket = socket2::Socket::new(socket2::Domain::for_address(to), socket2::Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        if let Some(from) = from {
            socket.bind(&SocketAddr::new(from, 0).into())?;
        }
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&to.into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
            _ => {}
        }
        self.stream = Some(TcpStream::from_std(socket.into()));
        self.stage = Stage::Upgrading;
        (self.frames, self.lines) = (Frames::default(), None);
        self.unsent.clear();
        Ok(())
    }

    pub fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.unsent.extend_from_slice(bytes);
        self.flush()
    }

    pub fn flush(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while !self.unsent.is_empty() {
            match stream.write(&self.unsent) {
                Ok(written) => {
                    self.unsent.drain(..written);
                }
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) =>
                {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        // An idle socket keeps no memory.
        self.unsent = Vec::new();
        Ok(())
    }

    /// Everything the kernel has. A read that does not fill the buffer was the last: the next bytes wake us again.
    pub fn read(&mut self, scratch: &mut [u8], person: &Person, common: &mut Common<'_>) -> io::Result<()> {
        loop {
            let Some(stream) = &mut self.stream else { return Ok(()) };
            match stream.read(scratch) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    let heard = self.hear(&scratch[..count], person, common);
                    heard.map_err(|broken| io::Error::new(io::ErrorKind::InvalidData, broken.to_string()))?;
                    if count < scratch.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hear(&mut self, mut bytes: &[u8], person: &Person, common: &mut Common<'_>) -> Result<(), Broken> {
        if self.stage == Stage::Upgrading {
            // The head of an answer comes at once on every server here; one cut in two is asked for again.
            let Some(rest) = after_upgrade(bytes)? else {
                return Err(Broken("half an answer to the upgrade"));
            };
            bytes = &bytes[rest..];
            self.stage = Stage::Greeting;
            let known = (self.known.epoch != 0).then_some(&self.known);
            self.resuming = known.is_some();
            common.dialect.hello(common.place, person, known, &mut self.unsent);
            self.flush().map_err(|_| Broken("the hello could not be said"))?;
            if common.dialect.is_level_once_upgraded() {
                self.level(common);
            }
        }
        let mut frames = std::mem::take(&mut self.frames);
        let mut ended = None;
        let taken = frames.take(bytes, &mut |frame| match frame {
            Frame::Message(said) => self.said(said, person, common),
            Frame::Ping(payload) => pong(payload, &mut self.unsent),
            Frame::Close(_) => ended = Some(Broken("closed by the server")),
        });
        self.frames = frames;
        taken?;
        if !self.unsent.is_empty() {
            self.flush().map_err(|_| Broken("an answer could not be said"))?;
        }
        ended.map_or(Ok(()), Err)
    }

    fn said(&mut self, said: &[u8], person: &Person, common: &mut Common<'_>) {
        match common.dialect {
            Dialect::Rookery => self.rookery(said, common),
            Dialect::Plain => match said {
                b"ok" => self.level(common),
                told => self.told(told, common),
            },
            Dialect::Nats => {
                let mut lines = self.lines.take().unwrap_or_default();
                lines.take(said, &mut |said| match said {
                    Said::Message(told) => self.told(told, common),
                    Said::Ping => masked(BINARY, b"PONG\r\n", &mut self.unsent),
                    Said::Pong => self.level(common),
                });
                self.lines = Some(lines);
            }
            // It speaks of nothing but what is told; what it answers to who told it has no mark.
            Dialect::Nchan => self.told(said, common),
            Dialect::SocketIo => self.socket_io(said, person, common),
        }
    }

    fn socket_io(&mut self, said: &[u8], person: &Person, common: &mut Common<'_>) {
        match socket_io::read(said) {
            socket_io::Said::Opened => {
                self.resuming = self.known.ticket.is_some() && self.known.offset.is_some();
                let topics = common.place.topics(&person.streams);
                masked(TEXT, socket_io::connect(&topics, &self.known).as_bytes(), &mut self.unsent);
            }
            socket_io::Said::Ping => masked(TEXT, socket_io::PONG, &mut self.unsent),
            socket_io::Said::Connected(pid) => {
                // Another name than before: what was missed does not come.
                if self.resuming && pid != self.known.ticket.as_deref() {
                    self.told_what_moved(common);
                }
                self.known.ticket = pid.map(Into::into);
                self.level(common);
            }
            socket_io::Said::Event(offset) => {
                self.known.offset = offset.map(Into::into);
                self.told(said, common);
            }
            socket_io::Said::Other => {}
        }
    }

    /// What of it was a message, where those are kept until they are answered.
    fn answered(&mut self, frame: &[u8], common: &mut Common<'_>) -> Option<Mark> {
        self.owed = self.owed.saturating_sub(1);
        common.under_way.answered(frame)
    }

    fn told_what_moved(&mut self, common: &mut Common<'_>) {
        common.happened.by_state += 1;
        self.by_state = true;
        common.ledger.excuse(&mut self.ears);
    }

    fn level(&mut self, common: &mut Common<'_>) {
        if self.stage == Stage::Greeting {
            self.stage = Stage::Level;
            common.happened.levelled += 1;
        }
    }

    fn told(&mut self, frame: &[u8], common: &mut Common<'_>) {
        if let Some(found) = Mark::find(frame, common.hint) {
            common.ledger.heard(&mut self.ears, frame, found, common.now_us);
        }
    }

    fn rookery(&mut self, frame: &[u8], common: &mut Common<'_>) {
        const EVENT: &[u8] = br#"{"event":{"position":"#;
        const SENT: &[u8] = br#","kind":"message.sent""#;
        if let Some(rest) = frame.strip_prefix(EVENT) {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, rest) = rest.split_at(digits);
            let position = digits.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit - b'0'));
            if common.ledger.by_position && position <= self.known.position {
                common.ledger.out_of_order();
            }
            self.known.position = self.known.position.max(position);
            // What is done to a message later shows its text again.
            if rest.starts_with(SENT) {
                self.told(frame, common);
            }
            return;
        }
        let kind =
            frame.get(2..).and_then(|rest| rest.split(|&byte| byte == b'"').next()).unwrap_or_default();
        match kind {
            b"done" => {
                common.happened.acknowledged += 1;
                self.answered(frame, common);
            }
            b"refused" => {
                common.happened.refused += 1;
                match text_of(frame, "code") {
                    Some("busy") => return common.under_way.put_off(frame),
                    code => common.happened.slowed += u64::from(code == Some("slow_down")),
                }
                if let Some(mark) = self.answered(frame, common) {
                    common.ledger.withdraw(mark);
                }
            }
            b"at" => {
                self.known.position = number_of(frame, "position").unwrap_or(self.known.position);
                self.known.private = number_of(frame, "private").unwrap_or(self.known.private);
                self.level(common);
            }
            b"welcome" => {
                self.known.epoch = number_of(frame, "epoch").unwrap_or_default();
                self.known.ticket =
                    text_of(frame, "ticket").filter(|ticket| !ticket.is_empty()).map(Into::into);
            }
            b"faces" => common.happened.faces += 1,
            // Who comes in anew is told all that is theirs; who was here is told what moved instead of each message.
            b"changed" if self.resuming || self.stage == Stage::Level => {
                common.happened.overrun += u64::from(self.stage == Stage::Level);
                self.told_what_moved(common);
            }
            b"goodbye" => {
                common.happened.goodbyes += 1;
                self.again_ms = number_of(frame, "after_ms").or(Some(0));
                self.never = text_of(frame, "again") == Some("never");
            }
            _ => {}
        }
    }
}
