//! What is said in a channel and in its threads: windows of one key, each text the same for both.

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use domain::{AccountId, By, ChannelId, Message, MessagePast, Position, Stamp, values};
use store::{Answer, Query, Record};

use crate::take::rows;

/// A window of a run, each row with the reply it stands for. Such a row's `extra` is exactly `{"of":[41,7]}`, which a
/// rule of `domain` promises; digits are cut out of it, since JSON is not one language on two engines.
macro_rules! window {
    ($window:literal) => {
        concat!(
            "SELECT m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us,
        m.last_reply, m.position, m.changed,
        r.channel, r.thread, r.number, r.at_us, r.author, r.text, r.extra, r.edited_us, r.deleted_us,
        r.last_reply, r.position, r.changed
    FROM message m LEFT JOIN message r ON r.channel = m.channel
        AND r.thread = CASE WHEN substr(m.extra, 1, 7) = '{\"of\":['
            THEN CAST(rtrim(rtrim(substr(m.extra, 8, length(m.extra) - 9), '0123456789'), ',') AS BIGINT) END
        AND r.number = CASE WHEN substr(m.extra, 1, 7) = '{\"of\":['
            THEN CAST(ltrim(ltrim(substr(m.extra, 8, length(m.extra) - 9), '0123456789'), ',') AS BIGINT) END
    WHERE m.channel = $1 AND m.thread = $2 ",
            $window
        )
    };
}

const ONE: &str = window!("AND m.number = $3");
const BEFORE: &str = window!("AND m.number < $3 ORDER BY m.number DESC LIMIT $4");
const AFTER: &str = window!("AND m.number > $3 ORDER BY m.number LIMIT $4");
const SINCE: &str = window!("AND m.number >= $3 AND m.number <= $4 AND m.changed > $5 ORDER BY m.number");

/// Up to the mark of who asks; without one, all of it.
const READ: &str = window!(
    "AND m.number <= COALESCE((SELECT s.read_number FROM channel_member s
                WHERE s.channel = $1 AND s.account = $3 AND s.role <> 'left' AND $2 = 0
            UNION ALL SELECT t.read_number FROM thread_seat t
                WHERE t.channel = $1 AND t.thread = $2 AND t.account = $3 AND t.state = 'following'),
            9223372036854775807)
    ORDER BY m.number DESC LIMIT $4"
);
const UNREAD: &str = window!(
    "AND m.number > (SELECT s.read_number FROM channel_member s
                WHERE s.channel = $1 AND s.account = $3 AND s.role <> 'left' AND $2 = 0
            UNION ALL SELECT t.read_number FROM thread_seat t
                WHERE t.channel = $1 AND t.thread = $2 AND t.account = $3 AND t.state = 'following')
    ORDER BY m.number LIMIT $4"
);

/// Stamps rise with numbers, so a moment is found by halving: a look-up each time, twenty for a million messages.
const EARLIER: &str = window!(
    "AND m.number < (WITH RECURSIVE step (low, high) AS (
            SELECT CAST(0 AS BIGINT), COALESCE((SELECT l.number FROM message l
                WHERE l.channel = $1 AND l.thread = $2 ORDER BY l.number DESC LIMIT 1), 0) + 1
            UNION ALL SELECT CASE WHEN e.at_us < $3 THEN e.number ELSE step.low END,
                    CASE WHEN e.at_us < $3 THEN step.high ELSE e.number END
                FROM step JOIN message e ON e.channel = $1 AND e.thread = $2 AND e.number = (step.low + step.high) / 2
                WHERE step.high - step.low > 1)
        SELECT min(step.high) FROM step)
    ORDER BY m.number DESC LIMIT $4"
);
const LATER: &str = window!(
    "AND m.number >= (WITH RECURSIVE step (low, high) AS (
            SELECT CAST(0 AS BIGINT), COALESCE((SELECT l.number FROM message l
                WHERE l.channel = $1 AND l.thread = $2 ORDER BY l.number DESC LIMIT 1), 0) + 1
            UNION ALL SELECT CASE WHEN e.at_us < $3 THEN e.number ELSE step.low END,
                    CASE WHEN e.at_us < $3 THEN step.high ELSE e.number END
                FROM step JOIN message e ON e.channel = $1 AND e.thread = $2 AND e.number = (step.low + step.high) / 2
                WHERE step.high - step.low > 1)
        SELECT min(step.high) FROM step)
    ORDER BY m.number LIMIT $4"
);

const FOLLOWED_TO: &str = "SELECT read_number FROM thread_seat
    WHERE channel = $1 AND thread = $2 AND account = $3 AND state = 'following'";

const PAST: &str = "SELECT channel, thread, number, version, text, at_us FROM message_past
    WHERE channel = $1 AND thread = $2 AND number = $3 AND version < $4 ORDER BY version DESC LIMIT $5";

pub const QUERIES: &[&str] = &[AFTER, BEFORE, EARLIER, FOLLOWED_TO, LATER, ONE, PAST, READ, SINCE, UNREAD];

/// A run of numbers: the timeline, or a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub channel: ChannelId,
    /// 0: the timeline.
    pub thread: u64,
}

/// A message and, where it stands for a reply, that reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub message: Message,
    pub reply: Option<Message>,
}

impl Run {
    fn query(self, sql: &'static str, rest: impl IntoIterator<Item = Value>) -> Query {
        let own = [Value::of(&self.channel), Value::of(&self.thread)];
        Query { sql, values: own.into_iter().chain(rest).collect() }
    }
    pub fn one(self, number: u64) -> Query {
        self.query(ONE, values![&number])
    }
    /// Newest first.
    pub fn before(self, number: u64, limit: u32) -> Query {
        self.query(BEFORE, values![&number, &limit])
    }
    pub fn after(self, number: u64, limit: u32) -> Query {
        self.query(AFTER, values![&number, &limit])
    }
    /// What is newer than a position, in a run of numbers.
    pub fn since(self, from: u64, to: u64, since: Position) -> Query {
        self.query(SINCE, values![&from, &to, &since])
    }
    /// Newest first.
    pub fn read(self, by: By, limit: u32) -> Query {
        self.query(READ, values![&by.account, &limit])
    }
    pub fn unread(self, by: By, limit: u32) -> Query {
        self.query(UNREAD, values![&by.account, &limit])
    }
    /// Newest first.
    pub fn earlier(self, than: Stamp, limit: u32) -> Query {
        self.query(EARLIER, values![&than, &limit])
    }
    /// From the first at that moment or after it.
    pub fn later(self, from: Stamp, limit: u32) -> Query {
        self.query(LATER, values![&from, &limit])
    }
    /// How far somebody has read the thread they follow.
    pub fn followed_to(self, account: AccountId) -> Query {
        self.query(FOLLOWED_TO, values![&account])
    }
    /// Earlier texts of a message, the latest first.
    pub fn past(self, number: u64, before: u64, limit: u32) -> Query {
        self.query(PAST, values![&number, &before, &limit])
    }
}

pub fn shown_in(answer: &Answer) -> Result<Vec<Shown>, Corrupt> {
    // These are large, and a vector that does not know how many come moves all of them each time it grows.
    let mut all = Vec::with_capacity(answer.len());
    for row in answer {
        all.push(shown(row)?);
    }
    Ok(all)
}

fn shown(row: Record<'_>) -> Result<Shown, Corrupt> {
    let (message, reply) = row.split(Message::COLUMNS.len())?;
    let message = Message::take(&mut message.columns())?;
    let there = !reply.is_null(0);
    let reply = there.then(|| Message::take(&mut reply.columns())).transpose()?;
    Ok(Shown { message, reply })
}

pub fn number_in(answer: &Answer) -> Option<u64> {
    u64::try_from(answer.first()?.int(0)?).ok()
}

pub fn past_in(answer: &Answer) -> Result<Vec<MessagePast>, Corrupt> {
    rows(answer)
}
