//! What a server sends.

use domain::{AccountId, ChannelId, Epoch, Key, Position, Stamp, WorkspaceId};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::mine::Item;
use crate::{time, written};

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Down<'a> {
    Welcome(Welcome<'a>),
    Event(&'a Event<'a>),
    Changed(&'a RawValue),
    Private(Private),
    At(At<'a>),
    Done(Done<'a>),
    Refused(Refused<'a>),
    Faces(Faces<'a>),
    Goodbye(Goodbye<'a>),
}

impl Down<'_> {
    pub fn text(&self) -> String {
        // Every frame of ours has a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Welcome<'a> {
    #[serde(serialize_with = "shown")]
    pub session: Key,
    pub node: &'a str,
    pub ticket: &'a str,
    #[serde(serialize_with = "time::stamp")]
    pub now: Stamp,
    pub workspace: WorkspaceId,
    #[serde(serialize_with = "written::epoch")]
    pub epoch: Epoch,
    #[serde(serialize_with = "written::position")]
    pub position: Position,
    /// The version of my private rows.
    pub private: u64,
    pub me: AccountId,
    pub heartbeat_s: u64,
    pub limits: Limits,
    /// Which of `waiting` happened; send the others again with the same key.
    pub done: &'a [Happened],
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Limits {
    pub frame_bytes: usize,
    pub commands_per_s: u32,
    pub look_people: usize,
    pub look_channels: usize,
    pub waiting: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Happened {
    #[serde(serialize_with = "shown")]
    pub key: Key,
    #[serde(serialize_with = "written::position")]
    pub position: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Private {
    pub version: u64,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Serialize)]
pub struct At<'a> {
    #[serde(serialize_with = "written::position")]
    pub position: Position,
    pub private: u64,
    #[serde(serialize_with = "time::stamp")]
    pub now: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Done<'a> {
    #[serde(serialize_with = "shown")]
    pub key: Key,
    #[serde(serialize_with = "written::position")]
    pub position: Position,
    #[serde(serialize_with = "time::stamp")]
    pub stamp: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What else the command answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<&'a RawValue>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Refused<'a> {
    #[serde(serialize_with = "shown")]
    pub key: Key,
    pub code: &'a str,
    pub message: &'a str,
    /// The field or the missing right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
    /// Seconds; the same key again after them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Faces<'a> {
    /// From here on the events of the channels looked at come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    pub people: &'a [(AccountId, &'static str)],
    pub typing: &'a [(ChannelId, u64, AccountId)],
}

/// Why it ends, as a number; the close frame carries 4000 more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoodbyeCode {
    SignedOut = 1,
    NotAMember = 2,
    TooSlow = 3,
    Draining = 4,
    Storm = 5,
    Malformed = 6,
    TooFast = 7,
    NoHello = 8,
    Version = 9,
    Epoch = 10,
}

impl GoodbyeCode {
    pub fn close_code(self) -> u16 {
        4000 + self as u16
    }
    fn message(self) -> &'static str {
        match self {
            Self::SignedOut => "sign in again",
            Self::NotAMember => "there is no such workspace, or you are not in it",
            Self::TooSlow => "this connection took too little for too long; come back",
            Self::Draining => "this server is going down for a moment; come back",
            Self::Storm => "many come back at once; come back a little later",
            Self::Malformed => "that was no frame of this protocol",
            Self::TooFast => "too many commands; slow down",
            Self::NoHello => "say hello first, and soon",
            Self::Version => "this version is not spoken here",
            Self::Epoch => "the journal has another history; drop what you hold and start again",
        }
    }
}

/// Whether, and when, to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    Now,
    AfterMs(u64),
    Never,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Goodbye<'a> {
    pub code: u8,
    pub message: &'a str,
    pub again: Again,
}

pub fn goodbye(code: GoodbyeCode, again: Again) -> Down<'static> {
    Down::Goodbye(Goodbye { code: code as u8, message: code.message(), again })
}

fn shown<S: serde::Serializer>(key: &Key, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_goodbye_says_what_to_do() {
        let text = goodbye(GoodbyeCode::Storm, Again::AfterMs(1_200)).text();
        let expected = r#"{"goodbye":{"code":5,"message":"many come back at once; come back a little later","again":{"after_ms":1200}}}"#;
        assert_eq!(text, expected);
        assert!(goodbye(GoodbyeCode::SignedOut, Again::Never).text().ends_with(r#""again":"never"}}"#));
        assert_eq!(GoodbyeCode::Epoch.close_code(), 4010);
    }

    #[test]
    fn a_frame_down_is_one_member_named_by_its_kind() {
        let at = At { position: Position(7), private: 2, now: Stamp(5), ticket: None };
        assert_eq!(Down::At(at).text(), r#"{"at":{"position":7,"private":2,"now":"5"}}"#);
        assert_eq!(Down::Faces(Faces::default()).text(), r#"{"faces":{"people":[],"typing":[]}}"#);
    }
}
