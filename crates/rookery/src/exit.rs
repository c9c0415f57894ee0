//! How a command can end badly, and the exit code each end has.

use std::fmt;

/// Why a command did not do what it was asked. The words are for the person who typed it.
#[derive(Debug)]
pub enum Failure {
    /// It was tried and did not work.
    Failed(String),
    /// It was asked for wrongly: an unknown key, a value that is not allowed.
    Usage(String),
    /// It was asked for rightly, and the state of things says no.
    Refused(String),
    /// Who should have done it cannot be reached.
    Unreachable(String),
    /// It was done, its result was said, and the result is bad: only the exit code is left to give.
    Told,
    /// The same, where somebody could not be reached.
    ToldAway,
}

impl Failure {
    pub fn code(&self) -> u8 {
        match self {
            Failure::Failed(_) | Failure::Told => 1,
            Failure::Usage(_) => 2,
            Failure::Refused(_) => 3,
            Failure::Unreachable(_) | Failure::ToldAway => 4,
        }
    }

    /// The other way: what a server said, with a code this side may not know.
    pub fn of(word: &str, words: String) -> Failure {
        match word {
            "usage" => Failure::Usage(words),
            "refused" => Failure::Refused(words),
            "unreachable" => Failure::Unreachable(words),
            _ => Failure::Failed(words),
        }
    }

    /// The same as a word, for `--json` and the control socket.
    pub fn word(&self) -> &'static str {
        match self {
            Failure::Failed(_) | Failure::Told => "failed",
            Failure::Usage(_) => "usage",
            Failure::Refused(_) => "refused",
            Failure::Unreachable(_) | Failure::ToldAway => "unreachable",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Failed(words)
            | Failure::Usage(words)
            | Failure::Refused(words)
            | Failure::Unreachable(words) => f.write_str(words),
            Failure::Told | Failure::ToldAway => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
