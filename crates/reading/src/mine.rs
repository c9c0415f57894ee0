//! One member's own: rows they keep, how far they have read, what they follow.

use domain::cell::{Cell, Corrupt, Value};
use domain::{AccountId, By, ChannelId, Private, PrivateItem, ThreadState, WorkspaceId, values};
use store::{Answer, Query};

use crate::take::rows;

/// Marks of a page, and of how many accounts one statement gives the version.
const MARKS_MAX: u32 = 1_000;
pub const VERSIONS_MAX: usize = 50;

/// The index is partial, so that a look-up by key cannot use it; a range must say so too.
const SINCE: &str = "SELECT workspace, account, kind, subject, value, version, at_us FROM private
    WHERE workspace = $1 AND account = $2 AND version > 0 AND version > $3 ORDER BY version LIMIT $4";

/// Marks have no index by version, for that would be written with each of them: they are read along the seats.
const READ: &str = "SELECT channel, read_number, read_version FROM channel_member
    WHERE workspace = $1 AND account = $2 AND channel > $3 AND read_version > $4 AND role <> 'left'
    ORDER BY channel LIMIT $5";
const FOLLOWED: &str = "SELECT channel, thread, state, read_number, read_version FROM thread_seat
    WHERE workspace = $1 AND account = $2 AND channel > $3 AND read_version > $4
    ORDER BY channel LIMIT $5";

const VERSIONS: &str = "SELECT account, private FROM member WHERE workspace = $1 AND account IN (
        $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49,
        $50, $51)";

pub const QUERIES: &[&str] = &[SINCE, READ, FOLLOWED, VERSIONS];

/// Removed ones among them, oldest version first.
pub fn since(by: By, version: u64, max: u32) -> Query {
    let values = vec![
        Value::of(&by.workspace),
        Value::of(&by.account),
        // No row is as new as a version that no column holds.
        Value::Int(i64::try_from(version).unwrap_or(i64::MAX)),
        Value::Int(i64::from(max)),
    ];
    Query { sql: SINCE, values }
}

pub fn since_in(answer: &Answer) -> Result<Vec<Private>, Corrupt> {
    rows(answer)
}

/// How far somebody has read, and what they follow, where that is newer than a version.
#[derive(Debug, Default)]
pub struct Marks {
    pub items: Vec<PrivateItem>,
    /// Ask on from this channel.
    pub more: Option<ChannelId>,
}

pub fn marks(by: By, version: u64, after: Option<ChannelId>) -> [Query; 2] {
    let after = after.map_or(Vec::new(), |channel| channel.bytes().to_vec());
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    let values = values![&by.workspace, &by.account, &after, &version, &MARKS_MAX];
    [Query { sql: READ, values: values.clone() }, Query { sql: FOLLOWED, values }]
}

/// What stands behind the end of the shorter of two full lists comes with the next page.
pub fn marks_in(answers: &[Answer]) -> Result<Marks, Corrupt> {
    let [seats, threads] = answers else { return Err(Corrupt("an answer is missing")) };
    let mut found: Vec<(ChannelId, PrivateItem)> = Vec::new();
    let mut more = None;
    for row in seats {
        let mut cells = row.columns();
        let channel = ChannelId::take_present(&mut cells)?;
        let (number, version) = (u64::take_present(&mut cells)?, u64::take_present(&mut cells)?);
        found.push((channel, read(channel.to_string(), number, version)));
    }
    if seats.len() >= MARKS_MAX as usize {
        more = found.last().map(|(channel, _)| *channel);
    }
    let mut channels = Vec::new();
    for row in threads {
        let mut cells = row.columns();
        let channel = ChannelId::take_present(&mut cells)?;
        let subject = format!("{channel}.{}", u64::take_present(&mut cells)?);
        let follows = ThreadState::take_present(&mut cells)? == ThreadState::Following;
        let (number, version) = (u64::take_present(&mut cells)?, u64::take_present(&mut cells)?);
        let value = follows.then(|| "{}".to_owned());
        found.push((channel, PrivateItem { kind: "follow", subject: subject.clone(), value, version }));
        if follows {
            found.push((channel, read(subject, number, version)));
        }
        channels.push(channel);
    }
    if threads.len() >= MARKS_MAX as usize {
        // Of the last channel perhaps a part is here; where it fills the page alone, no more of it is told.
        let last = channels.last().copied();
        let whole = channels.iter().rev().copied().find(|channel| Some(*channel) != last).or(last);
        more = [more, whole].into_iter().flatten().min();
    }
    found.retain(|(channel, _)| more.is_none_or(|more| *channel <= more));
    let mut items: Vec<_> = found.into_iter().map(|(_, item)| item).collect();
    items.sort_by_key(|item| item.version);
    Ok(Marks { items, more })
}

fn read(subject: String, number: u64, version: u64) -> PrivateItem {
    PrivateItem { kind: "read", subject, value: Some(number.to_string()), version }
}

/// The newest version of each, of at most fifty; what is left of the slots asks for the last one again.
pub fn versions(workspace: WorkspaceId, accounts: &[AccountId]) -> Query {
    let last = accounts.last().copied();
    let padded = accounts.iter().copied().chain(last.into_iter().cycle()).take(VERSIONS_MAX);
    let values = std::iter::once(Value::of(&workspace)).chain(padded.map(|account| Value::of(&account)));
    Query { sql: VERSIONS, values: values.collect() }
}

pub fn versions_in(answer: &Answer) -> Result<Vec<(AccountId, u64)>, Corrupt> {
    let version = |row: store::Record<'_>| {
        let mut cells = row.columns();
        Ok((AccountId::take_present(&mut cells)?, u64::take_present(&mut cells)?))
    };
    answer.iter().map(version).collect()
}

#[cfg(test)]
mod tests {
    use domain::{Key, Stamp};

    use super::*;

    fn channel(number: u32) -> ChannelId {
        ChannelId::new(Key::new(Stamp(i64::from(number) * 1_000), [0; 10]))
    }

    fn seats(channels: impl Iterator<Item = u32>) -> Answer {
        let mut answer = Answer::of_width(3);
        for at in channels {
            answer.blob(channel(at).bytes());
            answer.int(9);
            answer.int(i64::from(at) + 1);
        }
        answer
    }

    /// Channel and thread of each.
    fn threads(all: impl Iterator<Item = (u32, u32)>) -> Answer {
        let mut answer = Answer::of_width(5);
        for (at, thread) in all {
            answer.blob(channel(at).bytes());
            answer.int(i64::from(thread));
            answer.text(if thread % 2 == 0 { "left" } else { "following" });
            answer.int(4);
            answer.int(7);
        }
        answer
    }

    fn told(seats: Answer, threads: Answer) -> (Vec<String>, Option<ChannelId>) {
        let Marks { items, more } = marks_in(&[seats, threads]).expect("marks");
        let words = |item: PrivateItem| format!("{} {} {:?}", item.kind, item.subject, item.value);
        (items.into_iter().map(words).collect(), more)
    }

    #[test]
    fn marks_come_in_the_order_of_their_versions_and_a_thread_that_was_left_has_none() {
        let (items, more) = told(seats([3, 9].into_iter()), threads([(1, 1), (1, 2)].into_iter()));
        let [one, three, nine] = [1, 3, 9].map(channel);
        let expected = [
            format!("read {three} Some(\"9\")"),
            format!("follow {one}.1 Some(\"{{}}\")"),
            format!("read {one}.1 Some(\"4\")"),
            format!("follow {one}.2 None"),
            format!("read {nine} Some(\"9\")"),
        ];
        assert_eq!((items, more), (expected.to_vec(), None));
    }

    #[test]
    fn a_page_ends_where_the_shorter_of_two_full_lists_does() {
        let (items, more) = told(seats(0..MARKS_MAX), threads([(5, 1), (2_000, 1)].into_iter()));
        assert_eq!((items.len(), more), (MARKS_MAX as usize + 2, Some(channel(MARKS_MAX - 1))));
        // Of channel 3 there may be more.
        let many = (0..MARKS_MAX).map(|at| (1 + at / 499, 2));
        let (items, more) = told(seats([1, 2, 3].into_iter()), threads(many));
        assert_eq!((items.len(), more), (499 * 2 + 2, Some(channel(2))));
    }
}
