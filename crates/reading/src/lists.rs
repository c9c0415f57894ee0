//! What calls me, what I follow, what I saved: lists across channels, each row beside what its channel is judged by.

use domain::cell::{Cell, Corrupt, Json, Value};
use domain::row::Row;
use domain::{
    By, ChannelId, ChannelKind, Extra, Message, Position, Private, Replies, SeatRole, ShoutKind, ThreadState,
    values,
};
use store::{Answer, Columns, Query, Record};

use crate::take::rows;

macro_rules! named {
    ($range:literal) => {
        concat!(
            "SELECT n.position, n.seen, c.kind, s.role,
        m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us,
        m.last_reply, m.position, m.changed
    FROM mention n
    JOIN message m ON m.channel = n.channel AND m.thread = n.thread AND m.number = n.number
    JOIN channel c ON c.workspace = n.workspace AND c.id = n.channel
    LEFT JOIN channel_member s ON s.channel = n.channel AND s.account = n.account
    WHERE n.workspace = $1 AND n.account = $2 AND ",
            $range
        )
    };
}

/// A bounded run of calls to everyone in the workspace; of those to the asker also the message.
macro_rules! shouted {
    ($range:literal) => {
        concat!(
            "SELECT h.position, h.kind, h.number, h.thread, s.role, s.since, s.read_number, f.state, f.read_number,
        m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us,
        m.last_reply, m.position, m.changed
    FROM (SELECT p.position, p.kind, p.channel, p.thread, p.number FROM shout p
        WHERE p.workspace = $1 AND ",
            $range,
            " LIMIT $3) h
    LEFT JOIN channel_member s ON s.channel = h.channel AND s.account = $4 AND s.role <> 'left'
    LEFT JOIN thread_seat f ON f.channel = h.channel AND f.thread = h.thread AND f.account = s.account
    LEFT JOIN message m ON m.channel = h.channel AND m.thread = h.thread AND m.number = h.number
        AND s.account IS NOT NULL AND m.author <> s.account"
        )
    };
}

const NAMED_BEFORE: &str = named!("n.position < $3 ORDER BY n.position DESC LIMIT $4");
const NAMED_AFTER: &str = named!("n.position > $3 ORDER BY n.position LIMIT $4");
const SHOUTED_BEFORE: &str = shouted!("p.position < $2 ORDER BY p.position DESC");
const SHOUTED_AFTER: &str = shouted!("p.position > $2 ORDER BY p.position");

/// All that somebody follows, without what was said: it is ordered by the last reply, which no index knows.
const FOLLOWED: &str = "SELECT f.channel, f.thread, f.read_number, m.last_reply, m.extra, r.position
    FROM thread_seat f
    JOIN message m ON m.channel = f.channel AND m.thread = 0 AND m.number = f.thread AND m.last_reply > 0
    JOIN message r ON r.channel = f.channel AND r.thread = f.thread AND r.number = m.last_reply
    JOIN channel_member s ON s.channel = f.channel AND s.account = f.account AND s.role <> 'left'
    WHERE f.workspace = $1 AND f.account = $2 AND f.state = 'following' LIMIT $3";

/// By when it was kept: an expression on the kind keeps the key, which would have to be sorted, out of the choice.
const SAVED: &str = "SELECT workspace, account, kind, subject, value, version, at_us FROM private
    WHERE workspace = $1 AND account = $2 AND version > 0 AND version < $3 AND kind || '' = 'saved'
        AND value IS NOT NULL
    ORDER BY version DESC LIMIT $4";

const PLACES: &str = "SELECT c.id, c.kind, s.role
    FROM channel c LEFT JOIN channel_member s ON s.channel = c.id AND s.account = $1
    WHERE c.workspace = $2 AND c.id IN (
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49,
        $50, $51, $52)";

pub const QUERIES: &[&str] =
    &[FOLLOWED, NAMED_AFTER, NAMED_BEFORE, PLACES, SAVED, SHOUTED_AFTER, SHOUTED_BEFORE];

/// Which way a list of calls runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Newest first.
    Before(Position),
    /// Oldest first.
    After(Position),
}

/// What a channel is judged by: its kind, and whether the asker sits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub kind: ChannelKind,
    pub seated: bool,
}

/// A message that names somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub position: Position,
    pub seen: bool,
    pub place: Place,
    pub message: Message,
}

/// A call to everyone; no message where it was not to the asker.
#[derive(Debug, Clone, PartialEq)]
pub struct Shouted {
    pub position: Position,
    pub kind: ShoutKind,
    pub seen: bool,
    pub message: Option<Message>,
}

/// A followed thread; the key of its last reply is channel, thread and `last_number`.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    pub channel: ChannelId,
    pub thread: u64,
    pub read: u64,
    pub last_number: u64,
    pub replies: Replies,
    pub last_position: Position,
}

pub fn named(by: By, from: From, limit: u32) -> Query {
    let (sql, position) = match from {
        From::Before(position) => (NAMED_BEFORE, position),
        From::After(position) => (NAMED_AFTER, position),
    };
    Query { sql, values: values![&by.workspace, &by.account, &position, &limit] }
}

pub fn shouted(by: By, from: From, limit: u32) -> Query {
    let (sql, position) = match from {
        From::Before(position) => (SHOUTED_BEFORE, position),
        From::After(position) => (SHOUTED_AFTER, position),
    };
    Query { sql, values: values![&by.workspace, &position, &limit, &by.account] }
}

pub fn followed(by: By, limit: u32) -> Query {
    Query { sql: FOLLOWED, values: values![&by.workspace, &by.account, &limit] }
}

pub fn saved(by: By, before: u64, limit: u32) -> Query {
    Query { sql: SAVED, values: values![&by.workspace, &by.account, &before, &limit] }
}

/// What these channels are judged by. A statement for every fifty.
pub fn places(by: By, channels: &[ChannelId]) -> Vec<Query> {
    const SLOTS: usize = 50;
    let asked = |some: &[ChannelId]| {
        // What is left of the slots asks for the last one again.
        let padded = some.iter().chain(some.last().into_iter().cycle()).take(SLOTS);
        let own = values![&by.account, &by.workspace];
        Query { sql: PLACES, values: own.into_iter().chain(padded.map(Value::of)).collect() }
    };
    channels.chunks(SLOTS).map(asked).collect()
}

pub fn named_in(answer: &Answer) -> Result<Vec<Named>, Corrupt> {
    let take = |row: Record<'_>| {
        let mut source = row.columns();
        let (position, seen) = (Position::take_present(&mut source)?, bool::take_present(&mut source)?);
        let place = place(&mut source)?;
        Ok(Named { position, seen, place, message: Message::take(&mut source)? })
    };
    answer.iter().map(take).collect()
}

pub fn shouted_in(answer: &Answer) -> Result<Vec<Shouted>, Corrupt> {
    answer.iter().map(|row| shout(&mut row.columns())).collect()
}

/// To the asker: who sat there when it was said, and in a thread who follows it.
fn shout(source: &mut Columns<'_>) -> Result<Shouted, Corrupt> {
    let (position, kind) = (Position::take_present(source)?, ShoutKind::take_present(source)?);
    let (number, thread) = (u64::take_present(source)?, u64::take_present(source)?);
    let seated = SeatRole::take(source)?.is_some_and(|role| role != SeatRole::Left);
    let since = Position::take(source)?;
    let read = u64::take(source)?;
    let follows = ThreadState::take(source)? == Some(ThreadState::Following);
    let read_there = u64::take(source)?;
    let mine = seated && since.is_some_and(|since| since <= position) && (thread == 0 || follows);
    let read = if thread == 0 { read } else { read_there };
    let there = !source.rest().is_null(0);
    let message = if mine && there { Some(Message::take(source)?) } else { None };
    Ok(Shouted { position, kind, seen: read.is_some_and(|read| number <= read), message })
}

pub fn followed_in(answer: &Answer) -> Result<Vec<Followed>, Corrupt> {
    let take = |row: Record<'_>| {
        let mut source = row.columns();
        let channel = ChannelId::take_present(&mut source)?;
        let (thread, read) = (u64::take_present(&mut source)?, u64::take_present(&mut source)?);
        let last_number = u64::take_present(&mut source)?;
        let extra = Json::<Extra>::take(&mut source)?;
        let replies = extra.and_then(|Json(extra)| extra.replies).unwrap_or_default();
        let last_position = Position::take_present(&mut source)?;
        Ok(Followed { channel, thread, read, last_number, replies, last_position })
    };
    answer.iter().map(take).collect()
}

pub fn saved_in(answer: &Answer) -> Result<Vec<Private>, Corrupt> {
    rows(answer)
}

pub fn places_in(answers: &[Answer]) -> Result<Vec<(ChannelId, Place)>, Corrupt> {
    let take = |row: Record<'_>| {
        let mut source = row.columns();
        Ok((ChannelId::take_present(&mut source)?, place(&mut source)?))
    };
    answers.iter().flatten().map(take).collect()
}

fn place(source: &mut Columns<'_>) -> Result<Place, Corrupt> {
    let kind = ChannelKind::take_present(source)?;
    let seated = SeatRole::take(source)?.is_some_and(|role| role != SeatRole::Left);
    Ok(Place { kind, seated })
}
