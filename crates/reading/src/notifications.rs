//! What somebody was told, each row beside what its channel is judged by. Calls to everyone have no row of their own.

use domain::cell::{Cell, Corrupt};
use domain::row::Row;
use domain::{By, ChannelKind, Message, NotificationKind, Position, SeatRole, Stamp, values};
use store::{Answer, Query, Record};

const TOLD: &str = "SELECT n.position, n.kind, n.seen_us, c.kind, s.role,
        m.channel, m.thread, m.number, m.at_us, m.author, m.text, m.extra, m.edited_us, m.deleted_us,
        m.last_reply, m.position, m.changed
    FROM notification n
    JOIN message m ON m.channel = n.channel AND m.thread = n.thread AND m.number = n.number
    JOIN channel c ON c.workspace = n.workspace AND c.id = n.channel
    LEFT JOIN channel_member s ON s.channel = n.channel AND s.account = n.account
    WHERE n.workspace = $1 AND n.account = $2 AND n.position < $3 ORDER BY n.position DESC LIMIT $4";

const CHOSEN: &str = "SELECT kind, subject, value FROM private
    WHERE workspace = $1 AND account = $2 AND kind IN ('mute', 'notify') AND value IS NOT NULL LIMIT $3";

pub const QUERIES: &[&str] = &[TOLD, CHOSEN];

/// A message somebody was told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub position: Position,
    pub kind: NotificationKind,
    pub seen: bool,
    /// Of its channel: the kind, and whether they sit there.
    pub place: (ChannelKind, bool),
    pub message: Message,
}

/// A mute or a choice: kind, subject, value.
pub type Chosen = (String, String, String);

/// Newest first, before a position.
pub fn told(by: By, before: Position, limit: u32) -> Query {
    Query { sql: TOLD, values: values![&by.workspace, &by.account, &before, &limit] }
}

pub fn told_in(answer: &Answer) -> Result<Vec<Told>, Corrupt> {
    let take = |row: Record<'_>| {
        let mut source = row.columns();
        let (position, kind) = (Cell::take_present(&mut source)?, Cell::take_present(&mut source)?);
        let seen = Stamp::take_present(&mut source)? > Stamp(0);
        let channel = ChannelKind::take_present(&mut source)?;
        let seated = SeatRole::take(&mut source)?.is_some_and(|role| role != SeatRole::Left);
        Ok(Told { position, kind, seen, place: (channel, seated), message: Message::take(&mut source)? })
    };
    answer.iter().map(take).collect()
}

pub fn chosen(by: By, max: u32) -> Query {
    Query { sql: CHOSEN, values: values![&by.workspace, &by.account, &max] }
}

pub fn chosen_in(answer: &Answer) -> Result<Vec<Chosen>, Corrupt> {
    let take = |row: Record<'_>| {
        let mut source = row.columns();
        let mut text = || String::take_present(&mut source);
        Ok((text()?, text()?, text()?))
    };
    answer.iter().map(take).collect()
}
