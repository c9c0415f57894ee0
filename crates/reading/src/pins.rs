//! What a channel keeps in sight.

use domain::cell::{Cell, Corrupt, Value};
use domain::row::Row;
use domain::{ChannelId, Message, Stamp};
use store::{Answer, Query};

const PINS: &str =
    "SELECT p.at_us, m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us,
        m.last_reply, m.position, m.changed
    FROM pin p JOIN message m ON m.channel = p.channel AND m.thread = p.thread AND m.number = p.number
    WHERE p.channel = $1 AND p.at_us > 0 AND p.at_us < $2 ORDER BY p.at_us DESC LIMIT $3";

pub const QUERIES: &[&str] = &[PINS];

/// Pinned before a moment, the latest first; no two are pinned at one.
pub fn page(channel: ChannelId, before: Option<Stamp>, limit: u32) -> Query {
    let before = before.unwrap_or(Stamp(i64::MAX));
    Query { sql: PINS, values: vec![Value::of(&channel), Value::of(&before), Value::Int(i64::from(limit))] }
}

pub fn page_in(answer: &Answer) -> Result<Vec<(Stamp, Message)>, Corrupt> {
    let both = answer.iter().map(|row| {
        let mut source = row.columns();
        Ok((Stamp::take_present(&mut source)?, Message::take(&mut source)?))
    });
    both.collect()
}
