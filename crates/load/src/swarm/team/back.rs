//! Connections that break while people talk, and how those come back: when they were told to, however often it takes, and
//! with what nobody had answered yet.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::super::Swarm;
use super::super::socket::Stage;
use super::work::Work;

/// Of all people, in an hour.
const BROKEN_AN_HOUR: f64 = 0.1;
/// Who was cut off without a word, or not let in, tries again after this.
const AGAIN: Duration = Duration::from_secs(1);
/// Of whoever is to break, so many are looked at: who waits for an answer is left alone, since what is cut off on its way is
/// not what is asked about here.
const LOOKED_AT: usize = 8;

#[derive(Default)]
pub struct Away {
    /// When each tries again.
    tries: HashMap<usize, Instant>,
    /// Came back, or will, and were owed answers when they went.
    owed: BTreeSet<usize>,
}

impl Swarm {
    /// Once a second: some connections break, and who is away comes back.
    pub(super) fn breaks(&mut self, work: &mut Work) {
        if !work.only_messages {
            let a_second = self.people.len() as f64 * BROKEN_AN_HOUR / 3_600.0;
            let count = a_second as usize + usize::from(work.random.share() < a_second.fract());
            for _ in 0..count {
                let seen = (0..LOOKED_AT).map(|_| work.random.below(self.people.len()));
                let breaks = seen.collect::<Vec<_>>().into_iter().find(|who| {
                    let socket = &self.sockets[*who];
                    socket.stage == Stage::Level && socket.owed == 0
                });
                if let Some(who) = breaks {
                    self.sockets[who].again_ms = Some(0);
                    self.lose(who);
                }
            }
        }
        self.come_back(work);
    }

    pub(super) fn come_back(&mut self, work: &mut Work) {
        let now = Instant::now();
        self.ended.clear();
        for at in 0..self.sockets.len() {
            let socket = &mut self.sockets[at];
            if socket.stage != Stage::Away || socket.never {
                continue;
            }
            if socket.owed > 0 {
                socket.owed = 0;
                work.away.owed.insert(at);
            }
            let told = socket.again_ms.map_or(AGAIN, Duration::from_millis);
            if *work.away.tries.entry(at).or_insert(now + told) > now {
                continue;
            }
            work.away.tries.remove(&at);
            self.sockets[at].again_ms = None;
            if self.dial(at).is_err() {
                // Without a connection, or without a place in the loop: it is away as before, and tries again.
                self.lose(at);
            }
        }
        for (at, frame) in self.under_way.again() {
            // Who is away says all of theirs again once they are back.
            if self.sockets[at].stage == Stage::Level {
                self.utter(at, &frame);
            }
        }
        let back: Vec<usize> =
            work.away.owed.iter().copied().filter(|at| self.sockets[*at].stage == Stage::Level).collect();
        for at in back {
            work.away.owed.remove(&at);
            for frame in self.under_way.of(at) {
                self.sockets[at].owed += 1;
                self.utter(at, &frame);
            }
        }
    }
}
