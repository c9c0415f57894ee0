use std::io;

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::ErrorFields;

/// Error texts can quote a whole value; this much of one is enough to act on.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// What went wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// No connection came about, so nothing was asked: try again later.
    #[error("cannot reach the database: {0}")]
    Unreachable(String),
    /// The connection was gone before anything was written: nothing happened, take another one.
    #[error("the database connection is closed: {0}")]
    Closed(String),
    /// The connection went away in the middle of a flight: what the server did is unknown.
    #[error("the database connection was lost in the middle of a flight: {0}")]
    Lost(String),
    /// The answer took too long; the connection is given up and what the server did is unknown.
    #[error("the database did not answer in time")]
    Timeout,
    /// The server refused a statement; the connection is good.
    #[error(transparent)]
    Server(Box<ServerError>),
    /// What came is not the protocol; the connection is given up.
    #[error("the database sent what is not its protocol: {0}")]
    Protocol(String),
    /// Our own side is wrong: a statement that cannot be sent, or a column read as what it is not. Nothing was written.
    #[error("{0}")]
    Misuse(String),
}

impl PgError {
    /// The five-letter code of the server, when it was the server who refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Server(error) => Some(&error.code),
            _ => None,
        }
    }

    /// Whether it was refused for what the session keeps, so that it may do when it is sent whole.
    pub fn is_stale(&self) -> bool {
        self.code().is_some_and(crate::kept::is_stale)
    }

    /// Whether the server may have carried out what was asked although no answer says so.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Timeout | Self::Protocol(_))
    }
}

/// A refusal in the server's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{severity} {code}: {message}")]
pub struct ServerError {
    pub severity: String,
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub constraint: Option<String>,
    /// Which statement of the flight it was; none when it came at the Sync (a deferred check).
    pub statement: Option<usize>,
}

impl ServerError {
    pub(super) fn read(mut fields: ErrorFields<'_>) -> io::Result<Self> {
        let mut error = Self::default();
        while let Some(field) = fields.next()? {
            let value = || shortened(field.value_bytes());
            match field.type_() {
                // V is S without translation; servers before 9.6 and poolers send S only.
                b'V' => error.severity = value(),
                b'S' if error.severity.is_empty() => error.severity = value(),
                b'C' => error.code = value(),
                b'M' => error.message = value(),
                b'D' => error.detail = Some(value()),
                b'n' => error.constraint = Some(value()),
                _ => {}
            }
        }
        Ok(error)
    }

    /// After these the server hangs up.
    pub(super) fn ends_session(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }
}

fn shortened(value: &[u8]) -> String {
    String::from_utf8_lossy(&value[..value.len().min(TEXT_BYTES_MAX)]).into_owned()
}

/// Trouble on the wire, before it is known what it means for the caller.
#[derive(Debug)]
pub(super) enum WireError {
    Gone(String),
    Garbage(String),
}

impl WireError {
    /// In the middle of a flight.
    pub(super) fn lost(self) -> PgError {
        match self {
            Self::Gone(why) => PgError::Lost(why),
            Self::Garbage(what) => PgError::Protocol(what),
        }
    }

    /// Before anything of a flight was written.
    pub(super) fn closed(self) -> PgError {
        match self {
            Self::Gone(why) | Self::Garbage(why) => PgError::Closed(why),
        }
    }

    /// While connecting.
    pub(super) fn unreachable(self) -> PgError {
        match self {
            Self::Gone(why) => PgError::Unreachable(why),
            Self::Garbage(what) => PgError::Protocol(what),
        }
    }
}

/// What `postgres-protocol` cannot read is garbage, whatever it calls it.
impl From<io::Error> for WireError {
    fn from(error: io::Error) -> Self {
        Self::Garbage(error.to_string())
    }
}
