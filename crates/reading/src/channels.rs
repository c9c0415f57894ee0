//! Lists of channels: the ones somebody sits in by id, then the public ones they do not, by name.

use domain::cell::{Cell, Corrupt, Value};
use domain::row::Row;
use domain::{By, Channel, ChannelId, ChannelKind, ChannelState, ChannelTip, Seat, values};
use store::{Answer, Query};

use crate::take::only;

// What still calls in the timeline is counted up to `limits::MENTIONS_UNSEEN_MAX`; a shout that also names is one. The
// range of one channel and the order are what a planner without statistics finds the index of the unseen by.
const MINE: &str =
    "SELECT c.workspace, c.id, c.kind, c.name, c.name_key, c.direct_key, c.profile, c.state, c.hidden, c.changed,
        t.workspace, t.channel, t.last_number, t.last_us, t.last_position, t.members, t.pins, t.holes,
        s.channel, s.account, s.workspace, s.role, s.since, s.read_number, s.read_version, s.changed,
        (SELECT COUNT(*) FROM (SELECT 1 FROM mention m
            WHERE m.workspace = s.workspace AND m.account = s.account
                AND m.channel >= s.channel AND m.channel <= s.channel AND m.seen = 0 AND m.thread = 0
            ORDER BY m.channel, m.position LIMIT 100) named)
        + (SELECT COUNT(*) FROM (SELECT 1 FROM shout h
            WHERE h.channel = s.channel AND h.thread = 0 AND h.number > s.read_number
                AND NOT EXISTS (SELECT 1 FROM mention m WHERE m.workspace = s.workspace AND m.account = s.account
                    AND m.position = h.position) LIMIT 100) called)
    FROM channel_member s
    JOIN channel c ON c.workspace = s.workspace AND c.id = s.channel
    JOIN channel_tip t ON t.workspace = s.workspace AND t.channel = s.channel
    WHERE s.workspace = $1 AND s.account = $2 AND s.channel > $3 AND s.channel <= $4 AND s.role <> 'left'
        AND ($5 = 'any' OR c.state = $5) AND ($6 = 'any' OR c.kind = $6)
        AND ($7 = '' OR (c.name_key >= $7 AND c.name_key < $8))
    ORDER BY s.channel LIMIT $9";

const OPEN: &str =
    "SELECT c.workspace, c.id, c.kind, c.name, c.name_key, c.direct_key, c.profile, c.state, c.hidden, c.changed,
        t.workspace, t.channel, t.last_number, t.last_us, t.last_position, t.members, t.pins, t.holes
    FROM channel c
    JOIN channel_tip t ON t.workspace = c.workspace AND t.channel = c.id
    LEFT JOIN channel_member s ON s.channel = c.id AND s.account = $1
    WHERE c.workspace = $2 AND c.kind = 'public' AND c.state = $3 AND c.name_key >= $4 AND c.name_key < $5
        AND (s.role IS NULL OR s.role = 'left')
    ORDER BY c.name_key LIMIT $6";

pub const QUERIES: &[&str] = &[MINE, OPEN];

/// After every name that begins with it: names hold no such character.
const LAST: char = '\u{10FFFF}';
/// Before every character of a name, none of which is a control.
const FIRST: char = '\u{1}';

/// What is asked for of the ones there are.
#[derive(Debug, Clone)]
pub struct Filter {
    pub kind: Option<ChannelKind>,
    pub state: ChannelState,
    /// Folded, as names are compared.
    pub prefix: String,
}

/// A channel as somebody sees it, with their own seat where they hold one.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub channel: Channel,
    pub tip: ChannelTip,
    pub mine: Option<Mine>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Mine {
    pub seat: Seat,
    /// Unread messages of the timeline that call them, at most 200.
    pub mentions: u64,
}

/// The ones they sit in, after one of them.
pub fn mine(by: By, filter: &Filter, last: Option<ChannelId>, limit: u32) -> Query {
    let from = last.map_or_else(|| Value::Blob(Vec::new()), |last| Value::of(&last));
    let kind = filter.kind.map_or("any", ChannelKind::word);
    let end = Value::Blob(vec![0xff; 16]);
    mine_of(by, (from, end), (filter.state.word(), kind), &filter.prefix, limit)
}

/// The one, if they sit in it.
pub fn seat_of(by: By, channel: ChannelId) -> Query {
    mine_of(by, only(channel.bytes()), ("any", "any"), "", 1)
}

fn mine_of(
    by: By,
    (from, to): (Value, Value),
    (state, kind): (&str, &str),
    prefix: &str,
    limit: u32,
) -> Query {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut values = values![&by.workspace, &by.account];
    values.extend([from, to, text(state), text(kind), text(prefix), text(&format!("{prefix}{LAST}"))]);
    values.push(Value::Int(i64::from(limit)));
    Query { sql: MINE, values }
}

/// The public ones they do not sit in, after a name.
pub fn open(by: By, filter: &Filter, last: Option<&str>, limit: u32) -> Query {
    let from = last.map(|last| format!("{last}{FIRST}")).unwrap_or_default().max(filter.prefix.clone());
    let mut values = values![&by.account, &by.workspace];
    values
        .extend([filter.state.word().to_owned(), from, format!("{}{LAST}", filter.prefix)].map(Value::Text));
    values.push(Value::Int(i64::from(limit)));
    Query { sql: OPEN, values }
}

pub fn mine_in(answer: &Answer) -> Result<Vec<Listed>, Corrupt> {
    let listed = answer.iter().map(|row| {
        let mut source = row.columns();
        let (channel, tip) = (Channel::take(&mut source)?, ChannelTip::take(&mut source)?);
        let seat = Seat::take(&mut source)?;
        let mine = Some(Mine { seat, mentions: u64::take_present(&mut source)? });
        Ok(Listed { channel, tip, mine })
    });
    listed.collect()
}

pub fn open_in(answer: &Answer) -> Result<Vec<Listed>, Corrupt> {
    let listed = answer.iter().map(|row| {
        let mut source = row.columns();
        let (channel, tip) = (Channel::take(&mut source)?, ChannelTip::take(&mut source)?);
        Ok(Listed { channel, tip, mine: None })
    });
    listed.collect()
}
