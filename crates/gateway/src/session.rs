//! One socket as a state machine without I/O: what may be said when, how fast, and in which order it is heard.

mod held;
mod pace;
#[cfg(test)]
mod tests;

use std::time::Duration;

use protocol::frame::{Act, Do, GoodbyeCode, Hello, Look, Marking, Sending, Typing, Up, WrongBody};
use protocol::{AccountId, ChannelId, Epoch, Key, Position};
use service::live::{Event, Role};
use tokio::time::Instant;

pub use held::Held;
pub use pace::Pace;

use crate::limits::{LOOK_CHANNELS_MAX, LOOK_PEOPLE_MAX, Limits, UNANSWERED_MAX};

/// What is on a screen is looked up at most this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A client says so each 3 s at most; more often is not passed on.
const TYPING_EVERY: Duration = Duration::from_secs(1);

/// What a frame asks of whoever can do it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    Enter(Box<Hello>),
    /// Fell behind: bring me level from here, and from this version of my private rows.
    Level(Epoch, Position, u64),
    Send(Box<Sending>),
    Act(Box<(Key, Act)>),
    Mark(Marking),
    /// What is on the screen.
    Look(Box<Look>, Unseated),
    Typing(Typing),
    /// Private rows newer than this were missed.
    Private(u64),
    /// Its sessions or its role changed: is this one still good? Asked under the number of the doubt.
    Recheck(u32),
}

/// Which channels of a look the asker has no seat in, and as of when: the others need no judgement but the core's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unseated {
    pub channels: Vec<ChannelId>,
    pub since: Position,
}

/// What to do about what was heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Nothing,
    Ask(Ask),
    /// A ping: say where we are.
    At,
    /// Looked around a moment ago, or before they were in: the last look counts.
    Later(Box<Look>),
    /// It could not be read; under its key it is refused.
    Refuse {
        key: Key,
        why: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was said yet.
    New,
    /// Being brought in, or level again; no event is for it until it is.
    Entering,
    Level,
    /// Its queue was dropped; once it has taken what was sent before, it is brought level.
    Behind,
}

/// Who a level session is, for the judge of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    pub account: AccountId,
    pub role: Role,
    pub may_invite: bool,
}

#[derive(Debug)]
pub struct Session {
    stage: Stage,
    /// Was brought in once: from then on it can be judged what they may see.
    is_in: bool,
    began: Instant,
    pace: Pace,
    unanswered: u16,
    looked: Option<Instant>,
    typed: Option<Instant>,
    epoch: Epoch,
    /// Everything up to here was told, or is in what was told.
    pub from: Position,
    /// Everything up to here was told where it was a socket's turn, and what waits for others went with it.
    pub heard: Position,
    /// The version of its private rows that was told.
    pub private: u64,
    /// Behind, and asked whether it has taken what was sent before.
    asked: bool,
}

/// Whether an event may be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Now,
    /// It may be what an unanswered command caused, or stands behind such a one.
    Hold,
    /// Not level, or told already.
    Skip,
}

impl Session {
    pub fn new(now: Instant) -> Self {
        Self {
            stage: Stage::New,
            is_in: false,
            began: now,
            pace: Pace::default(),
            unanswered: 0,
            looked: None,
            typed: None,
            epoch: Epoch(0),
            from: Position(0),
            heard: Position(0),
            private: 0,
            asked: false,
        }
    }
    pub fn stage(&self) -> Stage {
        self.stage
    }
    pub fn is_level(&self) -> bool {
        self.stage == Stage::Level
    }
    pub fn unanswered(&self) -> u16 {
        self.unanswered
    }

    /// A text frame of the client.
    pub fn heard(&mut self, text: &str, now: Instant, limits: &Limits) -> Result<Next, GoodbyeCode> {
        let up = Up::read(text).map_err(|_| GoodbyeCode::Malformed)?;
        if !self.pace.admits(now, self.began, limits.commands_per_s) {
            return Err(GoodbyeCode::TooFast);
        }
        match (self.stage, up) {
            (_, Up::Unknown) => Ok(Next::Nothing),
            (Stage::New, Up::Hello(hello)) => {
                self.stage = Stage::Entering;
                Ok(Next::Ask(Ask::Enter(Box::new(hello))))
            }
            (Stage::New, _) => Err(GoodbyeCode::NoHello),
            (_, Up::Send(sending)) => self.command(Ask::Send(Box::new(sending))),
            (_, Up::Do(Do { key, act })) => self.command(Ask::Act(Box::new((key, act)))),
            (_, Up::Mark(marking)) => Ok(Next::Ask(Ask::Mark(marking))),
            (_, Up::Look(look)) => Ok(self.look(look, now)),
            (_, Up::Typing(typing)) => Ok(self.types(typing, now)),
            (_, Up::Ping(_)) => Ok(Next::At),
            (_, Up::Wrong(WrongBody { key: Some(key), why, .. })) => Ok(Next::Refuse { key, why }),
            (_, Up::Hello(_) | Up::Wrong(_)) => Err(GoodbyeCode::Malformed),
        }
    }

    fn look(&mut self, mut look: Look, now: Instant) -> Next {
        look.people.truncate(LOOK_PEOPLE_MAX);
        look.channels.truncate(LOOK_CHANNELS_MAX);
        if !self.is_in || self.looked.is_some_and(|at| now.duration_since(at) < LOOK_EVERY) {
            return Next::Later(Box::new(look));
        }
        self.looked = Some(now);
        Next::Ask(Ask::Look(Box::new(look), Unseated::default()))
    }

    /// More often than others need to know is not told, nor of who is not in yet.
    fn types(&mut self, typing: Typing, now: Instant) -> Next {
        if !self.is_in || self.typed.is_some_and(|at| now.duration_since(at) < TYPING_EVERY) {
            return Next::Nothing;
        }
        self.typed = Some(now);
        Next::Ask(Ask::Typing(typing))
    }

    fn command(&mut self, ask: Ask) -> Result<Next, GoodbyeCode> {
        if self.unanswered >= UNANSWERED_MAX {
            return Err(GoodbyeCode::TooFast);
        }
        self.unanswered += 1;
        Ok(Next::Ask(ask))
    }

    /// Whether nothing was said for too long.
    pub fn is_silent(&self, now: Instant, limits: &Limits) -> bool {
        self.stage == Stage::New && now.duration_since(self.began) > limits.hello_within
    }

    /// Level from here on: what came before was told, or is in what was told.
    pub fn enter(&mut self, epoch: Epoch, at: Position, private: u64) {
        (self.stage, self.is_in) = (Stage::Level, true);
        self.epoch = epoch;
        (self.from, self.heard) = (at, Position(0));
        self.private = self.private.max(private);
    }

    /// What waited for it was dropped, or the feed broke.
    pub fn fall_behind(&mut self) {
        if self.stage == Stage::Level {
            self.stage = Stage::Behind;
        }
    }
    /// Behind, and nothing of it waits here any more: true once, for it to be asked whether it took it.
    pub fn waits(&mut self) -> bool {
        self.stage == Stage::Behind && !std::mem::replace(&mut self.asked, true)
    }
    /// It took it all.
    pub fn answers(&mut self) -> Option<Ask> {
        if self.asked { self.rise() } else { None }
    }
    /// From the state, as if it came back.
    pub fn rise(&mut self) -> Option<Ask> {
        if self.stage != Stage::Behind {
            return None;
        }
        self.asked = false;
        self.stage = Stage::Entering;
        Some(Ask::Level(self.epoch, self.from, self.private))
    }

    /// Commands were answered.
    pub fn answered(&mut self, count: u16) {
        self.unanswered = self.unanswered.saturating_sub(count);
    }

    /// An event of its audience: `done` comes before the event it caused, and events come in order.
    pub fn turn(&self, me: &Me, event: &Event, holds: bool) -> Turn {
        if self.stage != Stage::Level || event.position <= self.from.max(self.heard) {
            return Turn::Skip;
        }
        let own = self.unanswered > 0 && event.actor == Some(me.account);
        if own || holds { Turn::Hold } else { Turn::Now }
    }
}
