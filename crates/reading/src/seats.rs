//! Who sits in a channel.

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use domain::{AccountId, ChannelId, Member, Seat};
use store::{Answer, Query};

use crate::take::only;

const SEATS: &str = "SELECT s.channel, s.account, s.workspace, s.role, s.since, s.read_number, s.read_version, s.changed,
        m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private, m.signed_after_us, m.changed
    FROM channel_member s
    JOIN member m ON m.workspace = s.workspace AND m.account = s.account
    WHERE s.channel = $1 AND s.account > $2 AND s.account <= $3 AND s.role <> 'left'
        AND m.state = 'active'
    ORDER BY s.account LIMIT $4";

pub const QUERIES: &[&str] = &[SEATS];

/// A page, after somebody. Their channel is judged beside it: a seat is keyed by channel alone.
pub fn page(channel: ChannelId, last: Option<AccountId>, limit: u32) -> Query {
    let from = last.map_or_else(|| Value::Blob(Vec::new()), |last| Value::of(&last));
    seats(channel, (from, Value::Blob(vec![0xff; 16])), limit)
}

/// Somebody's, if they sit there.
pub fn of(channel: ChannelId, account: AccountId) -> Query {
    seats(channel, only(account.bytes()), 1)
}

fn seats(channel: ChannelId, (from, to): (Value, Value), limit: u32) -> Query {
    Query { sql: SEATS, values: vec![Value::of(&channel), from, to, Value::Int(i64::from(limit))] }
}

pub fn page_in(answer: &Answer) -> Result<Vec<(Seat, Member)>, Corrupt> {
    let both = answer.iter().map(|row| {
        let mut source = row.columns();
        Ok((Seat::take(&mut source)?, Member::take(&mut source)?))
    });
    both.collect()
}
