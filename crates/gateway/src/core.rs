//! One thread with its own readiness loop, its sockets and its tables. It never waits for anything but that loop.

mod accept;
mod enter;
mod faces;
mod hear;
mod late;
mod pass;
mod private;
mod room;
mod sockets;
mod tell;
mod tick;
mod write;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};
use protocol::WorkspaceId;
use service::Service;
use service::live::{Feed, Shares};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::error;

use self::room::Room;
use self::sockets::{NO_ROOM, Sockets};
use crate::arrivals::Newcomer;
use crate::codec;
use crate::crowds::Crowds;
use crate::desk::Errand;
use crate::hub::{Inbox, ToCore};
use crate::limits::Limits;
use crate::ticket::Tickets;

pub(crate) use self::accept::Door;
pub(crate) use self::sockets::{Passport, Place, Socket};

const WAKE: Token = Token(usize::MAX);
const DOOR: Token = Token(usize::MAX - 1);
/// Read at once; a message is at most as long.
const SCRATCH_BYTES: usize = 64 * 1024;
const EVENTS_MAX: usize = 1_024;
/// What a ping says that asks whether somebody has taken what was sent to them.
const CAUGHT_UP: &[u8] = b"level";
/// The longest sleep: heartbeats and patience are looked after in between.
const SLEEP_MAX: Duration = Duration::from_millis(250);

/// What every core is given.
#[derive(Clone)]
pub(crate) struct Given {
    pub service: Service,
    pub feed: Feed,
    pub limits: Limits,
    pub tickets: Tickets,
    /// What must be done on the runtime, a batch at a time.
    pub desk: mpsc::Sender<Vec<Errand>>,
    /// Sockets of this process, on all cores.
    pub open: Arc<AtomicUsize>,
    /// Sockets of one address that have not been let in yet.
    pub strangers: Arc<Shares<IpAddr>>,
    /// Connections of one address whose request was not judged yet.
    pub greeted: Arc<Shares<IpAddr>>,
    pub crowds: Arc<Crowds>,
    /// Which one this is.
    pub core: usize,
}

pub(crate) struct Core {
    given: Given,
    poll: Poll,
    inbox: Arc<Inbox>,
    sockets: Sockets,
    rooms: Vec<Option<Room>>,
    by_workspace: BTreeMap<WorkspaceId, u32>,
    errands: Vec<Errand>,
    /// More may be read there without another word from the kernel.
    unread: Vec<u32>,
    /// To be closed at the end of this turn.
    doomed: Vec<u32>,
    /// Rooms with something to tell.
    stirred: Vec<u32>,
    /// When the next pass starts, if one is wanted.
    pass_at: Option<Instant>,
    last_pass: Instant,
    /// When something is told that waits for more of its kind.
    late_at: Option<Instant>,
    scratch: Vec<u8>,
    /// What the kernel said last, and what the runtime sent; kept for their room.
    events: Events,
    letters: Vec<ToCore>,
    now: Instant,
    beat: tick::Beat,
    draining: Option<tick::Drain>,
    /// Where nobody else accepts for this core.
    door: Option<Door>,
}

impl Core {
    pub fn new(given: Given, mut door: Option<Door>) -> io::Result<(Self, Arc<Inbox>)> {
        let poll = Poll::new()?;
        if let Some(door) = &mut door {
            door.register(poll.registry(), DOOR)?;
        }
        let inbox = Arc::new(Inbox::new(Waker::new(poll.registry(), WAKE)?));
        let now = Instant::now();
        let core = Self {
            given,
            poll,
            inbox: Arc::clone(&inbox),
            sockets: Sockets::default(),
            rooms: Vec::new(),
            by_workspace: BTreeMap::new(),
            errands: Vec::new(),
            unread: Vec::new(),
            doomed: Vec::new(),
            stirred: Vec::new(),
            pass_at: None,
            last_pass: now,
            late_at: None,
            scratch: vec![0; SCRATCH_BYTES],
            events: Events::with_capacity(EVENTS_MAX),
            letters: Vec::new(),
            now,
            beat: tick::Beat::new(now),
            draining: None,
            door,
        };
        Ok((core, inbox))
    }

    /// Until it was drained.
    pub fn run(mut self) -> io::Result<()> {
        while self.go_round(SLEEP_MAX)? {}
        Ok(())
    }

    /// Everything there is to do now, after a wait for it that is no longer than this. False once it was drained.
    pub fn go_round(&mut self, wait_max: Duration) -> io::Result<bool> {
        let wait = self.sleep().min(wait_max);
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => self.now = Instant::now(),
        }
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            let slot = event.token().0 as u32;
            match event.token() {
                WAKE => {}
                DOOR => self.door.iter_mut().for_each(Door::knock),
                _ => self.ready(slot, event.is_readable() || event.is_read_closed(), event.is_writable()),
            }
        }
        self.events = events;
        self.accept();
        for slot in std::mem::take(&mut self.unread) {
            self.read(slot);
        }
        let mut letters = std::mem::take(&mut self.letters);
        self.inbox.take(&mut letters);
        for letter in letters.drain(..) {
            self.open(letter);
        }
        self.letters = letters;
        self.tell_late();
        self.pass_if_due();
        self.tick();
        self.bury();
        self.send_errands();
        Ok(!self.is_drained())
    }

    fn sleep(&self) -> Duration {
        if !self.unread.is_empty() {
            return Duration::ZERO;
        }
        let until = |at: Instant| at.saturating_duration_since(self.now);
        let (pass, late) = (self.pass_at.map(until), self.late_at.map(until));
        let drain = self.draining.as_ref().map(|_| tick::SLICE);
        // Handed over again soon, where the runtime had no place for it.
        let errands = (!self.errands.is_empty()).then_some(Duration::from_millis(1));
        let door = self.door.as_ref().and_then(|door| door.sleep(self.now));
        [pass, late, drain, errands, door].into_iter().flatten().fold(SLEEP_MAX, Duration::min)
    }

    fn ready(&mut self, slot: u32, readable: bool, writable: bool) {
        if writable {
            self.flush(slot);
        }
        if readable {
            self.read(slot);
        }
    }

    fn flush(&mut self, slot: u32) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        match socket.flush(self.now) {
            Err(_) => self.doomed.push(slot),
            Ok(false) => {}
            Ok(true) => {
                if std::mem::take(&mut socket.paused) {
                    self.unread.push(slot);
                }
                if socket.session.waits() {
                    // The kernel holds a good deal for who takes nothing: told now, they would fall behind again at once.
                    let mut frame = Vec::new();
                    codec::ping(CAUGHT_UP, &mut frame);
                    self.say(slot, &frame);
                }
            }
        }
    }

    /// It answered what stood behind everything that was sent to it.
    fn caught_up(&mut self, slot: u32) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        if let Some(ask) = socket.session.answers() {
            self.ask(slot, ask);
        }
    }

    fn open(&mut self, letter: ToCore) {
        match letter {
            ToCore::Arrived(newcomer) => self.admit(*newcomer),
            ToCore::Told(piece) => self.tell(&piece),
            ToCore::Broke(workspace, at) => self.broke(workspace, at),
            ToCore::Doubted(workspace) => self.doubted(workspace),
            ToCore::Answered(answer) => self.answered(*answer),
            ToCore::Changed(changes) => self.changed(&changes),
            ToCore::Ended(account) => self.ended(account),
            ToCore::Drain => self.drain(),
        }
    }

    fn admit(&mut self, newcomer: Newcomer) {
        let Newcomer { socket, read_ahead } = newcomer;
        if self.draining.is_some() {
            return;
        }
        if let Some(slot) = self.seat(*socket)
            && !read_ahead.is_empty()
        {
            let mut bytes = read_ahead.to_vec();
            self.hear(slot, &mut bytes);
        }
    }

    /// Heard from the next turn on.
    fn seat(&mut self, mut socket: Socket) -> Option<u32> {
        let slot = self.sockets.next();
        if let Err(why) = socket.wire.register(self.poll.registry(), Token(slot as usize)) {
            error!(%why, "a socket cannot be kept: {why}");
            return None;
        }
        socket.progress = self.now;
        let slot = self.sockets.add(socket);
        self.unread.push(slot);
        Some(slot)
    }

    fn send_errands(&mut self) {
        if self.errands.is_empty() {
            return;
        }
        match self.given.desk.try_send(std::mem::take(&mut self.errands)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(errands) | mpsc::error::TrySendError::Closed(errands)) => {
                self.errands = errands;
            }
        }
    }

    /// Those that ended in this turn, out of every table.
    fn bury(&mut self) {
        for slot in std::mem::take(&mut self.doomed) {
            self.close(slot);
        }
    }

    fn close(&mut self, slot: u32) {
        let Some(mut socket) = self.sockets.take(slot) else { return };
        socket.wire.deregister(self.poll.registry());
        if let (Some(_), Some(door)) = (&socket.greeting, &mut self.door) {
            door.left();
        }
        let room_at = socket.room;
        if let (Some(me), Some(room)) = (socket.me, self.room_mut(room_at)) {
            room.leave(slot, me.account);
            if let Some(look) = &socket.look {
                room.unlook(slot, look);
            }
            let (workspace, is_empty) = (room.workspace, room.is_empty());
            self.errands.push(Errand::Here(faces::gone(workspace, me.account, &socket)));
            if is_empty {
                self.rooms[room_at as usize] = None;
                self.by_workspace.remove(&workspace);
                self.given.crowds.leaves(self.given.core, workspace);
            }
        }
    }

    fn room_mut(&mut self, at: u32) -> Option<&mut Room> {
        if at == NO_ROOM { None } else { self.rooms.get_mut(at as usize)?.as_mut() }
    }
}
