//! Channels, their tips, and the counts kept there.

use domain::cell::Kind::Blob;

use super::Rule;
use super::row::Row;
use crate::migrate::Part::Shard;

fn off(row: Row<'_>, what: &str) -> Option<String> {
    let (kept, found) = (row.int(2), row.int(3));
    (kept != found).then(|| format!("{}: {what} {kept} by its tip, {found} found", row.id(1)))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "channels_without_a_tip",
        part: Shard,
        sql: "SELECT c.workspace, c.id, CASE WHEN EXISTS (SELECT 1 FROM channel_tip t
                WHERE t.workspace = c.workspace AND t.channel = c.id) THEN 1 ELSE 0 END
            FROM channel c WHERE (c.workspace, c.id) > ($1, $2) ORDER BY c.workspace, c.id LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| (!row.is(2)).then(|| format!("{} has no tip", row.id(1))),
    },
    Rule {
        name: "tips_of_missing_channels",
        part: Shard,
        sql: "SELECT t.workspace, t.channel, CASE WHEN EXISTS (SELECT 1 FROM channel c
                WHERE c.workspace = t.workspace AND c.id = t.channel) THEN 1 ELSE 0 END
            FROM channel_tip t WHERE (t.workspace, t.channel) > ($1, $2) ORDER BY t.workspace, t.channel LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| (!row.is(2)).then(|| format!("{} has a tip and is not there", row.id(1))),
    },
    Rule {
        name: "tips_off_their_last_number",
        part: Shard,
        sql: "SELECT t.workspace, t.channel, t.last_number, coalesce((SELECT m.number FROM message m
                WHERE m.channel = t.channel AND m.thread = 0 ORDER BY m.number DESC LIMIT 1), 0)
            FROM channel_tip t WHERE (t.workspace, t.channel) > ($1, $2) ORDER BY t.workspace, t.channel LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| off(row, "last number"),
    },
    Rule {
        name: "tips_off_their_members",
        part: Shard,
        sql: "SELECT t.workspace, t.channel, t.members, (SELECT count(*) FROM channel_member s
                WHERE s.channel = t.channel AND s.role <> 'left')
            FROM channel_tip t WHERE (t.workspace, t.channel) > ($1, $2) ORDER BY t.workspace, t.channel LIMIT $3",
        key: &[Blob, Blob],
        page: 50,
        exact: None,
        judge: |_, row| off(row, "members"),
    },
    Rule {
        name: "tips_off_their_pins",
        part: Shard,
        sql: "SELECT t.workspace, t.channel, t.pins, (SELECT count(*) FROM pin p WHERE p.channel = t.channel)
            FROM channel_tip t WHERE (t.workspace, t.channel) > ($1, $2) ORDER BY t.workspace, t.channel LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| off(row, "pins"),
    },
    Rule {
        name: "tips_from_the_future",
        part: Shard,
        sql: "SELECT t.workspace, t.channel, t.last_position,
                coalesce((SELECT h.position FROM head h WHERE h.workspace = t.workspace), -1)
            FROM channel_tip t WHERE (t.workspace, t.channel) > ($1, $2) ORDER BY t.workspace, t.channel LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (tip, head) = (row.int(2), row.int(3));
            (tip > head).then(|| format!("{}: its tip is at {tip}, the head at {head}", row.id(1)))
        },
    },
];
