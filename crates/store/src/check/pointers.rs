//! What points at a message: mentions, calls to everyone, pins, earlier texts. A deletion takes all of them along.

use domain::cell::Kind::{Big, Blob};

use super::Rule;
use super::row::Row;
use crate::migrate::Part::Shard;

const THERE: i64 = 1;
const DELETED: i64 = 2;

fn missing(row: Row<'_>, what: &str, at: usize) -> Option<String> {
    let state = row.int(at + 3);
    (state != THERE && state != DELETED)
        .then(|| format!("a {what} of {}, which is not there", row.address(at)))
}

fn deleted(row: Row<'_>, what: &str, at: usize) -> Option<String> {
    (row.int(at + 3) == DELETED).then(|| format!("a {what} of {}, which is deleted", row.address(at)))
}

const MENTIONS: &str = "SELECT n.workspace, n.account, n.position, n.channel, n.thread, n.number,
        coalesce((SELECT CASE WHEN m.deleted_us IS NULL THEN 1 ELSE 2 END FROM message m WHERE m.channel = n.channel
            AND m.thread = n.thread AND m.number = n.number AND m.position = n.position), 0)
    FROM mention n WHERE (n.workspace, n.account, n.position) > ($1, $2, $3)
    ORDER BY n.workspace, n.account, n.position LIMIT $4";
const SHOUTS: &str = "SELECT n.channel, n.thread, n.number,
        coalesce((SELECT CASE WHEN m.deleted_us IS NULL THEN 1 ELSE 2 END FROM message m
            WHERE m.channel = n.channel AND m.thread = n.thread AND m.number = n.number), 0)
    FROM shout n WHERE (n.channel, n.thread, n.number) > ($1, $2, $3)
    ORDER BY n.channel, n.thread, n.number LIMIT $4";
const PINS: &str = "SELECT n.channel, n.thread, n.number,
        coalesce((SELECT CASE WHEN m.deleted_us IS NULL THEN 1 ELSE 2 END FROM message m
            WHERE m.channel = n.channel AND m.thread = n.thread AND m.number = n.number), 0)
    FROM pin n WHERE (n.channel, n.thread, n.number) > ($1, $2, $3)
    ORDER BY n.channel, n.thread, n.number LIMIT $4";
const PAST: &str = "SELECT n.channel, n.thread, n.number,
        coalesce((SELECT CASE WHEN m.deleted_us IS NULL THEN 1 ELSE 2 END FROM message m
            WHERE m.channel = n.channel AND m.thread = n.thread AND m.number = n.number), 0)
    FROM message_past n WHERE (n.channel, n.thread, n.number) > ($1, $2, $3)
    ORDER BY n.channel, n.thread, n.number LIMIT $4";

const fn rule(
    name: &'static str,
    sql: &'static str,
    judge: fn(Option<Row<'_>>, Row<'_>) -> Option<String>,
) -> Rule {
    Rule { name, part: Shard, sql, key: &[Blob, Big, Big], page: 1_000, exact: None, judge }
}

/// Keyed by whom it calls, not by where it stands.
const fn mentions(name: &'static str, judge: fn(Option<Row<'_>>, Row<'_>) -> Option<String>) -> Rule {
    Rule { name, part: Shard, sql: MENTIONS, key: &[Blob, Blob, Big], page: 1_000, exact: None, judge }
}

pub(super) const RULES: &[Rule] = &[
    mentions("mentions_of_missing_messages", |_, row| missing(row, "mention", 3)),
    mentions("mentions_of_deleted_messages", |_, row| deleted(row, "mention", 3)),
    rule("shouts_of_missing_messages", SHOUTS, |_, row| missing(row, "call to everyone", 0)),
    rule("shouts_of_deleted_messages", SHOUTS, |_, row| deleted(row, "call to everyone", 0)),
    rule("pins_of_missing_messages", PINS, |_, row| missing(row, "pin", 0)),
    rule("pins_of_deleted_messages", PINS, |_, row| deleted(row, "pin", 0)),
    // Several versions share an address; a page that ends between them goes on with the next message.
    rule("earlier_texts_of_missing_messages", PAST, |_, row| missing(row, "earlier text", 0)),
];
