//! The sockets of one core, by slot. A slot is used again; its generation tells whose answer comes late.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::frame::Look;
use protocol::{AccountId, Key, Stamp};
use service::Who;
use service::live::Share;
use tokio::time::Instant;

use super::accept::Greeting;
use crate::codec::Decoder;
use crate::outbox::Outbox;
use crate::session::{Ask, Held, Me, Session};
use crate::wire::Wire;

pub(super) const NO_ROOM: u32 = u32::MAX;

pub(crate) struct Socket {
    pub wire: Wire,
    pub place: Place,
    /// Its request is still being read or judged.
    pub greeting: Option<Box<Greeting>>,
    pub decoder: Decoder,
    pub session: Session,
    pub outbox: Option<Box<Outbox>>,
    pub held: Option<Box<Held>>,
    pub look: Option<Box<Look>>,
    /// Looked around too soon: asked with the next second, or once they are in.
    pub later: Option<Box<Look>>,
    /// Said before it was in, in that order; asked then.
    pub ahead: Vec<Ask>,
    pub pass: Box<Passport>,
    pub me: Option<Me>,
    pub room: u32,
    /// When it last took something while something waited.
    pub progress: Instant,
    /// Said goodbye to: nothing more is heard, and it is gone once the rest was taken.
    pub leaving: Option<Instant>,
    /// Not read until what waits for it was taken.
    pub paused: bool,
    pub doubt: Doubt,
}

/// Whether somebody may still be here, and as whom: asked under a number, until what made it doubtful last is answered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Doubt {
    number: u32,
    is_open: bool,
}

impl Doubt {
    pub fn begin(&mut self) -> u32 {
        *self = Self { number: self.number.wrapping_add(1), is_open: true };
        self.number
    }
    /// What is not answered yet, or could not be.
    pub fn open(self) -> Option<u32> {
        self.is_open.then_some(self.number)
    }
    /// Whether an answer counts: to an earlier doubt it may know nothing of what made the last one.
    pub fn hears(&mut self, number: u32, is_settled: bool) -> bool {
        let is_last = self.number == number;
        self.is_open &= !(is_last && is_settled);
        is_last
    }
}

impl Socket {
    /// Nothing was heard of it yet.
    pub fn new(wire: Wire, place: Place, pass: Passport, now: Instant) -> Self {
        Self {
            wire,
            place,
            greeting: None,
            decoder: Decoder::default(),
            session: Session::new(now),
            outbox: None,
            held: None,
            look: None,
            later: None,
            ahead: Vec::new(),
            pass: Box::new(pass),
            me: None,
            room: NO_ROOM,
            progress: now,
            leaving: None,
            paused: false,
            doubt: Doubt::default(),
        }
    }
}

/// One of the places there are; given back when it is dropped.
pub(crate) struct Place {
    open: Arc<AtomicUsize>,
    is_socket: bool,
}

impl Place {
    pub fn take(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("websocket_connections_active").increment(1);
        Self { open: Arc::clone(open), is_socket: true }
    }
    /// For a connection that may become a socket.
    pub fn at_the_door(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("active_connections").increment(1);
        Self { open: Arc::clone(open), is_socket: false }
    }
    pub fn become_socket(&mut self) {
        if !std::mem::replace(&mut self.is_socket, true) {
            metrics::gauge!("active_connections").decrement(1);
            metrics::gauge!("websocket_connections_active").increment(1);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if self.is_socket {
            metrics::gauge!("websocket_connections_active").decrement(1);
        } else {
            metrics::gauge!("active_connections").decrement(1);
        }
    }
}

/// Whom a socket speaks for, once it is known.
pub(crate) struct Passport {
    /// By cookie or header, before anything was said.
    pub who: Option<Who>,
    /// When it came; that was looked up about then.
    pub came: Stamp,
    pub address: IpAddr,
    pub session: Key,
    /// Held until it is known who this is.
    pub stranger: Option<Box<Share<IpAddr>>>,
    /// Held from then on.
    pub device: Option<Share<AccountId>>,
}

#[derive(Default)]
pub(super) struct Sockets {
    slots: Vec<Slot>,
    free: Vec<u32>,
    count: usize,
}

struct Slot {
    generation: u32,
    socket: Option<Socket>,
}

impl Sockets {
    pub fn count(&self) -> usize {
        self.count
    }
    pub fn slots(&self) -> u32 {
        self.slots.len() as u32
    }
    /// Where the next one will be.
    pub fn next(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.slots.len() as u32)
    }
    pub fn add(&mut self, socket: Socket) -> u32 {
        self.count += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, socket: None });
            self.slots.len() as u32 - 1
        });
        self.slots[slot as usize].socket = Some(socket);
        slot
    }
    pub fn take(&mut self, slot: u32) -> Option<Socket> {
        let place = self.slots.get_mut(slot as usize)?;
        let socket = place.socket.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(slot);
        self.count -= 1;
        Some(socket)
    }
    pub fn generation(&self, slot: u32) -> u32 {
        self.slots.get(slot as usize).map_or(0, |place| place.generation)
    }
    pub fn get(&self, slot: u32) -> Option<&Socket> {
        self.slots.get(slot as usize)?.socket.as_ref()
    }
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut Socket> {
        self.slots.get_mut(slot as usize)?.socket.as_mut()
    }
    /// The one an answer is for, if it is still there.
    pub fn addressed(&mut self, slot: u32, generation: u32) -> Option<&mut Socket> {
        let place = self.slots.get_mut(slot as usize).filter(|place| place.generation == generation)?;
        place.socket.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_lasts_until_the_last_of_them_is_settled() {
        let mut doubt = Doubt::default();
        assert_eq!(doubt.open(), None);
        let (first, second) = (doubt.begin(), doubt.begin());
        assert!(!doubt.hears(first, true), "what was true then may be so no more");
        assert_eq!(doubt.open(), Some(second));
        assert!(doubt.hears(second, false), "as far as it could be found out");
        assert_eq!(doubt.open(), Some(second));
        assert!(doubt.hears(second, true));
        assert_eq!(doubt.open(), None);
    }
}
