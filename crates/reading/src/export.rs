//! What somebody may take with them: their own rows of a workspace, and what they said there.

use domain::cell::{Cell, Corrupt, Value};
use domain::{AccountId, By, ChannelId, ChannelKind, Position, SeatRole, Stamp, values};
use store::{Answer, Query, Record};

const SEATS: &str = "SELECT s.channel, c.kind, c.name, s.role, s.since, s.read_number
    FROM channel_member s JOIN channel c ON c.workspace = s.workspace AND c.id = s.channel
    WHERE s.workspace = $1 AND s.account = $2 AND s.channel >= $3 AND s.role <> 'left'
    ORDER BY s.channel LIMIT $4";

const KEPT: &str = "SELECT kind, subject, value FROM private
    WHERE workspace = $1 AND account = $2 AND (kind, subject) > ($3, $4) AND value IS NOT NULL
    ORDER BY kind, subject LIMIT $5";

// What others said is looked at to go past it, and not read.
const SAID: &str = "SELECT thread, number, at_us, author,
        CASE WHEN author = $1 THEN text ELSE '' END, edited_us, deleted_us
    FROM message WHERE channel = $2 AND (thread, number) > ($3, $4) ORDER BY thread, number LIMIT $5";

pub const QUERIES: &[&str] = &[SEATS, KEPT, SAID];

#[derive(Debug, Clone)]
pub struct Seated {
    pub channel: ChannelId,
    pub kind: ChannelKind,
    pub name: String,
    pub role: SeatRole,
    pub since: Position,
    pub read_number: u64,
}

/// A private row.
#[derive(Debug, Clone)]
pub struct Kept {
    pub kind: String,
    pub subject: String,
    /// JSON.
    pub value: String,
}

#[derive(Debug, Clone)]
pub struct Said {
    pub thread: u64,
    pub number: u64,
    pub at: Stamp,
    pub author: AccountId,
    pub text: String,
    pub edited: Option<Stamp>,
    pub deleted: Option<Stamp>,
}

/// Where they sit, from one channel on.
pub fn seats(by: By, from: Option<ChannelId>, limit: u32) -> Query {
    let from = from.map_or_else(|| Value::Blob(Vec::new()), |from| Value::of(&from));
    Query {
        sql: SEATS,
        values: vec![Value::of(&by.workspace), Value::of(&by.account), from, Value::of(&limit)],
    }
}

pub fn seats_in(answer: &Answer) -> Result<Vec<Seated>, Corrupt> {
    let seat = |row: Record<'_>| {
        let mut source = row.columns();
        Ok(Seated {
            channel: Cell::take_present(&mut source)?,
            kind: Cell::take_present(&mut source)?,
            name: Cell::take_present(&mut source)?,
            role: Cell::take_present(&mut source)?,
            since: Cell::take_present(&mut source)?,
            read_number: Cell::take_present(&mut source)?,
        })
    };
    answer.iter().map(seat).collect()
}

/// What they kept, after one of them.
pub fn kept(by: By, after: Option<&(String, String)>, limit: u32) -> Query {
    let (kind, subject) = after.cloned().unwrap_or_default();
    Query { sql: KEPT, values: values![&by.workspace, &by.account, &kind, &subject, &limit] }
}

pub fn kept_in(answer: &Answer) -> Result<Vec<Kept>, Corrupt> {
    let kept = |row: Record<'_>| {
        let mut source = row.columns();
        Ok(Kept {
            kind: Cell::take_present(&mut source)?,
            subject: Cell::take_present(&mut source)?,
            value: Cell::take_present(&mut source)?,
        })
    };
    answer.iter().map(kept).collect()
}

/// The next messages of a channel and its threads, whoever wrote them.
pub fn said(author: AccountId, channel: ChannelId, (thread, number): (u64, u64), limit: u32) -> Query {
    Query { sql: SAID, values: values![&author, &channel, &thread, &number, &limit] }
}

pub fn said_in(answer: &Answer) -> Result<Vec<Said>, Corrupt> {
    let said = |row: Record<'_>| {
        let mut source = row.columns();
        Ok(Said {
            thread: Cell::take_present(&mut source)?,
            number: Cell::take_present(&mut source)?,
            at: Cell::take_present(&mut source)?,
            author: Cell::take_present(&mut source)?,
            text: Cell::take_present(&mut source)?,
            edited: Cell::take_present(&mut source)?,
            deleted: Cell::take_present(&mut source)?,
        })
    };
    answer.iter().map(said).collect()
}
