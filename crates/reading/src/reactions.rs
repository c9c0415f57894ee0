//! Who reacted to a message, and with what.

use std::collections::BTreeSet;

use domain::cell::{Cell, Corrupt, Value};
use domain::{AccountId, ChannelId, Reaction, values};
use store::{Answer, Query, Record};

use crate::take::rows;

const ALL: &str = "SELECT channel, thread, number, emoji, account, at_us FROM reaction
    WHERE channel = $1 AND thread = $2 AND number = $3 AND (emoji, account) > ($4, $5)
    ORDER BY emoji, account LIMIT $6";

const WITH: &str = "SELECT channel, thread, number, emoji, account, at_us FROM reaction
    WHERE channel = $1 AND thread = $2 AND number = $3 AND emoji = $4 AND account > $5
    ORDER BY account LIMIT $6";

/// Reactions asked about in one statement; it is one text for any number up to it.
const SLOTS: usize = 4;

/// Each a look-up by the whole key: whoever reacted besides is never read.
const OWN: &str = "SELECT thread, number, emoji FROM reaction
        WHERE channel = $1 AND account = $2 AND thread = $3 AND number = $4 AND emoji = $5
    UNION ALL SELECT thread, number, emoji FROM reaction
        WHERE channel = $1 AND account = $2 AND thread = $6 AND number = $7 AND emoji = $8
    UNION ALL SELECT thread, number, emoji FROM reaction
        WHERE channel = $1 AND account = $2 AND thread = $9 AND number = $10 AND emoji = $11
    UNION ALL SELECT thread, number, emoji FROM reaction
        WHERE channel = $1 AND account = $2 AND thread = $12 AND number = $13 AND emoji = $14";

pub const QUERIES: &[&str] = &[ALL, OWN, WITH];

/// Thread, number and emoji.
pub type Which = (u64, u64, String);

/// Who reacted at all, by emoji; after a reaction the page before ended with.
pub fn all(at: (ChannelId, u64, u64), after: Option<&(String, AccountId)>, limit: u32) -> Query {
    let (emoji, account) = after.cloned().unzip();
    Query { sql: ALL, values: [place(at), vec![text(emoji), bytes(account), Value::of(&limit)]].concat() }
}

/// Who reacted with one emoji.
pub fn with(at: (ChannelId, u64, u64), emoji: &str, after: Option<AccountId>, limit: u32) -> Query {
    let emoji = Value::Text(emoji.to_owned());
    Query { sql: WITH, values: [place(at), vec![emoji, bytes(after), Value::of(&limit)]].concat() }
}

pub fn reactions_in(answer: &Answer) -> Result<Vec<Reaction>, Corrupt> {
    rows(answer)
}

/// Which of these somebody made. A statement for every few.
pub fn own(channel: ChannelId, account: AccountId, which: &[Which]) -> Vec<Query> {
    let asked = |some: &[Which]| {
        // What is left of the slots asks for the last one again.
        let padded = some.iter().chain(some.last().into_iter().cycle()).take(SLOTS);
        let slots = padded.flat_map(|(thread, number, emoji)| values![thread, number, emoji]);
        Query { sql: OWN, values: values![&channel, &account].into_iter().chain(slots).collect() }
    };
    which.chunks(SLOTS).map(asked).collect()
}

pub fn own_in(answers: &[Answer]) -> Result<BTreeSet<Which>, Corrupt> {
    let which = |row: Record<'_>| {
        let mut source = row.columns();
        let (thread, number) = (u64::take_present(&mut source)?, u64::take_present(&mut source)?);
        Ok((thread, number, String::take_present(&mut source)?))
    };
    answers.iter().flatten().map(which).collect()
}

fn place((channel, thread, number): (ChannelId, u64, u64)) -> Vec<Value> {
    values![&channel, &thread, &number]
}

/// Before the first there is nothing smaller than nothing.
fn text(emoji: Option<String>) -> Value {
    Value::Text(emoji.unwrap_or_default())
}

fn bytes(account: Option<AccountId>) -> Value {
    Value::Blob(account.map(|account| account.bytes().to_vec()).unwrap_or_default())
}
