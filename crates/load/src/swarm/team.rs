//! The shape of a team at work: channels of every size and directs, threads, mentions, reactions, reading, and people whose
//! connection breaks. Open loop: what is due is said, however slow the server is.

mod back;
mod work;

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Happened, Swarm, clock, flight};
use crate::counters::Counters;
use crate::latency::{Percentiles, milliseconds};
use crate::schedule::Schedule;
use work::Work;

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

/// What sockets hear that others of the same load speak to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Hearing {
    pub text_bytes: usize,
    /// At first what is heard is not measured.
    pub warm_up_s: f64,
    /// Measured until here; what is still on its way may come later.
    pub seconds: f64,
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

impl Sample {
    /// The line of progress, in the place of the last one.
    pub fn show(&self) {
        let Self { at_s, said, deliveries, p95_ms, level, .. } = self;
        let online = if *level > 0 { format!("  {level} online") } else { String::new() };
        eprint!(
            "\r\x1b[2K{at_s:>5.0} s  {said:>6} said  {deliveries:>8} heard  p95 {p95_ms:>7.1} ms{online}"
        );
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TeamTold {
    /// Measured, and what was said and heard in that time.
    pub seconds: f64,
    pub messages: u64,
    pub deliveries: u64,
    /// Said and heard in all, warming up included, and what was done beside.
    pub messages_in_all: u64,
    pub deliveries_in_all: u64,
    pub acts: u64,
    pub each: Percentiles,
    pub last: Percentiles,
    pub came_again: u64,
    /// Told what moved instead of every message: in all, and of those who were level all along.
    pub by_state: u64,
    pub overrun: u64,
    pub goodbyes: u64,
    /// Due, and there was nobody to say it.
    pub unsaid: u64,
    /// Refused for being too many: the server's own limits.
    pub slowed: u64,
    pub lag_p99_ms: f64,
    pub lag_max_ms: f64,
    pub own_cpu: f64,
    pub counters: Counters,
    pub samples: Vec<Sample>,
    /// Of each stream, so that those who only listen are held against it.
    pub said: Vec<u32>,
}

impl Swarm {
    pub fn team(&mut self, asked: &Team) -> io::Result<TeamTold> {
        let schedule: Schedule = asked.stages.parse()?;
        self.begins_to_listen(asked.text_bytes);
        self.under_way.clear();
        let mut work = Work::of(asked, &self.people, self.place.channels.len());
        let before = self.happened;
        let heard_before = self.ledger.deliveries;
        let (began, began_us) = (Instant::now(), clock::now_us());
        let (mut cpu, mut measured, mut warm) = (flight::own_cpu(), 0.0, (0, 0));
        let (mut next, mut second) = (0, 1.0);
        while began.elapsed() < schedule.lasts() {
            let now = began.elapsed();
            if !self.ledger.measures && now.as_secs_f64() >= asked.warm_up_s {
                warm = (work.said, self.ledger.deliveries);
                self.ledger.measure();
                work.measures_from_here(warm.1);
                (cpu, measured) = (flight::own_cpu(), now.as_secs_f64());
            }
            while let Some(due) = schedule.due(next).filter(|due| *due <= now) {
                work.lag.record(now.saturating_sub(due));
                self.something(&mut work, began_us + due.as_micros() as u64);
                next += 1;
            }
            if now.as_secs_f64() >= second {
                self.sample(&mut work, now.as_secs_f64(), &before);
                self.breaks(&mut work);
                second += 1.0;
            }
            self.turn(schedule.due(next).map_or(TURN, |due| due.saturating_sub(began.elapsed()).min(TURN)))?;
        }
        let seconds = began.elapsed().as_secs_f64() - measured;
        let (own_cpu, deliveries) = ((flight::own_cpu() - cpu) / seconds, self.ledger.deliveries);
        let counters = self.everything_heard(&mut work, before)?;
        let happened = self.happened.since(&before);
        Ok(TeamTold {
            seconds,
            messages: work.said - warm.0,
            deliveries,
            messages_in_all: work.said,
            deliveries_in_all: warm.1 - heard_before + self.ledger.deliveries,
            acts: work.acts,
            each: self.ledger.each.percentiles(),
            last: self.ledger.last.percentiles(),
            came_again: happened.levelled,
            by_state: happened.by_state,
            overrun: happened.overrun,
            goodbyes: happened.goodbyes,
            unsaid: work.unsaid,
            slowed: happened.slowed,
            lag_p99_ms: milliseconds(work.lag.p99()),
            lag_max_ms: milliseconds(work.lag.max()),
            own_cpu,
            counters,
            samples: work.samples,
            said: self.said(),
        })
    }

    /// Many speak into each stream, so order is judged by position; latencies are not counted until they are measured.
    fn begins_to_listen(&mut self, text_bytes: usize) {
        (self.ledger.text_bytes, self.ledger.by_position, self.ledger.measures) = (text_bytes, true, false);
    }

    /// Only listens, and measures what it hears, until that is over and nothing more comes.
    pub fn hear(&mut self, hearing: Hearing) -> io::Result<TeamTold> {
        const QUIET: Duration = Duration::from_secs(3);
        self.begins_to_listen(hearing.text_bytes);
        let (began, before, heard_before) = (Instant::now(), self.happened, self.ledger.deliveries);
        let (mut warm, mut deliveries) = (0, None);
        let mut last = (0, began);
        loop {
            let now = began.elapsed();
            if !self.ledger.measures && now.as_secs_f64() >= hearing.warm_up_s {
                warm = self.ledger.deliveries;
                self.ledger.measure();
            }
            if now.as_secs_f64() >= hearing.seconds {
                deliveries.get_or_insert(self.ledger.deliveries);
                if self.ledger.deliveries != last.0 {
                    last = (self.ledger.deliveries, Instant::now());
                }
                if last.1.elapsed() > QUIET
                    || now.as_secs_f64() > hearing.seconds + PATIENCE_MAX.as_secs_f64()
                {
                    break;
                }
            }
            self.turn(TURN)?;
        }
        let happened = self.happened.since(&before);
        Ok(TeamTold {
            seconds: hearing.seconds - hearing.warm_up_s,
            deliveries: deliveries.unwrap_or_default(),
            deliveries_in_all: warm - heard_before + self.ledger.deliveries,
            each: self.ledger.each.percentiles(),
            last: self.ledger.last.percentiles(),
            by_state: happened.by_state,
            overrun: happened.overrun,
            goodbyes: happened.goodbyes,
            counters: self.counters(),
            said: self.said(),
            ..TeamTold::default()
        })
    }

    fn sample(&mut self, work: &mut Work, at_s: f64, before: &Happened) {
        let lately = std::mem::take(&mut self.ledger.lately).percentiles();
        let refused = self.happened.since(before).refused;
        let sample = Sample {
            at_s,
            said: work.said - work.before.0,
            deliveries: self.ledger.deliveries - work.before.1 + std::mem::take(&mut work.heard),
            p50_ms: milliseconds(lately.p50),
            p95_ms: milliseconds(lately.p95),
            p99_ms: milliseconds(lately.p99),
            level: self.level() as u64,
            refused: refused - work.before.2,
        };
        work.before = (work.said, self.ledger.deliveries, refused);
        if work.progress {
            sample.show();
        }
        work.samples.push(sample);
    }

    /// Waits for what is on its way; who is away comes back meanwhile, and says again what nobody answered.
    fn everything_heard(&mut self, work: &mut Work, before: Happened) -> io::Result<Counters> {
        let (began, asked) = (Instant::now(), work.said + work.acts);
        let (mut last, mut second) = ((0, 0, began), 1.0);
        loop {
            let happened = self.happened.since(&before);
            let mut counters = self.counters();
            let answered = happened.acknowledged + happened.refused;
            if (counters.lost, answered) != (last.0, last.1) {
                last = (counters.lost, answered, Instant::now());
            }
            let is_over = last.2.elapsed() > PATIENCE || began.elapsed() > PATIENCE_MAX;
            if (counters.lost == 0 && self.under_way.len() == 0) || is_over {
                let unknown = self.under_way.len() as u64;
                (counters.sent, counters.unknown, counters.refused) = (asked, unknown, happened.refused);
                counters.acknowledged = asked.saturating_sub(unknown + happened.refused);
                return Ok(counters);
            }
            if began.elapsed().as_secs_f64() >= second {
                self.come_back(work);
                second += 1.0;
            }
            self.turn(TURN)?;
        }
    }
}
