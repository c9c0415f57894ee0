//! Messages: dense numbers in the timeline and in every thread, counts of what hangs on them, and no trace of a text
//! that was deleted.

use domain::cell::Kind::{Big, Blob};
use domain::{Extra, Settings};

use super::Rule;
use super::row::Row;
use crate::migrate::Part::Shard;

/// What hangs on a message; an unreadable one says nothing, and is a finding of its own.
fn extra(text: &str) -> Extra {
    serde_json::from_str(text).unwrap_or_default()
}

fn past_of_deleted(_: Option<Row<'_>>, row: Row<'_>) -> Option<String> {
    let kept = serde_json::from_str::<Settings>(row.text(4)).unwrap_or_default().keep_deleted;
    let wrong = row.int(3) > 0 && !kept;
    wrong.then(|| format!("{} is deleted and its earlier texts are not", row.address(0)))
}

const KEY: &[domain::cell::Kind] = &[Blob, Big, Big];

/// Threads longer than this are counted on their own.
const REPLIES_COUNTED: i64 = 1_000;
/// The order and the bound keep a planner that believes in one endless thread from reading the table for each row.
const REPLIES: &str = "SELECT m.channel, m.thread, m.number, coalesce(m.extra, '{}'), (SELECT count(*) FROM (
            SELECT r.deleted_us FROM message r WHERE m.thread = 0 AND r.channel = m.channel AND r.thread = m.number
            ORDER BY r.number LIMIT 1000) q WHERE q.deleted_us IS NULL), 1, m.last_reply
    FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
    ORDER BY m.channel, m.thread, m.number LIMIT $4";
const EXACT_REPLIES: &str = "SELECT m.channel, m.thread, m.number, coalesce(m.extra, '{}'), (SELECT count(*) FROM message r
            WHERE m.thread = 0 AND r.channel = m.channel AND r.thread = m.number AND r.deleted_us IS NULL), 0, m.last_reply
    FROM message m WHERE m.channel = $1 AND m.thread = $2 AND m.number = $3";

const fn rule(
    name: &'static str,
    sql: &'static str,
    judge: fn(Option<Row<'_>>, Row<'_>) -> Option<String>,
) -> Rule {
    Rule { name, part: Shard, sql, key: KEY, page: 500, exact: None, judge }
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "holes_in_numbers",
        part: Shard,
        sql: "SELECT channel, thread, number FROM message
            WHERE (channel, thread, number) > ($1, $2, $3) ORDER BY channel, thread, number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |before, row| {
            let last = before.filter(|before| row.follows(Some(*before), 2)).map_or(0, |before| before.int(2));
            (row.int(2) != last + 1).then(|| format!("{} comes after {last}", row.address(0)))
        },
    },
    Rule {
        name: "messages_of_missing_channels",
        part: Shard,
        // A channel is never without a seat: who leaves keeps the row.
        sql: "SELECT m.channel, m.thread, m.number, CASE WHEN EXISTS (SELECT 1 FROM channel_member s
                WHERE s.channel = m.channel) THEN 1 ELSE 0 END
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |before, row| {
            let wrong = !row.is(3) && !row.follows(before, 1);
            wrong.then(|| format!("{} has messages and nobody ever sat there", row.id(0)))
        },
    },
    Rule {
        name: "messages_from_the_future",
        part: Shard,
        sql: "SELECT m.channel, m.thread, m.number, m.position, m.changed, coalesce((SELECT h.position
                FROM channel_member s JOIN head h ON h.workspace = s.workspace
                WHERE s.channel = m.channel ORDER BY s.account LIMIT 1), m.changed)
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (position, changed, head) = (row.int(3), row.int(4), row.int(5));
            let wrong = position > changed || changed > head;
            wrong.then(|| format!("{} is of {position}, changed at {changed}, the head is at {head}", row.address(0)))
        },
    },
    Rule {
        name: "replies_without_a_root",
        part: Shard,
        sql: "SELECT m.channel, m.thread, m.number, CASE WHEN m.thread = 0 OR EXISTS (SELECT 1 FROM message r
                WHERE r.channel = m.channel AND r.thread = 0 AND r.number = m.thread) THEN 1 ELSE 0 END
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |_, row| (!row.is(3)).then(|| format!("{} hangs on nothing", row.address(0))),
    },
    Rule {
        name: "roots_off_their_last_reply",
        part: Shard,
        sql: "SELECT m.channel, m.thread, m.number, m.last_reply, coalesce((SELECT r.number FROM message r
                WHERE m.thread = 0 AND r.channel = m.channel AND r.thread = m.number
                ORDER BY r.number DESC LIMIT 1), 0)
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (kept, found) = (row.int(3), row.int(4));
            (kept != found).then(|| format!("{}: last reply {kept} by its row, {found} found", row.address(0)))
        },
    },
    Rule {
        exact: Some(EXACT_REPLIES),
        ..rule("replies_miscounted", REPLIES, |_, row| {
            let kept = extra(row.text(3)).replies.map_or(0, |replies| replies.count as i64);
            let (found, capped) = (row.int(4), row.int(5) == 1 && row.int(6) > REPLIES_COUNTED);
            (kept != found || capped)
                .then(|| format!("{}: {kept} replies by its row, {found} found", row.address(0)))
        })
    },
    Rule {
        name: "reactions_miscounted",
        part: Shard,
        // The rows of a deleted message's reactions say nothing any more.
        sql: "SELECT m.channel, m.thread, m.number, coalesce(m.extra, '{}'),
                CASE WHEN m.deleted_us IS NULL THEN (SELECT count(*) FROM reaction r
                    WHERE r.channel = m.channel AND r.thread = m.thread AND r.number = m.number) ELSE 0 END
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 500,
        exact: None,
        judge: |_, row| {
            let kept: u64 = extra(row.text(3)).reactions.values().map(|reacted| reacted.count).sum();
            let found = row.int(4);
            (kept as i64 != found).then(|| format!("{}: {kept} reactions by its row, {found} found", row.address(0)))
        },
    },
    Rule {
        name: "extras_that_do_not_read",
        part: Shard,
        sql: "SELECT channel, thread, number, coalesce(extra, '{}') FROM message
            WHERE (channel, thread, number) > ($1, $2, $3) ORDER BY channel, thread, number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let wrong = serde_json::from_str::<Extra>(row.text(3)).is_err();
            wrong.then(|| format!("{}: what hangs on it does not parse", row.address(0)))
        },
    },
    Rule {
        name: "deleted_messages_with_a_text",
        part: Shard,
        sql: "SELECT channel, thread, number, CASE WHEN deleted_us IS NOT NULL AND text <> '' THEN 1 ELSE 0 END
            FROM message WHERE (channel, thread, number) > ($1, $2, $3) ORDER BY channel, thread, number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: |_, row| row.is(3).then(|| format!("{} is deleted and its text is not", row.address(0))),
    },
    Rule {
        name: "deleted_messages_with_a_past",
        part: Shard,
        sql: "SELECT m.channel, m.thread, m.number,
                CASE WHEN m.deleted_us IS NULL THEN 0 ELSE (SELECT count(*) FROM message_past p
                    WHERE p.channel = m.channel AND p.thread = m.thread AND p.number = m.number) END,
                coalesce((SELECT w.settings FROM channel_member s JOIN workspace_self w ON w.workspace = s.workspace
                    WHERE m.deleted_us IS NOT NULL AND s.channel = m.channel ORDER BY s.account LIMIT 1), '{}')
            FROM message m WHERE (m.channel, m.thread, m.number) > ($1, $2, $3)
            ORDER BY m.channel, m.thread, m.number LIMIT $4",
        key: KEY,
        page: 1_000,
        exact: None,
        judge: past_of_deleted,
    },
];
