//! What people of a team do, drawn by chance that is the same each time.

use super::super::Swarm;
use super::super::dialect::Person;
use super::super::mark::Mark;
use super::super::socket::Stage;
use super::super::wire::{TEXT, masked};
use super::{Sample, Team};
use crate::lag::Lag;
use crate::random::Random;
use crate::zipf::{Picker, ZIPF_EXPONENT};

/// Of all messages; the rest goes to two people alone.
const IN_CHANNELS: f64 = 0.7;
const IN_THREADS: f64 = 0.4;
const WITH_MENTIONS: f64 = 0.25;
const REACTED_TO: f64 = 0.6;
/// Listeners who say how far they have read, for each message.
const READERS: usize = 2;

pub struct Work {
    pub random: Random,
    channels: Picker,
    members: Vec<Vec<u32>>,
    directs_from: u32,
    pub said: u64,
    pub acts: u64,
    pub unsaid: u64,
    pub lag: Lag,
    pub samples: Vec<Sample>,
    /// Where the second under way began: said, heard, refused; and what was heard of it before counting began anew.
    pub before: (u64, u64, u64),
    pub heard: u64,
    pub only_messages: bool,
    pub progress: bool,
    pub away: super::back::Away,
}

impl Work {
    pub fn of(asked: &Team, people: &[Person], streams: usize) -> Self {
        let mut members = vec![Vec::new(); streams];
        for (at, person) in people.iter().enumerate() {
            for &stream in &person.streams {
                members[stream as usize].push(at as u32);
            }
        }
        Self {
            random: Random::seeded(asked.seed),
            channels: Picker::zipf(asked.directs_from.saturating_sub(1).max(1) as usize, ZIPF_EXPONENT),
            members,
            directs_from: asked.directs_from,
            said: 0,
            acts: 0,
            unsaid: 0,
            lag: Lag::default(),
            samples: Vec::new(),
            before: (0, 0, 0),
            heard: 0,
            only_messages: asked.only_messages,
            progress: asked.progress,
            away: super::back::Away::default(),
        }
    }

    /// In the middle of a second, which is told whole all the same.
    pub fn measures_from_here(&mut self, heard: u64) {
        self.heard = heard - self.before.1;
        self.before.1 = 0;
    }

    fn member(&mut self, stream: u32) -> usize {
        let members = &self.members[stream as usize];
        members[self.random.below(members.len())] as usize
    }
}

impl Swarm {
    pub(super) fn something(&mut self, work: &mut Work, due_us: u64) {
        let Some((stream, speaker)) = self.somewhere(work) else {
            work.unsaid += 1;
            return;
        };
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
        let of = if thread > 0 { format!(r#""thread":{thread},"#) } else { String::new() };
        self.asks(speaker, Some(mark), |key| {
            format!(r#"{{"send":{{"key":"{key}","channel":"{channel}",{of}"text":"{text}"}}}}"#)
        });
        work.said += 1;
        if work.only_messages || root == 0 {
            return;
        }
        self.answers(work, &channel, stream, root);
    }

    /// What others make of the message before.
    fn answers(&mut self, work: &mut Work, channel: &str, stream: u32, root: u64) {
        if work.random.share() < REACTED_TO {
            let who = work.member(stream);
            let emoji = ["👍", "🎉", "👀", "❤️"][work.random.below(4)];
            let at = format!(r#""channel":"{channel}","number":{root},"emoji":"{emoji}""#);
            if self.sockets[who].stage == Stage::Level {
                self.asks(who, None, |key| format!(r#"{{"do":{{"key":"{key}","react":{{{at}}}}}}}"#));
                work.acts += 1;
            }
        }
        for _ in 0..READERS {
            let who = work.member(stream);
            if self.sockets[who].stage == Stage::Level {
                self.utter(who, &format!(r#"{{"mark":{{"channel":"{channel}","number":{root}}}}}"#));
            }
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

    /// A command, which is under way until it is answered.
    fn asks(&mut self, who: usize, mark: Option<Mark>, frame: impl FnOnce(&str) -> String) {
        let key = self.keys.another().to_string();
        let frame = frame(&key);
        self.under_way.says(key, (who, &frame), mark);
        self.sockets[who].owed += 1;
        self.utter(who, &frame);
    }

    pub(super) fn utter(&mut self, who: usize, frame: &str) {
        let mut bytes = Vec::with_capacity(frame.len() + 16);
        masked(TEXT, frame.as_bytes(), &mut bytes);
        if self.sockets[who].say(&bytes).is_err() {
            self.lose(who);
        }
    }
}
