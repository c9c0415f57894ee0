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
}

impl Failure {
    pub fn code(&self) -> u8 {
        match self {
            Failure::Failed(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Refused(_) => 3,
            Failure::Unreachable(_) => 4,
        }
    }

    /// The same as a word, for `--json` and the control socket.
    pub fn word(&self) -> &'static str {
        match self {
            Failure::Failed(_) => "failed",
            Failure::Usage(_) => "usage",
            Failure::Refused(_) => "refused",
            Failure::Unreachable(_) => "unreachable",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Failure::Failed(words)
        | Failure::Usage(words)
        | Failure::Refused(words)
        | Failure::Unreachable(words)) = self;
        f.write_str(words)
    }
}

impl std::error::Error for Failure {}
