//! Who is in a workspace: by name, by where they sit, and whom a guest may see.

use std::collections::BTreeSet;

use domain::cell::{Cell, Corrupt, Value};
use domain::row::Row;
use domain::{AccountId, By, ChannelId, Member, values};
use store::{Answer, Query};

use crate::take::rows;

const BY_NAME: &str =
    "SELECT workspace, account, role, state, name, name_key, profile, private, signed_after_us, changed
    FROM member
    WHERE workspace = $1 AND state = 'active' AND name_key >= $2 AND name_key < $3
        AND (name_key > $2 OR account > $4)
    ORDER BY name_key, account LIMIT $5";

const BY_NAME_IN: &str =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM channel_member s
            WHERE s.channel = $1 AND s.account = m.account AND s.role <> 'left') THEN 1 ELSE 0 END,
        m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM member m
    WHERE m.workspace = $2 AND m.state = 'active' AND m.name_key >= $3 AND m.name_key < $4
        AND (m.name_key > $3 OR m.account > $5)
    ORDER BY m.name_key, m.account LIMIT $6";

const BY_NAME_SHARED: &str =
    "SELECT CASE WHEN m.account = $1 OR EXISTS (SELECT 1 FROM channel_member mine
            JOIN channel_member theirs ON theirs.channel = mine.channel
            WHERE mine.workspace = m.workspace AND mine.account = $1 AND mine.role <> 'left'
                AND theirs.account = m.account AND theirs.role <> 'left') THEN 1 ELSE 0 END,
        m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM member m
    WHERE m.workspace = $2 AND m.state = 'active' AND m.name_key >= $3 AND m.name_key < $4
        AND (m.name_key > $3 OR m.account > $5)
    ORDER BY m.name_key, m.account LIMIT $6";

const SEATED: &str =
    "SELECT m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM channel_member s JOIN member m ON m.workspace = s.workspace AND m.account = s.account
    WHERE s.channel = $1 AND s.account > $2 AND s.role <> 'left' AND m.state = 'active'
    ORDER BY s.account LIMIT $3";

const SEATED_BESIDE: &str =
    "SELECT m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM channel_member mine
    JOIN channel_member theirs ON theirs.channel = mine.channel
    JOIN member m ON m.workspace = theirs.workspace AND m.account = theirs.account
    WHERE mine.channel = $1 AND mine.account = $2 AND mine.role <> 'left'
        AND theirs.account > $3 AND theirs.role <> 'left' AND m.state = 'active'
    ORDER BY theirs.account LIMIT $4";

const SEATS: &str = "SELECT channel FROM channel_member
    WHERE workspace = $1 AND account = $2 AND role <> 'left' ORDER BY channel LIMIT $3";

const SHARES: &str = "SELECT theirs.account FROM channel_member mine
    JOIN channel_member theirs ON theirs.channel = mine.channel
    WHERE mine.workspace = $1 AND mine.account = $2 AND mine.role <> 'left' AND theirs.role <> 'left'
        AND theirs.account = $3 LIMIT 1";

pub const QUERIES: &[&str] = &[BY_NAME, BY_NAME_IN, BY_NAME_SHARED, SEATED, SEATED_BESIDE, SEATS, SHARES];

/// After every name that begins with it: names hold no such character.
const LAST: char = '\u{10FFFF}';

/// A stretch of the names of a workspace, folded as names are compared.
#[derive(Debug, Clone)]
pub struct Names {
    pub prefix: String,
    /// The last of the page before.
    pub after: Option<(String, AccountId)>,
    pub limit: u32,
}

impl Names {
    /// From, below and the account to go on after.
    fn values(&self) -> [Value; 4] {
        let below = format!("{}{LAST}", self.prefix);
        let (from, account) = match &self.after {
            // A cursor of another prefix finds nothing outside of this one.
            Some((name, account)) if *name >= self.prefix => (name.clone(), Value::of(account)),
            _ => (self.prefix.clone(), Value::Blob(Vec::new())),
        };
        [Value::Text(from), Value::Text(below), account, Value::Int(i64::from(self.limit))]
    }
}

pub fn by_name(by: By, names: &Names) -> Query {
    let values = values![&by.workspace].into_iter().chain(names.values()).collect();
    Query { sql: BY_NAME, values }
}

/// Each with whether they sit in the channel.
pub fn by_name_in(by: By, channel: ChannelId, names: &Names) -> Query {
    let values = values![&channel, &by.workspace].into_iter().chain(names.values()).collect();
    Query { sql: BY_NAME_IN, values }
}

/// Each with whether they share a seat with who asks.
pub fn by_name_shared(by: By, names: &Names) -> Query {
    let values = values![&by.account, &by.workspace].into_iter().chain(names.values()).collect();
    Query { sql: BY_NAME_SHARED, values }
}

pub fn judged_in(answer: &Answer) -> Result<Vec<(bool, Member)>, Corrupt> {
    let judged = answer.iter().map(|row| {
        let mut source = row.columns();
        Ok((i64::take_present(&mut source)? == 1, Member::take(&mut source)?))
    });
    judged.collect()
}

fn after(last: Option<AccountId>) -> Value {
    last.map_or_else(|| Value::Blob(Vec::new()), |last| Value::of(&last))
}

/// Who sits in a channel, by account. Whether it may be seen is judged beside it.
pub fn seated(channel: ChannelId, last: Option<AccountId>, limit: u32) -> Query {
    Query { sql: SEATED, values: vec![Value::of(&channel), after(last), Value::of(&limit)] }
}

/// The same, as long as who asks sits there too.
pub fn seated_beside(by: By, channel: ChannelId, last: Option<AccountId>, limit: u32) -> Query {
    let values = vec![Value::of(&channel), Value::of(&by.account), after(last), Value::of(&limit)];
    Query { sql: SEATED_BESIDE, values }
}

/// Where who asks sits.
pub fn seats(by: By, limit: u32) -> Query {
    Query { sql: SEATS, values: values![&by.workspace, &by.account, &limit] }
}

pub fn seats_in(answer: &Answer) -> Result<Vec<ChannelId>, Corrupt> {
    answer.iter().map(|row| ChannelId::take_present(&mut row.columns())).collect()
}

/// One statement each: those who share a seat with who asks.
pub fn shares(by: By, accounts: &[AccountId]) -> Vec<Query> {
    let asked = |account: &AccountId| values![&by.workspace, &by.account, account];
    accounts.iter().map(|account| Query { sql: SHARES, values: asked(account) }).collect()
}

pub fn shares_in(answers: &[Answer]) -> Result<BTreeSet<AccountId>, Corrupt> {
    let first = answers.iter().filter_map(Answer::first);
    first.map(|row| AccountId::take_present(&mut row.columns())).collect()
}

pub fn members_in(answer: &Answer) -> Result<Vec<Member>, Corrupt> {
    rows(answer)
}
