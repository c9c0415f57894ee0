//! Bytes on their way out of a core: straight into the socket, or behind what waits for it.

use std::io;

use protocol::frame::{Again, GoodbyeCode, goodbye};
use tokio::time::Instant;

use super::Core;
use super::sockets::Socket;
use crate::codec;
use crate::limits::Limits;
use crate::outbox::{Full, Outbox};
use crate::wire::{Span, cut};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// Taken, or waiting.
    Well,
    /// Events were dropped; it is behind now.
    Behind,
    /// Nobody takes anything there any more.
    Broken,
}

/// Parts handed to one gather write.
const PARTS: usize = 64;

impl Socket {
    /// Whole frames, each span of them.
    pub fn put(&mut self, bytes: &[u8], spans: &[Span], now: Instant, limits: &Limits) -> Put {
        if self.leaving.is_some() {
            return Put::Well;
        }
        if let Some(outbox) = &mut self.outbox {
            let pushed =
                spans.iter().try_for_each(|span| outbox.push(cut(bytes, *span), limits.queue_bytes_max));
            return pushed.map_or_else(|Full| self.overflow(limits), |()| Put::Well);
        }
        for parts in spans.chunks(PARTS) {
            let whole: usize = parts.iter().map(|(from, to)| (to - from) as usize).sum();
            let written = match self.wire.write_spans(bytes, parts) {
                Ok(written) => written,
                Err(error) if is_later(&error) => 0,
                Err(_) => return Put::Broken,
            };
            if written < whole {
                let at = parts.as_ptr() as usize - spans.as_ptr() as usize;
                let rest = &spans[at / size_of::<Span>()..];
                return self.leave_over(bytes, rest, written, now, limits);
            }
        }
        Put::Well
    }

    fn leave_over(
        &mut self,
        bytes: &[u8],
        mut spans: &[Span],
        mut written: usize,
        now: Instant,
        limits: &Limits,
    ) -> Put {
        while let Some((first, rest)) = spans.split_first() {
            let length = (first.1 - first.0) as usize;
            if written < length {
                break;
            }
            written -= length;
            spans = rest;
        }
        let Some((first, rest)) = spans.split_first() else { return Put::Well };
        let mut outbox = Outbox::left_over(cut(bytes, *first), written);
        let pushed = rest.iter().try_for_each(|span| outbox.push(cut(bytes, *span), limits.queue_bytes_max));
        self.outbox = Some(Box::new(outbox));
        self.progress = now;
        pushed.map_or_else(|Full| self.overflow(limits), |()| Put::Well)
    }

    /// Events can be had again from the state; answers cannot, so who lets those pile up goes.
    fn overflow(&mut self, limits: &Limits) -> Put {
        let Some(outbox) = &mut self.outbox else { return Put::Well };
        outbox.drop_events();
        // What it is in the middle of may be a long event, and no answer; nor is what brought it level one.
        let answers = outbox.piled() - outbox.begun();
        self.fall_behind();
        metrics::counter!("rookery_gateway_behind_total").increment(1);
        if answers > limits.queue_bytes_max / 2 { Put::Broken } else { Put::Behind }
    }

    /// Frames of its own.
    pub fn say(&mut self, frames: &[u8], now: Instant, limits: &Limits) -> Put {
        if frames.is_empty() {
            return Put::Well;
        }
        let put = self.put(frames, &[(0, frames.len() as u32)], now, limits);
        // What was to be said is no event, so it is not in what was dropped: once more, behind the rest.
        match &mut self.outbox {
            Some(outbox) if put == Put::Behind => {
                let bytes_max = limits.queue_bytes_max + outbox.begun();
                outbox.push(frames, bytes_max).map_or(Put::Broken, |()| Put::Behind)
            }
            _ => put,
        }
    }

    /// What brings it level. It is owed all of that, however long it takes: cut off, they would come back for the same.
    pub fn open(&mut self, frames: &[u8], now: Instant, limits: &Limits) -> Put {
        if self.leaving.is_some() {
            return Put::Well;
        }
        match &mut self.outbox {
            Some(outbox) => {
                outbox.open(frames);
                Put::Well
            }
            None => {
                let put = self.say(frames, now, limits);
                if let Some(outbox) = &mut self.outbox {
                    outbox.open(&[]);
                }
                put
            }
        }
    }

    /// It can be written again. True when nothing waits any more.
    pub fn flush(&mut self, now: Instant) -> io::Result<bool> {
        match self.wire.push() {
            Err(error) if is_later(&error) => return Ok(false),
            pushed => pushed?,
        }
        let Some(outbox) = &mut self.outbox else { return Ok(true) };
        while !outbox.is_empty() {
            match self.wire.write(outbox.waiting()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    outbox.wrote(written);
                    self.progress = now;
                }
                Err(error) if is_later(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        self.outbox = None;
        if self.leaving.is_some() {
            self.wire.finish();
        }
        Ok(true)
    }

    /// The last thing said. What it is about stands in the frame, and once more in the close code.
    pub fn goodbye(&mut self, code: GoodbyeCode, again: Again, now: Instant, limits: &Limits) -> Put {
        let mut last = Vec::new();
        codec::text(&goodbye(code, again).text(), &mut last);
        codec::close(Some(code.close_code()), "", &mut last);
        metrics::counter!("rookery_gateway_goodbyes_total", "code" => (code as u8).to_string()).increment(1);
        self.part(&last, now, limits)
    }

    /// Says this, and nothing more.
    pub fn part(&mut self, last: &[u8], now: Instant, limits: &Limits) -> Put {
        if self.leaving.is_some() {
            return Put::Well;
        }
        let put = self.say(last, now, limits);
        self.leaving = Some(now);
        if self.outbox.is_none() {
            self.wire.finish();
        }
        put
    }
}

impl Core {
    pub(super) fn say_opening(&mut self, slot: u32, frames: &[u8]) {
        let (now, limits) = (self.now, self.given.limits);
        if let Some(socket) = self.sockets.get_mut(slot) {
            let put = socket.open(frames, now, &limits);
            self.was_put(slot, put);
        }
    }
}

/// Nothing is wrong; it is only not now.
pub(super) fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
    use std::time::Duration;

    use protocol::{Epoch, Key, Position, Stamp};

    use super::super::sockets::{Passport, Place};
    use super::*;
    use crate::arrivals::tuned;
    use crate::session::Ask;
    use crate::wire::Wire;

    /// A socket that came in just now, and its other end.
    fn newcomer(now: Instant) -> (Socket, TcpStream) {
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let listener = TcpListener::bind((here, 0)).expect("a port");
        let there = TcpStream::connect(listener.local_addr().expect("an address")).expect("it listens");
        there.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        let (stream, _) = listener.accept().expect("it comes");
        tuned(&stream, Duration::from_mins(1));
        let (session, came) = (Key::default(), Stamp(0));
        let pass = Passport { who: None, came, address: here, session, stranger: None, device: None };
        let place = Place::take(&std::sync::Arc::default());
        let mut socket = Socket::new(Wire::new(stream, None).expect("a socket"), place, pass, now);
        socket.session.enter(Epoch(7), Position(10), 0);
        (socket, there)
    }

    fn frame(words: &str) -> Vec<u8> {
        let mut frame = Vec::new();
        codec::text(words, &mut frame);
        frame
    }

    /// Of many channels: more than the kernels hold, in parts.
    fn opening() -> Vec<u8> {
        let part = frame(&format!("{{\"changed\":\"{}\"}}", "x".repeat(1 << 20)));
        [part.repeat(12), frame("{\"at\":1}")].concat()
    }

    #[test]
    fn who_takes_an_opening_slowly_is_behind_and_still_gets_all_of_it() {
        let (now, limits) = (Instant::now(), Limits::default());
        let (mut socket, mut there) = newcomer(now);
        let opening = opening();
        assert_eq!(socket.open(&opening, now, &limits), Put::Well);
        let waiting = socket.outbox.as_ref().map_or(0, |outbox| outbox.waiting().len());
        assert!(waiting > 2 * limits.queue_bytes_max, "{waiting}");
        let event = frame(&format!("{{\"event\":\"{}\"}}", "x".repeat(1_000)));
        let mut put = Put::Well;
        let mut count = 0;
        while put == Put::Well {
            put = socket.put(&event, &[(0, event.len() as u32)], now, &limits);
            count += 1;
        }
        assert_eq!(put, Put::Behind);
        assert!(count * event.len() > limits.queue_bytes_max, "its queue is as long as anybody's");
        assert_eq!(socket.rise(), None, "not before it has taken that");
        let (mut taken, mut part) = (Vec::new(), vec![0; 64 * 1024]);
        while taken.len() < opening.len() {
            socket.flush(now).expect("it is there");
            let count = there.read(&mut part).expect("all of it comes");
            assert!(count > 0, "it is not sent away");
            taken.extend_from_slice(&part[..count]);
        }
        assert!(taken == opening && socket.outbox.is_none(), "and of what was behind it nothing");
        assert_eq!(socket.rise(), Some(Ask::Level(Epoch(7), Position(10), 0)));
    }

    #[test]
    fn who_lets_answers_pile_up_goes_though_an_opening_waits() {
        let (now, limits) = (Instant::now(), Limits::default());
        let (mut socket, _there) = newcomer(now);
        let opening = opening();
        socket.open(&opening, now, &limits);
        let answer = frame(&format!("{{\"done\":\"{}\"}}", "x".repeat(1_000)));
        while socket.say(&answer, now, &limits) != Put::Broken {}
        let waiting = socket.outbox.map_or(0, |outbox| outbox.waiting().len());
        assert!(waiting <= opening.len() + limits.queue_bytes_max, "{waiting}");
    }
}
