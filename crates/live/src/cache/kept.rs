//! A value and its moment, and how much of all that is kept for how long.

use std::sync::Arc;
use std::time::Duration;

use domain::{Epoch, Position};

use super::name::Class;
use crate::journal::Mark;

/// A text, and the moment of its journal it was true at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub mark: Mark,
    pub text: Arc<str>,
}

impl Kept {
    /// The moment first, then the text as it is, so that an operator who looks can read it.
    pub(crate) fn written(&self) -> String {
        format!("{} {} {}", self.mark.epoch.0, self.mark.position.0, self.text)
    }
    pub(crate) fn read(written: &str) -> Option<Self> {
        let mut parts = written.splitn(3, ' ');
        let epoch = Epoch(parts.next()?.parse().ok()?);
        let position = Position(parts.next()?.parse().ok()?);
        Some(Self { mark: Mark { epoch, position }, text: parts.next()?.into() })
    }
}

/// Nothing is unbounded, and nothing is believed for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// In this process.
    pub entries_max: usize,
    pub bytes_max: usize,
    pub near: Duration,
    /// In Redis, by class.
    pub profiles: Duration,
    pub channel_members: Duration,
    pub endpoints: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            entries_max: 10_000,
            bytes_max: 32 << 20,
            near: Duration::from_mins(5),
            profiles: Duration::from_hours(1),
            channel_members: Duration::from_mins(30),
            endpoints: Duration::from_mins(5),
        }
    }
}

impl Settings {
    pub fn of(&self, class: Class) -> Duration {
        match class {
            Class::Profiles => self.profiles,
            Class::ChannelMembers => self.channel_members,
            Class::Endpoints => self.endpoints,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_what_others_wrote_is_nothing() {
        let mark = Mark { epoch: Epoch(7), position: Position(41) };
        let kept = Kept { mark, text: "[\"two words\"]".into() };
        assert_eq!(Kept::read(&kept.written()), Some(kept));
        for other in ["", "7", "7 41", "seven 41 x", "-1 41 x"] {
            assert_eq!(Kept::read(other), None, "{other}");
        }
    }
}
