//! What followers read: the tail of a journal with the messages it speaks of, and whom a message may have to be told.

use domain::cell::{Cell, Corrupt, Value};
use domain::row::Row;
use domain::{AccountId, ChannelId, Epoch, Event, Message, Position, Stamp, WorkspaceId, values};
use store::{Answer, Query, Record};

const ORIGIN: &str = "SELECT workspace, epoch_before, epoch_from FROM head WHERE workspace = $1";

const TAIL: &str =
    "SELECT e.workspace, e.position, e.kind, e.audience, e.at_us, e.actor, e.channel, e.thread, e.number, e.account, e.body,
        m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us, m.last_reply,
        m.position, m.changed
    FROM event e LEFT JOIN message m ON m.channel = e.channel AND m.thread = e.thread AND m.number = e.number
    WHERE e.workspace = $1 AND e.position > $2 ORDER BY e.position LIMIT $3";

const SITTING: &str = "SELECT account FROM channel_member
    WHERE channel = $1 AND account > $2 AND role <> 'left' ORDER BY account LIMIT $3";
const FOLLOWING: &str = "SELECT account FROM thread_seat
    WHERE channel = $1 AND thread = $2 AND account > $3 AND state = 'following' ORDER BY account LIMIT $4";

const CHOICES: &str = "SELECT account, value FROM private
    WHERE workspace = $1 AND kind = 'preference' AND subject = 'notify_after' AND value IS NOT NULL AND account IN (
        $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49,
        $50, $51)";

/// Whoever is named and has not seen it.
const UNSEEN: &str = "SELECT n.account, n.channel, n.thread, n.number, m.position, m.at_us, n.position
    FROM mention n CROSS JOIN message m
    WHERE n.workspace = $1 AND n.seen = 0 AND n.account >= $2 AND (n.account, n.channel, n.position) > ($2, $3, $4)
        AND m.channel = n.channel AND m.thread = n.thread AND m.number = n.number
        AND n.position > $5 AND m.at_us > $6
    ORDER BY n.account, n.channel, n.position LIMIT $7";

/// Of direct channels, whose ids stand together: what is unread of the last hundred.
const UNREAD: &str = "SELECT s.account, m.channel, m.thread, m.number, m.position, m.at_us, m.position
    FROM channel_tip t CROSS JOIN channel_member s CROSS JOIN message m
    WHERE t.workspace = $1 AND t.channel >= $2 AND s.channel = t.channel AND s.role <> 'left'
        AND m.channel = t.channel AND m.thread = 0 AND m.number > s.read_number AND m.number > t.last_number - 100
        AND (t.channel, s.account, m.number) > ($2, $3, $4) AND m.position > $5 AND m.at_us > $6
        AND m.author <> s.account AND m.deleted_us IS NULL
    ORDER BY t.channel, s.account, m.number LIMIT $7";

/// Threads somebody follows and has not read to the end.
const BEHIND: &str = "SELECT f.account, f.channel, f.thread, f.read_number, r.last_reply
    FROM thread_seat f CROSS JOIN message r
    WHERE f.workspace = $1 AND f.account >= $2 AND f.state = 'following'
        AND (f.account, f.channel, f.thread) > ($2, $3, $4)
        AND r.channel = f.channel AND r.thread = 0 AND r.number = f.thread AND r.last_reply > f.read_number
    ORDER BY f.account, f.channel, f.thread LIMIT $5";
const REPLIES: &str = "SELECT author, number, position, at_us FROM message
    WHERE channel = $1 AND thread = $2 AND number > $3 AND deleted_us IS NULL ORDER BY number LIMIT 100";

pub const QUERIES: &[&str] = &[ORIGIN, TAIL, SITTING, FOLLOWING, CHOICES, UNSEEN, UNREAD, BEHIND, REPLIES];

/// An event, and the message it speaks of as that is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub event: Event,
    pub message: Option<Message>,
}

/// The journal after a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    pub told: Vec<Told>,
    /// The history before this one, and the last position both share.
    pub before: Option<(Epoch, Position)>,
}

pub fn tail(workspace: WorkspaceId, after: Position, max: u32) -> [Query; 2] {
    let origin = Query { sql: ORIGIN, values: values![&workspace] };
    [origin, Query { sql: TAIL, values: values![&workspace, &after, &max] }]
}

pub fn tail_in(answers: &[Answer]) -> Result<Tail, Corrupt> {
    let [origin, told] = answers else { return Err(Corrupt("two answers to two questions")) };
    let mut before = None;
    if let Some(row) = origin.first() {
        let mut source = row.columns();
        WorkspaceId::take_present(&mut source)?;
        let epoch = Option::<Epoch>::take_present(&mut source)?;
        before = epoch.zip(Some(Position::take_present(&mut source)?));
    }
    Ok(Tail { told: told.iter().map(take_told).collect::<Result<_, _>>()?, before })
}

fn take_told(row: Record<'_>) -> Result<Told, Corrupt> {
    let (event, message) = row.split(Event::COLUMNS.len())?;
    let event = Event::take(&mut event.columns())?;
    let known = !message.is_null(0);
    let message = known.then(|| Message::take(&mut message.columns())).transpose()?;
    Ok(Told { event, message })
}

/// Where a message is heard by everyone who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circle {
    /// Who sits in the channel.
    Channel(ChannelId),
    /// Who follows the thread.
    Thread(ChannelId, u64),
}

/// People of a circle, in the order of their ids.
pub fn people(circle: Circle, after: Option<AccountId>, max: u32) -> Query {
    let after = after.map_or(Value::Blob(Vec::new()), |after| Value::of(&after));
    let max = Value::of(&max);
    match circle {
        Circle::Channel(channel) => Query { sql: SITTING, values: vec![Value::of(&channel), after, max] },
        Circle::Thread(channel, thread) => {
            Query { sql: FOLLOWING, values: vec![Value::of(&channel), Value::of(&thread), after, max] }
        }
    }
}

pub fn people_in(answer: &Answer) -> Result<Vec<AccountId>, Corrupt> {
    answer.iter().map(|row| AccountId::take_present(&mut row.columns())).collect()
}

/// How long after a message people want to be told, of those who chose. A statement for every fifty.
pub fn choices(workspace: WorkspaceId, accounts: &[AccountId]) -> Vec<Query> {
    crate::people::by_fifties(CHOICES, workspace, accounts)
}

/// In seconds; what does not read is no choice.
pub fn choices_in(answers: &[Answer]) -> Result<Vec<(AccountId, u64)>, Corrupt> {
    let mut chosen = Vec::new();
    for row in answers.iter().flatten() {
        let mut source = row.columns();
        let account = AccountId::take_present(&mut source)?;
        let seconds = String::take_present(&mut source)?.parse().ok();
        chosen.extend(seconds.map(|seconds| (account, seconds)));
    }
    Ok(chosen)
}

/// A message somebody may have to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub account: AccountId,
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
    /// The message's own, by which it is told once.
    pub position: Position,
    pub at_us: Stamp,
    /// Where the list it was found in has it.
    pub listed: Position,
}

/// A part of all that is unread in a workspace: mentions first, then direct messages, then replies; behind the one of
/// the part before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Mentions(Option<Call>),
    Direct(Option<Call>),
    Replies(Option<Behind>),
}

impl Default for Part {
    fn default() -> Self {
        Self::Mentions(None)
    }
}

/// A thread somebody follows, read to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    pub account: AccountId,
    pub channel: ChannelId,
    pub thread: u64,
    pub read: u64,
    pub last: u64,
}

/// Calls, or threads, of one part.
const PART: usize = 500;
/// Of a thread: told of no more.
const REPLIES_MAX: u64 = 100;

/// Those who are named, of messages after a position and a moment.
pub fn unseen(workspace: WorkspaceId, last: Option<&Call>, after: Position, since: Stamp) -> Query {
    let none = || Value::Blob(Vec::new());
    let key = match last {
        None => vec![none(), none(), Value::Int(0)],
        Some(last) => values![&last.account, &last.channel, &last.listed],
    };
    let bounds = [Value::of(&after), Value::of(&since), Value::Int(PART as i64)];
    Query { sql: UNSEEN, values: std::iter::once(Value::of(&workspace)).chain(key).chain(bounds).collect() }
}

/// Those something was said to alone, or among a few.
pub fn unread(workspace: WorkspaceId, last: Option<&Call>, after: Position, since: Stamp) -> Query {
    let key = match last {
        None => {
            let first = ChannelId::direct(domain::Key::default());
            vec![Value::of(&first), Value::Blob(Vec::new()), Value::Int(0)]
        }
        Some(last) => values![&last.channel, &last.account, &last.number],
    };
    let bounds = [Value::of(&after), Value::of(&since), Value::Int(PART as i64)];
    Query { sql: UNREAD, values: std::iter::once(Value::of(&workspace)).chain(key).chain(bounds).collect() }
}

pub fn calls_in(answer: &Answer) -> Result<Vec<Call>, Corrupt> {
    let call = |row: Record<'_>| {
        let mut source = row.columns();
        Ok(Call {
            account: Cell::take_present(&mut source)?,
            channel: Cell::take_present(&mut source)?,
            thread: Cell::take_present(&mut source)?,
            number: Cell::take_present(&mut source)?,
            position: Cell::take_present(&mut source)?,
            at_us: Cell::take_present(&mut source)?,
            listed: Cell::take_present(&mut source)?,
        })
    };
    answer.iter().map(call).collect()
}

/// Where a full part ends; nothing where it was the last of its kind.
pub fn last_of<T: Copy>(part: &[T]) -> Option<T> {
    part.last().copied().filter(|_| part.len() >= PART)
}

pub fn behind(workspace: WorkspaceId, last: Option<&Behind>) -> Query {
    let key = match last {
        None => vec![Value::Blob(Vec::new()), Value::Blob(Vec::new()), Value::Int(0)],
        Some(last) => values![&last.account, &last.channel, &last.thread],
    };
    let values = std::iter::once(Value::of(&workspace)).chain(key).chain([Value::Int(PART as i64)]);
    Query { sql: BEHIND, values: values.collect() }
}

pub fn behind_in(answer: &Answer) -> Result<Vec<Behind>, Corrupt> {
    let behind = |row: Record<'_>| {
        let mut source = row.columns();
        Ok(Behind {
            account: Cell::take_present(&mut source)?,
            channel: Cell::take_present(&mut source)?,
            thread: Cell::take_present(&mut source)?,
            read: Cell::take_present(&mut source)?,
            last: Cell::take_present(&mut source)?,
        })
    };
    answer.iter().map(behind).collect()
}

impl Behind {
    /// What of it is unread, of the last hundred replies.
    pub fn query(&self) -> Query {
        let read = self.read.max(self.last.saturating_sub(REPLIES_MAX));
        Query { sql: REPLIES, values: values![&self.channel, &self.thread, &read] }
    }

    /// Those others wrote, after a position and a moment.
    pub fn calls_in(&self, answer: &Answer, after: Position, since: Stamp) -> Result<Vec<Call>, Corrupt> {
        let Self { account, channel, thread, .. } = *self;
        let mut calls = Vec::with_capacity(answer.len());
        for row in answer {
            let mut source = row.columns();
            let author = AccountId::take_present(&mut source)?;
            let number = Cell::take_present(&mut source)?;
            let position = Position::take_present(&mut source)?;
            let at_us = Stamp::take_present(&mut source)?;
            if author != account && position > after && at_us > since {
                calls.push(Call { account, channel, thread, number, position, at_us, listed: position });
            }
        }
        Ok(calls)
    }
}
