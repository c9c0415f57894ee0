//! The shape of a team at work: channels of every size and directs, threads, mentions, reactions, reading, and people whose
//! connection breaks. Open loop: what is due is said, however slow the server is.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::socket::Stage;
use super::wire::{TEXT, masked};
use super::{Swarm, clock, flight};
use crate::counters::Counters;
use crate::lag::Lag;
use crate::latency::Percentiles;
use crate::random::Random;
use crate::schedule::Schedule;
use crate::zipf::{Picker, ZIPF_EXPONENT};

/// Of all messages; the rest goes to two people alone.
const IN_CHANNELS: f64 = 0.7;
const IN_THREADS: f64 = 0.4;
const WITH_MENTIONS: f64 = 0.25;
const REACTED_TO: f64 = 0.6;
/// Listeners who say how far they have read, for each message.
const READERS: usize = 2;
/// Of all people, in an hour.
const BROKEN_AN_HOUR: f64 = 0.1;
const TURN: Duration = Duration::from_millis(5);
/// What is not answered or heard so long after anything last was will not be.
const PATIENCE: Duration = Duration::from_secs(20);
/// And in all.
const PATIENCE_MAX: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Team {
    /// Messages a second: `1m→50, 3m hold`.
    pub stages: String,
    pub text_bytes: usize,
    /// Streams from here on are directs; 0 is `general`, where nobody talks to everyone all day.
    pub directs_from: u32,
    /// Of the stages; it is said and not measured.
    pub warm_up_s: f64,
    pub seed: u64,
    /// Nothing but messages in channels: no threads, mentions, reactions or reading, and nobody's connection breaks.
    pub only_messages: bool,
    /// A line on stderr, a second.
    pub progress: bool,
}

impl Sample {
    /// The line of progress, in the place of the last one.
    pub fn show(&self) {
        let Self { at_s, said, deliveries, p95_ms, level, .. } = self;
        eprint!(
            "\r\x1b[2K{at_s:>5.0} s  {said:>6} said  {deliveries:>8} heard  p95 {p95_ms:>7.1} ms  {level} online"
        );
    }
}

/// A second of it.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Sample {
    pub at_s: f64,
    pub said: u64,
    pub deliveries: u64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub level: u64,
    pub refused: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TeamTold {
    pub seconds: f64,
    pub messages: u64,
    pub acts: u64,
    pub deliveries: u64,
    /// With those that came after the last message was due.
    pub deliveries_in_all: u64,
    pub each: Percentiles,
    pub last: Percentiles,
    pub came_again: u64,
    pub by_state: u64,
    pub goodbyes: u64,
    pub lag_p99_ms: f64,
    pub lag_max_ms: f64,
    pub own_cpu: f64,
    pub counters: Counters,
    pub samples: Vec<Sample>,
}

struct Work {
    random: Random,
    channels: Picker,
    members: Vec<Vec<u32>>,
    directs_from: u32,
    said: u64,
    acts: u64,
    came_again: u64,
    lag: Lag,
    samples: Vec<Sample>,
    /// Where the second under way began.
    before: (u64, u64, u64),
    only_messages: bool,
    progress: bool,
}

impl Work {
    fn member(&mut self, stream: u32) -> usize {
        let members = &self.members[stream as usize];
        members[self.random.below(members.len())] as usize
    }
}

impl Swarm {
    pub fn team(&mut self, asked: &Team) -> io::Result<TeamTold> {
        let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        let schedule: Schedule = asked.stages.parse().map_err(|bad| wrong(format!("{bad}")))?;
        (self.ledger.text_bytes, self.ledger.by_position) = (asked.text_bytes, true);
        let mut work = self.work(asked);
        let before = self.happened;
        let (began, began_us) = (Instant::now(), clock::now_us());
        let (mut cpu, mut measured) = (flight::own_cpu(), 0.0);
        self.ledger.measures = false;
        let (mut next, mut second) = (0, 1.0);
        while began.elapsed() < schedule.lasts() {
            let now = began.elapsed();
            if !self.ledger.measures && now.as_secs_f64() >= asked.warm_up_s {
                self.ledger.measure();
                work.before = (work.said, 0, work.before.2);
                (cpu, measured) = (flight::own_cpu(), now.as_secs_f64());
            }
            while let Some(due) = schedule.due(next).filter(|due| *due <= now) {
                work.lag.record(now.saturating_sub(due));
                self.something(&mut work, began_us + due.as_micros() as u64);
                next += 1;
            }
            if now.as_secs_f64() >= second {
                self.sample(&mut work, now.as_secs_f64(), &before);
                self.breaks(&mut work)?;
                second += 1.0;
            }
            self.turn(schedule.due(next).map_or(TURN, |due| due.saturating_sub(began.elapsed()).min(TURN)))?;
        }
        let seconds = began.elapsed().as_secs_f64() - measured;
        let (own_cpu, deliveries) = ((flight::own_cpu() - cpu) / seconds, self.ledger.deliveries);
        let counters = self.everything_heard(&work, before)?;
        let happened = self.happened.since(&before);
        Ok(TeamTold {
            seconds,
            messages: work.said,
            acts: work.acts,
            deliveries,
            deliveries_in_all: self.ledger.deliveries,
            each: self.ledger.each.percentiles(),
            last: self.ledger.last.percentiles(),
            came_again: work.came_again,
            by_state: happened.by_state,
            goodbyes: happened.goodbyes,
            lag_p99_ms: work.lag.p99().as_secs_f64() * 1e3,
            lag_max_ms: work.lag.max().as_secs_f64() * 1e3,
            own_cpu,
            counters,
            samples: work.samples,
        })
    }

    fn work(&self, asked: &Team) -> Work {
        let mut members = vec![Vec::new(); self.place.channels.len()];
        for (at, person) in self.people.iter().enumerate() {
            for &stream in &person.streams {
                members[stream as usize].push(at as u32);
            }
        }
        Work {
            random: Random::seeded(asked.seed),
            channels: Picker::zipf(asked.directs_from.saturating_sub(1).max(1) as usize, ZIPF_EXPONENT),
            members,
            directs_from: asked.directs_from,
            said: 0,
            acts: 0,
            came_again: 0,
            lag: Lag::default(),
            samples: Vec::new(),
            before: (0, 0, 0),
            only_messages: asked.only_messages,
            progress: asked.progress,
        }
    }

    fn something(&mut self, work: &mut Work, due_us: u64) {
        let Some((stream, speaker)) = self.somewhere(work) else { return };
        let root = self.ledger.roots.get(stream as usize).copied().unwrap_or_default();
        let thread =
            if root > 0 && !work.only_messages && work.random.share() < IN_THREADS { root } else { 0 };
        let mark = self.ledger.say(stream, due_us);
        let mut text = mark.text(self.ledger.text_bytes);
        if !work.only_messages && work.random.share() < WITH_MENTIONS {
            let called = work.member(stream);
            text.push_str(" <@");
            text.push_str(&self.people[called].account);
            text.push('>');
        }
        let channel = self.place.channels[stream as usize].clone();
        let key = self.keys.another();
        let of = if thread > 0 { format!(r#""thread":{thread},"#) } else { String::new() };
        self.utter(
            speaker,
            &format!(r#"{{"send":{{"key":"{key}","channel":"{channel}",{of}"text":"{text}"}}}}"#),
        );
        work.said += 1;
        if work.only_messages || root == 0 {
            return;
        }
        self.answers(work, &channel, stream, root);
    }

    /// What others make of the message before.
    fn answers(&mut self, work: &mut Work, channel: &str, stream: u32, root: u64) {
        if work.random.share() < REACTED_TO {
            let (who, key) = (work.member(stream), self.keys.another());
            let emoji = ["👍", "🎉", "👀", "❤️"][work.random.below(4)];
            let at = format!(r#""channel":"{channel}","number":{root},"emoji":"{emoji}""#);
            if self.sockets[who].stage == Stage::Level {
                self.utter(who, &format!(r#"{{"do":{{"key":"{key}","react":{{{at}}}}}}}"#));
                work.acts += 1;
            }
        }
        for _ in 0..READERS {
            let who = work.member(stream);
            self.utter(who, &format!(r#"{{"mark":{{"channel":"{channel}","number":{root}}}}}"#));
        }
    }

    /// A channel or a direct, and one of those in it who is here.
    fn somewhere(&self, work: &mut Work) -> Option<(u32, usize)> {
        let streams = work.members.len() as u32;
        for _ in 0..32 {
            let in_channel = work.directs_from >= streams || work.random.share() < IN_CHANNELS;
            let stream = if in_channel && work.directs_from > 1 {
                1 + work.channels.pick(&mut work.random) as u32
            } else if work.directs_from < streams {
                work.directs_from + work.random.below((streams - work.directs_from) as usize) as u32
            } else {
                0
            };
            if work.members[stream as usize].is_empty() {
                continue;
            }
            let speaker = work.member(stream);
            if self.sockets[speaker].stage == Stage::Level {
                return Some((stream, speaker));
            }
        }
        None
    }

    fn utter(&mut self, who: usize, frame: &str) {
        let mut bytes = Vec::with_capacity(frame.len() + 16);
        masked(TEXT, frame.as_bytes(), &mut bytes);
        if self.sockets[who].say(&bytes).is_err() {
            self.lose(who);
        }
    }

    fn sample(&mut self, work: &mut Work, at_s: f64, before: &super::Happened) {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let lately = std::mem::take(&mut self.ledger.lately).percentiles();
        let refused = self.happened.since(before).refused;
        let sample = Sample {
            at_s,
            said: work.said - work.before.0,
            deliveries: self.ledger.deliveries - work.before.1,
            p50_ms: ms(lately.p50),
            p95_ms: ms(lately.p95),
            p99_ms: ms(lately.p99),
            level: self.level() as u64,
            refused: refused - work.before.2,
        };
        work.before = (work.said, self.ledger.deliveries, refused);
        if work.progress {
            sample.show();
        }
        work.samples.push(sample);
    }

    /// Once a second: some connections break, and who is away comes back.
    fn breaks(&mut self, work: &mut Work) -> io::Result<()> {
        if work.only_messages {
            return Ok(());
        }
        let a_second = self.people.len() as f64 * BROKEN_AN_HOUR / 3_600.0;
        let count = a_second as usize + usize::from(work.random.share() < a_second.fract());
        self.ended.clear();
        for _ in 0..count {
            let who = work.random.below(self.people.len());
            if self.sockets[who].stage == Stage::Level {
                self.sockets[who].again_ms = Some(0);
                self.lose(who);
            }
        }
        for at in 0..self.sockets.len() {
            if self.sockets[at].stage == Stage::Away && !self.sockets[at].never {
                self.sockets[at].again_ms = None;
                self.dial(at)?;
                work.came_again += 1;
            }
        }
        Ok(())
    }

    fn everything_heard(&mut self, work: &Work, before: super::Happened) -> io::Result<Counters> {
        let (began, asked) = (Instant::now(), work.said + work.acts);
        let mut last = (0, 0, began);
        loop {
            let happened = self.happened.since(&before);
            let mut counters = self.counters();
            let answered = happened.acknowledged + happened.refused;
            if (counters.lost, answered) != (last.0, last.1) {
                last = (counters.lost, answered, Instant::now());
            }
            let is_over = last.2.elapsed() > PATIENCE || began.elapsed() > PATIENCE_MAX;
            if (counters.lost == 0 && answered >= asked) || is_over {
                (counters.sent, counters.acknowledged) = (asked, happened.acknowledged);
                counters.refused = happened.refused;
                // Whose connection broke before the answer came: the server knows, and nothing is missing.
                counters.unknown = asked.saturating_sub(answered).min(work.came_again);
                return Ok(counters);
            }
            self.turn(TURN)?;
        }
    }
}
