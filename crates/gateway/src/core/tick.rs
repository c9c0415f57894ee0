//! What happens by the clock: heartbeats by slices, patience with each socket, and the draining at the end.

use std::time::Duration;

use protocol::frame::{Again, GoodbyeCode};
use tokio::time::Instant;

use super::Core;
use super::sockets::NO_ROOM;
use crate::session::{Ask, Stage, Unseated};

/// How often a part of the sockets is told to go while draining.
pub(super) const SLICE: Duration = Duration::from_millis(50);
/// How long a peer who was said goodbye to may take to go.
const LEAVING_MAX: Duration = Duration::from_secs(2);
/// A ticket is good for fifteen minutes; every so many heartbeats comes a new one.
const TICKET_EVERY: u64 = 8;

pub(super) struct Beat {
    second: u64,
    began: Instant,
    waiting: Waiting,
}

impl Beat {
    pub fn new(now: Instant) -> Self {
        Self { second: 0, began: now, waiting: Waiting::default() }
    }
}

/// What sockets of this core have not taken yet, as it was last shown.
#[derive(Default, Clone, Copy)]
struct Waiting {
    sockets: f64,
    bytes: f64,
}

impl Waiting {
    /// Every core adds its part to the same two gauges.
    fn show(self, before: Self) {
        metrics::gauge!("rookery_gateway_waiting_sockets").increment(self.sockets - before.sockets);
        metrics::gauge!("rookery_gateway_waiting_bytes").increment(self.bytes - before.bytes);
    }
}

pub(super) struct Drain {
    began: Instant,
    next: u32,
    slice_at: Instant,
}

impl Core {
    pub(super) fn tick(&mut self) {
        self.drain_a_slice();
        let second = self.now.duration_since(self.beat.began).as_secs();
        if second <= self.beat.second {
            return;
        }
        self.beat.second = second;
        let wheel = self.given.limits.heartbeat.as_secs().max(1);
        self.compare_versions(second, wheel);
        let (now, every) = (self.now, self.given.limits.crowd_every);
        self.rooms.iter_mut().flatten().for_each(|room| room.late.forget(now, every));
        let mut waiting = Waiting::default();
        for slot in 0..self.sockets.slots() {
            self.look_after(slot);
            if let Some(outbox) = self.sockets.get(slot).and_then(|socket| socket.outbox.as_ref()) {
                waiting.sockets += 1.0;
                waiting.bytes += outbox.waiting().len() as f64;
            }
            if u64::from(slot) % wheel == second % wheel {
                self.heartbeat(slot, second / wheel);
            }
        }
        waiting.show(std::mem::replace(&mut self.beat.waiting, waiting));
    }

    fn look_after(&mut self, slot: u32) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let since = |at: Instant| now.duration_since(at);
        if socket.leaving.is_some_and(|at| since(at) > LEAVING_MAX) {
            self.doomed.push(slot);
        } else if (socket.outbox.is_some() || socket.session.stage() == Stage::Behind)
            && since(socket.progress) > limits.stuck_max
        {
            // What it says may not reach it, and the rest is behind what it does not take.
            let put = socket.goodbye(GoodbyeCode::TooSlow, Again::Now, now, &limits);
            self.was_put(slot, put);
            self.doomed.push(slot);
        } else if socket.session.is_silent(now, &limits) {
            self.goodbye(slot, GoodbyeCode::NoHello, Again::Now);
        } else if let Some(look) = socket.later.take_if(|_| socket.room != NO_ROOM) {
            self.ask(slot, Ask::Look(look, Unseated::default()));
        }
    }

    fn heartbeat(&mut self, slot: u32, turn: u64) {
        let Some(socket) = self.sockets.get(slot).filter(|socket| socket.leaving.is_none()) else { return };
        let now = self.given.service.now();
        if socket.pass.who.is_some_and(|who| who.has_expired(now)) {
            return self.goodbye(slot, GoodbyeCode::SignedOut, Again::Never);
        }
        let doubt = socket.doubt.open();
        if let Some(doubt) = doubt {
            // What could not be found out the last time may be known by now.
            self.ask(slot, Ask::Recheck(doubt));
        }
        let Some(socket) = self.sockets.get(slot).filter(|socket| socket.session.is_level()) else { return };
        let room = self.rooms.get(socket.room as usize).and_then(Option::as_ref);
        let ticket = match (room, &socket.pass.who) {
            (Some(room), Some(who)) if turn.is_multiple_of(TICKET_EVERY) && doubt.is_none() => {
                Some(self.given.tickets.write(who, room.workspace, now))
            }
            _ => None,
        };
        let mut frame = Vec::new();
        self.where_we_are(slot, ticket.as_deref(), &mut frame);
        self.say(slot, &frame);
    }

    pub(super) fn drain(&mut self) {
        self.shut();
        let now = self.now;
        self.draining.get_or_insert(Drain { began: now, next: 0, slice_at: now });
    }

    /// A part of the sockets at a time, so that they come back elsewhere a part at a time.
    fn drain_a_slice(&mut self) {
        let Some(drain) = &mut self.draining else { return };
        if drain.slice_at > self.now {
            return;
        }
        drain.slice_at = self.now + SLICE;
        let whole = self.given.limits.drain.as_millis().max(1) as f64;
        let part = (SLICE.as_millis() as f64 / whole).min(1.0);
        let count = (f64::from(self.sockets.slots()) * part).ceil() as u32;
        let from = drain.next;
        drain.next = from.saturating_add(count.max(1));
        for slot in from..drain.next.min(self.sockets.slots()) {
            self.goodbye(slot, GoodbyeCode::Draining, Again::AfterMs(u64::from(slot % 20) * 50));
        }
    }

    pub(super) fn is_drained(&self) -> bool {
        let over = |drain: &Drain| {
            self.sockets.count() == 0
                || self.now.duration_since(drain.began) > self.given.limits.drain + LEAVING_MAX
        };
        self.draining.as_ref().is_some_and(over)
    }
}
