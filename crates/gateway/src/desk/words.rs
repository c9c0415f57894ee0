//! Outcomes as frames, and errors as farewells.

use std::time::Duration;

use protocol::Key;
use protocol::frame::{Again, Done as DoneFrame, Down, GoodbyeCode, Refused};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use service::{Done, NotDone};

use crate::codec;

/// Why a command was not done.
pub(super) enum Unheard {
    /// By whoever does it.
    Refused(NotDone),
    /// Its account asks too often.
    TooOften(Duration),
}

pub(super) fn outcome(key: Key, outcome: Result<Done, Unheard>, into: &mut Vec<u8>) {
    let done = match outcome {
        Ok(done) => done,
        Err(Unheard::Refused(error)) => return refused(key, &error, into),
        Err(Unheard::TooOften(wait)) => return slow_down(key, wait, into),
    };
    let answer: Value = serde_json::from_str(&done.reply.0).unwrap_or(Value::Null);
    let number = answer.get("number").and_then(Value::as_u64);
    let says_more = answer.as_object().is_some_and(|members| members.keys().any(|name| name != "number"));
    let reply = if says_more { RawValue::from_string(done.reply.0).ok() } else { None };
    let frame =
        DoneFrame { key, position: done.position, stamp: done.stamp, number, reply: reply.as_deref() };
    codec::text(&Down::Done(frame).text(), into);
}

fn slow_down(key: Key, wait: Duration, into: &mut Vec<u8>) {
    let message = "this account asks too often; wait, and send it again with the same key";
    let retry_after = Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    let refused = Refused { key, code: "slow_down", message, details: None, retry_after };
    codec::text(&Down::Refused(refused).text(), into);
}

fn refused(key: Key, error: &NotDone, into: &mut Vec<u8>) {
    const FULL: &str = "too much at once; send it again with the same key";
    const SHUT: &str = "nothing can be written just now; send it again with the same key";
    const AGAIN: &str = "whether it happened is not known; send it again with the same key";
    let (code, message, retry_after) = match error {
        NotDone::Refused(refusal) => (refusal.code.word(), refusal.message.as_ref(), None),
        NotDone::Saturated { retry_after } => ("busy", FULL, Some(retry_after.as_secs().max(1))),
        NotDone::ReadOnly { retry_after } => ("read_only", SHUT, Some(retry_after.as_secs().max(1))),
        NotDone::Elsewhere => ("not_found", "there is nothing here that you may see", None),
        NotDone::Unknown | NotDone::Stopping => ("busy", AGAIN, Some(1)),
        NotDone::Failed(why) => {
            tracing::error!(%why, "a command failed: {why}");
            ("failed", "something failed here; nothing was changed", None)
        }
    };
    let details = match error {
        NotDone::Refused(refusal) => refusal.about.map(|about| match code {
            "invalid" => json!({ about: refusal.message }),
            "not_allowed" => json!({ "right": about }),
            _ => json!({ "about": about }),
        }),
        _ => None,
    };
    codec::text(&Down::Refused(Refused { key, code, message, details, retry_after }).text(), into);
}

/// What an error on the way in, or in staying, means for the socket; none where it says nothing about it.
pub(super) fn farewell(error: &NotDone) -> Option<(GoodbyeCode, Again)> {
    match error {
        NotDone::Refused(refusal) => match refusal.code.word() {
            "signed_out" => Some((GoodbyeCode::SignedOut, Again::Never)),
            "other_epoch" => Some((GoodbyeCode::Epoch, Again::Now)),
            _ => Some((GoodbyeCode::NotAMember, Again::Never)),
        },
        NotDone::Elsewhere => Some((GoodbyeCode::NotAMember, Again::Never)),
        _ => None,
    }
}
