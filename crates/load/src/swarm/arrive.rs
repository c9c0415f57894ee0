//! Coming in: so many at once, each again when it was told to, until everyone is level.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::socket::Stage;
use super::{Happened, Swarm};
use crate::latency::{Latency, Percentiles};

/// How a swarm comes in.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Coming {
    /// On their way in at once.
    pub at_once: usize,
    /// Begun a second, evenly; none: as fast as they are let in.
    pub per_second: Option<f64>,
    pub within_s: f64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Arrived {
    pub level: usize,
    pub seconds: f64,
    /// Until 99 of 100 were level.
    pub seconds_99: f64,
    /// From the first try of each to being level.
    pub waited: Percentiles,
    /// Told to come back later, and tried again.
    pub turned_away: u64,
    pub broken: u64,
    /// Brought level by the state.
    pub by_state: u64,
    /// Of the process, one processor being 1.
    pub own_cpu: f64,
}

/// Who was refused without a word comes again after this.
const AGAIN: Duration = Duration::from_millis(500);
const TURN: Duration = Duration::from_millis(10);

struct Storm {
    began: Instant,
    begun: Vec<Option<Instant>>,
    /// Those who were never tried, from here on.
    next: usize,
    again: BinaryHeap<Reverse<(Instant, u32)>>,
    on_the_way: usize,
    waited: Latency,
    level: usize,
    /// Told never to come back.
    given_up: usize,
    seconds_99: f64,
}

impl Swarm {
    /// Everyone who is away comes in. Who is level already stays so.
    pub fn arrive(&mut self, coming: Coming) -> io::Result<Arrived> {
        let (before, cpu) = (self.happened, super::flight::own_cpu());
        let began = Instant::now();
        let mut storm = Storm {
            began,
            begun: vec![None; self.sockets.len()],
            next: 0,
            again: BinaryHeap::new(),
            on_the_way: 0,
            waited: Latency::default(),
            level: self.level(),
            given_up: 0,
            seconds_99: 0.0,
        };
        self.ended.clear();
        let mut seen = self.happened;
        while storm.level + storm.given_up < self.sockets.len()
            && began.elapsed().as_secs_f64() < coming.within_s
        {
            self.send_for(&mut storm, coming)?;
            self.turn(TURN)?;
            self.count(&mut storm, &mut seen);
        }
        let happened = self.happened.since(&before);
        let seconds = began.elapsed().as_secs_f64();
        Ok(Arrived {
            level: storm.level,
            seconds,
            seconds_99: if storm.seconds_99 > 0.0 { storm.seconds_99 } else { seconds },
            waited: storm.waited.percentiles(),
            turned_away: happened.goodbyes,
            broken: happened.broken,
            by_state: happened.by_state,
            own_cpu: (super::flight::own_cpu() - cpu) / seconds,
        })
    }

    fn send_for(&mut self, storm: &mut Storm, coming: Coming) -> io::Result<()> {
        let now = Instant::now();
        let due = coming
            .per_second
            .map_or(usize::MAX, |rate| ((now - storm.began).as_secs_f64() * rate) as usize + 1);
        while storm.on_the_way < coming.at_once {
            let waits = storm.again.peek().filter(|Reverse((when, _))| *when <= now);
            let at = if waits.is_some() {
                storm.again.pop().map(|Reverse((_, at))| at as usize)
            } else {
                let rest = storm.next..self.sockets.len().min(due);
                let found = rest.into_iter().find(|at| self.sockets[*at].stage == Stage::Away);
                found.inspect(|at| storm.next = at + 1)
            };
            let Some(at) = at else { return Ok(()) };
            storm.begun[at].get_or_insert(now);
            self.sockets[at].again_ms = None;
            storm.on_the_way += 1;
            match self.dial(at) {
                // A socket that could not even begin: out of descriptors is the caller's mistake and ends the run.
                Err(error) if error.raw_os_error() == Some(libc::EMFILE) => return Err(error),
                // Where not even a socket was had, there is nothing to lose, and all the same one tries again.
                Err(_) if self.sockets[at].stream.is_none() => self.ended.push(at as u32),
                Err(_) => self.lose(at),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Who came in since, and who must try again.
    fn count(&mut self, storm: &mut Storm, seen: &mut Happened) {
        let now = Instant::now();
        let news = self.happened.since(seen);
        *seen = self.happened;
        let (came, left) = (news.levelled as usize, news.left as usize);
        // Who was level and left was on the way no longer.
        storm.on_the_way = (storm.on_the_way + left).saturating_sub(self.ended.len());
        for at in std::mem::take(&mut self.ended) {
            if self.sockets[at as usize].never {
                storm.given_up += 1;
                continue;
            }
            let after = self.sockets[at as usize].again_ms.map_or(AGAIN, Duration::from_millis);
            storm.again.push(Reverse((now + after, at)));
        }
        storm.level = (storm.level + came).saturating_sub(left);
        if came == 0 {
            return;
        }
        storm.on_the_way = storm.on_the_way.saturating_sub(came);
        for (begun, socket) in storm.begun.iter_mut().zip(&self.sockets) {
            if socket.stage == Stage::Level
                && let Some(begun) = begun.take()
            {
                storm.waited.record(now - begun);
            }
        }
        if storm.seconds_99 == 0.0 && storm.level * 100 >= self.sockets.len() * 99 {
            storm.seconds_99 = storm.began.elapsed().as_secs_f64();
        }
    }

    /// Until this many are still there: a server that dies takes them with it.
    pub fn wait_for_loss(&mut self, left: usize, within: Duration) -> io::Result<bool> {
        let began = Instant::now();
        while began.elapsed() < within {
            if self.level() <= left {
                return Ok(true);
            }
            self.turn(TURN)?;
        }
        Ok(false)
    }

    /// Only listens.
    pub fn idle(&mut self, lasts: Duration) -> io::Result<()> {
        let began = Instant::now();
        while began.elapsed() < lasts {
            self.turn(TURN)?;
        }
        Ok(())
    }
}
