//! What moved for one member: their own seats, joined with what each channel's last message changed, along one index.

use domain::cell::{Cell, Corrupt, Json};
use domain::changed::{Followed, Found};
use domain::limits::{
    CHANGED_CALLS_MAX, CHANGED_CHANNELS_MAX, CHANGED_LEFT_MAX, CHANGED_PARTNERS_MAX, CHANGED_THREADS_MAX,
};
use domain::row::Row;
use domain::{By, Channel, ChannelId, ChannelTip, Extra, Member, Position, Seat, WorkspaceSelf, values};
use store::{Answer, Columns, Query};

use crate::take::one;
use crate::{entry, events};

/// Whatever happens in a channel moves its tip, seats and the channel itself too.
const SEATS: &str =
    "SELECT s.channel, s.account, s.workspace, s.role, s.since, s.read_number, s.read_version, s.changed,
        t.workspace, t.channel, t.last_number, t.last_us, t.last_position, t.members, t.pins, t.holes,
        c.workspace, c.id, c.kind, c.name, c.name_key, c.direct_key, c.profile, c.state, c.hidden, c.changed
    FROM channel_member s
    JOIN channel_tip t ON t.workspace = s.workspace AND t.channel = s.channel
    JOIN channel c ON c.workspace = s.workspace AND c.id = s.channel
    WHERE s.workspace = $1 AND s.account = $2 AND s.channel > $3 AND t.last_position > $4
        AND (s.role <> 'left' OR s.changed > $5)
    ORDER BY s.channel LIMIT $6";

/// In channels that moved; in threads all, since an unread thread is told of moved or not.
const NAMED: &str = "SELECT n.channel, n.thread, n.number
    FROM mention n JOIN channel_tip t ON t.workspace = n.workspace AND t.channel = n.channel
    WHERE n.workspace = $1 AND n.account = $2 AND n.seen = 0 AND n.channel > $3
        AND (n.thread > 0 OR t.last_position > $4)
    ORDER BY n.channel, n.position LIMIT $5";

/// Joined in the order it is written: few of the messages one has not read shout.
const SHOUTED: &str = "SELECT h.channel, h.thread, h.number
    FROM channel_member s CROSS JOIN channel_tip t CROSS JOIN shout h CROSS JOIN message m
    WHERE s.workspace = $1 AND s.account = $2 AND s.channel > $3 AND s.role <> 'left'
        AND t.workspace = s.workspace AND t.channel = s.channel AND t.last_position > $4
        AND h.channel = s.channel AND h.thread = 0 AND h.number > s.read_number
        AND m.channel = h.channel AND m.thread = 0 AND m.number = h.number AND m.author <> s.account
    ORDER BY s.channel LIMIT $5";

/// Who follows a thread is called there by a call to everyone; who does not is not.
const SHOUTED_IN_THREADS: &str = "SELECT h.channel, h.thread, h.number
    FROM thread_seat f CROSS JOIN shout h CROSS JOIN message m
    WHERE f.workspace = $1 AND f.account = $2 AND f.channel > $3 AND f.state = 'following'
        AND h.channel = f.channel AND h.thread = f.thread AND h.number > f.read_number
        AND m.channel = h.channel AND m.thread = h.thread AND m.number = h.number AND m.author <> f.account
    ORDER BY f.channel LIMIT $4";

const THREADS: &str = "SELECT f.channel, f.thread, f.read_number, m.last_reply, m.extra
    FROM thread_seat f
    JOIN channel_member s ON s.channel = f.channel AND s.account = f.account AND s.role <> 'left'
    JOIN message m ON m.channel = f.channel AND m.thread = 0 AND m.number = f.thread
        AND m.last_reply > f.read_number
    WHERE f.workspace = $1 AND f.account = $2 AND f.channel > $3 AND f.state = 'following'
    ORDER BY f.channel LIMIT $4";

/// Ids of direct channels stand behind all others. Joined as written: those in one's directs are fewer than all members.
const PARTNERS: &str =
    "SELECT s.channel, m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private,
        m.signed_after_us, m.changed
    FROM channel_member s CROSS JOIN channel_member o CROSS JOIN member m
    WHERE m.changed > $1 AND s.workspace = $2 AND s.account = $3 AND s.channel > $4
        AND o.channel = s.channel AND m.workspace = s.workspace AND m.account = o.account
    ORDER BY s.channel LIMIT $5";

/// What everyone could see once, and the asker has no seat in.
const HIDDEN: &str = "SELECT c.id FROM channel c
    WHERE c.workspace = $1 AND c.hidden > 0 AND c.hidden > $2 AND NOT EXISTS (
        SELECT 1 FROM channel_member s WHERE s.channel = c.id AND s.account = $3 AND s.role <> 'left')
    ORDER BY c.hidden LIMIT $4";

/// What a guest no longer sees; asked only of who became one.
const WITHOUT_SEAT: &str = "SELECT c.id FROM channel c
    WHERE c.workspace = $1 AND c.kind = 'public' AND NOT EXISTS (
        SELECT 1 FROM channel_member s WHERE s.channel = c.id AND s.account = $2 AND s.role <> 'left')
    ORDER BY c.id LIMIT $3";

pub const QUERIES: &[&str] =
    &[HIDDEN, NAMED, PARTNERS, SEATS, SHOUTED, SHOUTED_IN_THREADS, THREADS, WITHOUT_SEAT];

/// The last id before those of direct channels.
const BEFORE_DIRECTS: [u8; 16] =
    [0x5F, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255];

/// Which part: of what is newer than a position, or of everything; after a channel, or from the first.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub since: Option<Position>,
    pub after: Option<ChannelId>,
}

/// One look: the member, the workspace, and what moved.
pub fn queries(by: By, asked: Asked) -> Vec<Query> {
    [vec![entry::query(by), events::itself(by.workspace)], lists(by, asked)].concat()
}

/// The lists of a part, and what was hidden since; asked beside the rows that say who may read it.
pub fn lists(by: By, asked: Asked) -> Vec<Query> {
    let since = asked.since.unwrap_or(Position(0));
    // At first nothing was held that could have been left.
    let left_since = asked.since.unwrap_or(Position(i64::MAX as u64));
    let after = asked.after.map_or(Vec::new(), |channel| channel.bytes().to_vec());
    let list = |sql, most: u32| Query { sql, values: values![&by.workspace, &by.account, &after, &most] };
    let moved = |sql| {
        let values = values![&by.workspace, &by.account, &after, &since, &CHANGED_CALLS_MAX];
        Query { sql, values }
    };
    let seats = values![&by.workspace, &by.account, &after, &since, &left_since, &CHANGED_CHANNELS_MAX];
    let directs = after.clone().max(BEFORE_DIRECTS.to_vec());
    let partners = values![&since, &by.workspace, &by.account, &directs, &CHANGED_PARTNERS_MAX];
    let mut lists = vec![
        Query { sql: SEATS, values: seats },
        moved(NAMED),
        moved(SHOUTED),
        list(SHOUTED_IN_THREADS, CHANGED_CALLS_MAX),
        list(THREADS, CHANGED_THREADS_MAX),
        Query { sql: PARTNERS, values: partners },
    ];
    if asked.since.is_some() {
        let hidden = values![&by.workspace, &left_since, &by.account, &CHANGED_LEFT_MAX];
        lists.push(Query { sql: HIDDEN, values: hidden });
    }
    lists
}

/// The answers to the lists.
#[derive(Debug)]
pub struct Rows {
    pub hidden: Vec<ChannelId>,
    pub found: Found,
}

pub fn rows_in(answers: &[Answer]) -> Result<Rows, Corrupt> {
    let [seats, named, shouted, in_threads, threads, partners, hidden @ ..] = answers else {
        return Err(Corrupt("an answer is missing"));
    };
    let found = Found {
        seats: each(seats, |source| {
            Ok((Seat::take(source)?, ChannelTip::take(source)?, Channel::take(source)?))
        })?,
        named: each(named, call)?,
        shouted: each(shouted, call)?,
        threads: each(threads, followed)?,
        partners: each(partners, |source| Ok((ChannelId::take_present(source)?, Member::take(source)?)))?,
        shouted_in_threads: each(in_threads, call)?,
    };
    Ok(Rows { hidden: hidden.first().map_or(Ok(Vec::new()), ids_in)?, found })
}

pub fn itself_in(answer: &Answer) -> Result<Option<WorkspaceSelf>, Corrupt> {
    one(answer)
}

/// What a new guest could see before.
pub fn without_seat(by: By) -> Query {
    Query { sql: WITHOUT_SEAT, values: values![&by.workspace, &by.account, &CHANGED_LEFT_MAX] }
}

pub fn ids_in(answer: &Answer) -> Result<Vec<ChannelId>, Corrupt> {
    each(answer, |source| ChannelId::take_present(source))
}

fn each<T>(
    answer: &Answer,
    take: impl Fn(&mut Columns<'_>) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Corrupt> {
    answer.iter().map(|row| take(&mut row.columns())).collect()
}

fn call(source: &mut Columns<'_>) -> Result<(ChannelId, u64, u64), Corrupt> {
    Ok((ChannelId::take_present(source)?, u64::take_present(source)?, u64::take_present(source)?))
}

fn followed(source: &mut Columns<'_>) -> Result<Followed, Corrupt> {
    let channel = ChannelId::take_present(source)?;
    let (thread, read) = (u64::take_present(source)?, u64::take_present(source)?);
    let last_number = u64::take_present(source)?;
    let extra = Option::<Json<Extra>>::take_present(source)?;
    let replies = extra.and_then(|Json(extra)| extra.replies).unwrap_or_default();
    Ok(Followed { channel, thread, read, last_number, replies, mentions: Vec::new() })
}
