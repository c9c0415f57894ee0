//! How the commands of this machine speak to the server that holds the data folder: one question a connection, over a socket
//! in that folder which only its owner can open.
//!
//! Question and answers are lines of JSON. Any number of progress lines come before the one that ends it.

mod client;
mod server;
mod socket;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Failure;

pub use client::ask;
#[cfg(test)]
use server::Answerer;
pub use server::{Progress, listen};

/// What can be asked of a running server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// A copy of the store, into the usual folder or another one.
    Backup { to: Option<std::path::PathBuf> },
    /// Whether the store is consistent.
    Check {},
    /// The level of the installation; raised to what every live node reads if that is asked.
    Level { raise: bool },
    /// A link for the owner of the installation to set a password by; before set-up, the code.
    OwnerLink {},
    /// The same for anybody.
    ResetLink { email: String },
    /// Who is signed in, one or everyone; one session or all of them ended if that is asked.
    Sessions { email: Option<String>, end: Option<String>, all: bool },
    /// What was read lately and is remembered, by a pattern of names: dropped, and read anew.
    DropCache { pattern: String },
    /// The jobs that were laid aside; one of them tried again if that is asked.
    Jobs { retry: Option<String> },
    /// People for a load test: a workspace of their own, a session and seats for each.
    LoadPrepare { people: u32, channels: u32, seats: u32, spread: load::crowd::Spread, directs: bool },
    /// They go again, and their workspace is archived.
    LoadRemove { slug: String },
    /// Which steps the store has taken and which wait; these are taken if that is asked.
    Migrations { up: bool },
}

/// One line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Progress(String),
    Done(Value),
    Failure { code: String, message: String },
}

impl From<Result<Value, Failure>> for Said {
    fn from(ended: Result<Value, Failure>) -> Said {
        match ended {
            Ok(value) => Said::Done(value),
            Err(failure) => Said::Failure { code: failure.word().to_owned(), message: failure.to_string() },
        }
    }
}
