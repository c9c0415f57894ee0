//! What comes in at a socket: bytes to frames, frames to what is asked.

use std::io;

use protocol::Key;
use protocol::frame::{Again, Down, GoodbyeCode, Refused};

use super::sockets::{NO_ROOM, Passport, Socket};
use super::write::{Put, is_later};
use super::{CAUGHT_UP, Core, SCRATCH_BYTES};
use crate::codec::{self, Broken, Heard};
use crate::desk::{Errand, From};
use crate::limits::UNANSWERED_MAX;
use crate::session::{Ask, Next, Unseated};

/// Reads of one socket in a turn; a peer who never stops leaves room for the others.
const READS_MAX: usize = 4;
/// Who lets this much wait is not read until it was taken.
const WAITING_READ_MAX: usize = 64 * 1024;

/// What one piece of bytes came to.
#[derive(Default)]
struct Came {
    /// To be said at once.
    frames: Vec<u8>,
    asks: Vec<Ask>,
    pings: usize,
    /// What was sent before it fell behind was taken.
    caught_up: bool,
    end: Option<End>,
}

enum End {
    Goodbye(GoodbyeCode),
    /// The peer's close, answered with its own code.
    Closed(Option<u16>),
    Broken(Broken),
}

impl Core {
    pub(super) fn read(&mut self, slot: u32) {
        for _ in 0..READS_MAX {
            let Some(socket) = self.sockets.get_mut(slot) else { return };
            if socket.outbox.as_ref().is_some_and(|outbox| outbox.waiting().len() > WAITING_READ_MAX) {
                socket.paused = true;
                return;
            }
            let mut scratch = std::mem::take(&mut self.scratch);
            let read = socket.wire.read(&mut scratch);
            let more = match read {
                Ok(0) => {
                    self.doomed.push(slot);
                    false
                }
                Ok(count) => {
                    self.hear(slot, &mut scratch[..count]);
                    true
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => true,
                Err(error) if is_later(&error) => false,
                Err(_) => {
                    self.doomed.push(slot);
                    false
                }
            };
            self.scratch = scratch;
            debug_assert_eq!(self.scratch.len(), SCRATCH_BYTES);
            if !more {
                return;
            }
        }
        self.unread.push(slot);
    }

    pub(super) fn hear(&mut self, slot: u32, bytes: &mut [u8]) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot).filter(|socket| socket.leaving.is_none()) else {
            return;
        };
        if socket.greeting.is_some() {
            return self.hear_at_the_door(slot, bytes);
        }
        let mut came = Came::default();
        let Socket { decoder, session, later, .. } = socket;
        let taken = decoder.take(bytes, &mut |heard| {
            match heard {
                Heard::Text(text) => match session.heard(text, now, &limits) {
                    Ok(Next::Nothing) => {}
                    Ok(Next::Ask(ask)) => came.asks.push(ask),
                    Ok(Next::Later(look)) => *later = Some(look),
                    Ok(Next::At) => came.pings += 1,
                    Ok(Next::Refuse { key, why }) => refuse(key, &why, &mut came.frames),
                    Err(code) => came.end = Some(End::Goodbye(code)),
                },
                Heard::Binary(_) => came.end = Some(End::Goodbye(GoodbyeCode::Malformed)),
                Heard::Ping(payload) => codec::pong(payload, &mut came.frames),
                Heard::Pong(payload) => came.caught_up |= payload == CAUGHT_UP,
                Heard::Close(code) => came.end = Some(End::Closed(code)),
            }
            came.end.is_none()
        });
        if let Err(broken) = taken {
            came.end = Some(End::Broken(broken));
        }
        self.came(slot, came);
    }

    fn came(&mut self, slot: u32, came: Came) {
        for ask in came.asks {
            self.ask(slot, ask);
        }
        if came.caught_up {
            self.caught_up(slot);
        }
        let mut frames = came.frames;
        for _ in 0..came.pings {
            self.where_we_are(slot, None, &mut frames);
        }
        self.say(slot, &frames);
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let mut close = Vec::new();
        let put = match came.end {
            None => return,
            Some(End::Goodbye(code)) => {
                let again = match code {
                    GoodbyeCode::TooFast => Again::AfterMs(1_000),
                    _ => Again::Never,
                };
                socket.goodbye(code, again, now, &limits)
            }
            Some(End::Closed(code)) => {
                codec::close(code, "", &mut close);
                socket.part(&close, now, &limits)
            }
            Some(End::Broken(broken)) => {
                codec::close(Some(broken.code()), &broken.to_string(), &mut close);
                socket.part(&close, now, &limits)
            }
        };
        self.was_put(slot, put);
    }

    pub(super) fn ask(&mut self, slot: u32, mut ask: Ask) {
        let generation = self.sockets.generation(slot);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        if socket.room == NO_ROOM && !matches!(ask, Ask::Enter(_)) {
            // Who they are is not known here yet; asked now, it would be asked by nobody.
            if socket.ahead.len() >= usize::from(UNANSWERED_MAX) {
                return self.goodbye(slot, GoodbyeCode::TooFast, Again::AfterMs(1_000));
            }
            return socket.ahead.push(ask);
        }
        let room = self.rooms.get(socket.room as usize).and_then(Option::as_ref);
        match (&mut ask, room) {
            (Ask::Look(look, unseated), Some(room)) => {
                let others = look.channels.iter().filter(|channel| !room.has_seat(slot, **channel));
                *unseated = Unseated { channels: others.copied().collect(), since: room.position };
            }
            // Only who sits in a channel types there.
            (Ask::Typing(typing), Some(room)) if !room.has_seat(slot, typing.channel) => return,
            _ => {}
        }
        let Passport { who, came, address, session, .. } = &*socket.pass;
        let (who, came, address, session) = (*who, *came, *address, *session);
        let by = who.zip(room).map(|(who, room)| who.in_(room.workspace));
        let from = From { slot, generation, by, me: socket.me, who, came, address, session };
        self.errands.push(Errand::Ask(Box::new(from), ask));
    }

    /// Whether it may still be here, and as whom, is in doubt.
    pub(super) fn recheck(&mut self, slot: u32) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let doubt = socket.doubt.begin();
        self.ask(slot, Ask::Recheck(doubt));
    }

    pub(super) fn say(&mut self, slot: u32, frames: &[u8]) {
        let (now, limits) = (self.now, self.given.limits);
        if let Some(socket) = self.sockets.get_mut(slot) {
            let put = socket.say(frames, now, &limits);
            self.was_put(slot, put);
        }
    }

    /// Where a socket is: everything up to there was told to it.
    pub(super) fn where_we_are(&mut self, slot: u32, ticket: Option<&str>, into: &mut Vec<u8>) {
        let Some(socket) = self.sockets.get(slot) else { return };
        let told = match socket.room {
            NO_ROOM => None,
            room => self.rooms[room as usize].as_ref().map(|room| room.told),
        };
        let position = socket.at(told);
        let now = self.given.service.now();
        let at = protocol::frame::At { position, private: socket.private(), now, ticket };
        codec::text(&Down::At(at).text(), into);
    }

    pub(super) fn was_put(&mut self, slot: u32, put: Put) {
        match put {
            Put::Well => {}
            Put::Broken => self.doomed.push(slot),
            Put::Behind => {
                // Perhaps what remained goes at once.
                self.flush(slot);
            }
        }
    }
}

fn refuse(key: Key, why: &str, into: &mut Vec<u8>) {
    let refused = Refused { key, code: "invalid", message: why, details: None, retry_after: None };
    codec::text(&Down::Refused(refused).text(), into);
}
