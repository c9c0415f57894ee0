//! A stretch of talking, and what came of it.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::talk::Talk;
use super::{Swarm, clock};
use crate::counters::Counters;
use crate::lag::Lag;
use crate::latency::Percentiles;

/// What is said into which stream, by whom: the speakers take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    pub socket: usize,
    pub stream: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stretch {
    pub talk: Talk,
    pub speakers: Vec<Speaker>,
    pub text_bytes: usize,
    pub warm_up_s: f64,
    pub seconds: f64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Talked {
    /// Measured.
    pub seconds: f64,
    pub deliveries: u64,
    /// With warming up, and what was still on its way at the end.
    pub deliveries_in_all: u64,
    /// Heard by all of their listeners.
    pub messages: u64,
    pub each: Percentiles,
    pub last: Percentiles,
    pub frame_bytes: usize,
    pub lag_p99_us: u64,
    pub lag_max_us: u64,
    /// Lines that broke meanwhile: who was behind them hears no more.
    pub left: u64,
    /// Of the process, one processor being 1.
    pub own_cpu: f64,
    pub counters: Counters,
}

/// What is still on its way after the last was said has so long to come.
const PATIENCE: Duration = Duration::from_secs(10);
const NANOSECONDS: f64 = 1e9;

impl Swarm {
    pub fn talk(&mut self, stretch: &Stretch) -> io::Result<Talked> {
        self.ledger.text_bytes = stretch.text_bytes;
        let before = self.happened;
        let mut flight = Flight::after(&self.ledger);
        let warm = Duration::from_secs_f64(stretch.warm_up_s);
        let end = warm + Duration::from_secs_f64(stretch.seconds);
        self.ledger.measures = false;
        let (mut cpu, mut measured) = (own_cpu(), Duration::ZERO);
        while flight.began.elapsed() < end {
            if !self.ledger.measures && flight.began.elapsed() >= warm {
                flight.completed_before += self.ledger.completed;
                flight.heard_before += self.ledger.deliveries;
                self.ledger.measure();
                (cpu, measured) = (own_cpu(), flight.began.elapsed());
            }
            let wait = self.say_what_is_due(&mut flight, stretch);
            self.turn(wait)?;
        }
        let seconds = flight.began.elapsed().saturating_sub(measured).as_secs_f64();
        let own_cpu = (own_cpu() - cpu) / seconds;
        let (deliveries, messages) = (self.ledger.deliveries, self.ledger.completed);
        let counters = self.settle(flight.said, before)?;
        Ok(Talked {
            seconds,
            deliveries,
            deliveries_in_all: flight.heard_before + self.ledger.deliveries - flight.first_heard,
            messages,
            each: self.ledger.each.percentiles(),
            last: self.ledger.last.percentiles(),
            frame_bytes: self.ledger.frame_bytes,
            lag_p99_us: flight.lag.p99().as_micros() as u64,
            lag_max_us: flight.lag.max().as_micros() as u64,
            left: self.happened.since(&before).left,
            own_cpu,
            counters,
        })
    }

    /// Gives how long there is nothing to say.
    fn say_what_is_due(&mut self, flight: &mut Flight, stretch: &Stretch) -> Duration {
        const TURN: Duration = Duration::from_millis(10);
        loop {
            let due_us = match stretch.talk {
                Talk::Window { messages } => {
                    let completed = flight.completed_before + self.ledger.completed - flight.first;
                    if flight.said - completed >= u64::from(messages) {
                        return TURN;
                    }
                    clock::now_us()
                }
                Talk::Open { per_second } => {
                    let due = Duration::from_nanos((flight.said as f64 / per_second * NANOSECONDS) as u64);
                    let now = flight.began.elapsed();
                    if due > now {
                        return due.saturating_sub(now).min(TURN);
                    }
                    flight.lag.record(now.saturating_sub(due));
                    flight.began_us + due.as_micros() as u64
                }
            };
            let speaker = stretch.speakers[flight.said as usize % stretch.speakers.len()];
            self.say(speaker.socket, speaker.stream, due_us);
            flight.said += 1;
        }
    }

    /// Waits for what is on its way, then counts what is wrong.
    fn settle(&mut self, said: u64, before: super::Happened) -> io::Result<Counters> {
        let began = Instant::now();
        loop {
            let mut counters = self.counters();
            let happened = self.happened.since(&before);
            let answered = if self.dialect.acknowledges() { happened.acknowledged } else { said };
            let all = counters.lost == 0 && answered + happened.refused >= said;
            if all || began.elapsed() > PATIENCE {
                counters.sent = said;
                (counters.acknowledged, counters.refused) = (answered, happened.refused);
                return Ok(counters);
            }
            self.turn(Duration::from_millis(5))?;
        }
    }
}

struct Flight {
    began: Instant,
    began_us: u64,
    said: u64,
    /// Completed before this stretch, and before the measuring began anew.
    first: u64,
    completed_before: u64,
    first_heard: u64,
    heard_before: u64,
    lag: Lag,
}

impl Flight {
    fn after(ledger: &super::Ledger) -> Self {
        Self {
            began: Instant::now(),
            began_us: clock::now_us(),
            said: 0,
            first: ledger.completed,
            completed_before: 0,
            first_heard: ledger.deliveries,
            heard_before: 0,
            lag: Lag::default(),
        }
    }
}

/// Seconds of processor time of this process so far.
pub(crate) fn own_cpu() -> f64 {
    crate::process::cpu_of(std::process::id()).as_secs_f64()
}
