//! Members, seats and the counters that limits are judged by.

use domain::cell::Kind::{Big, Blob};

use super::Rule;
use super::row::Row;
use crate::migrate::Part::Shard;

fn miscounted(row: Row<'_>, what: &str) -> Option<String> {
    let (kept, counted) = (row.int(1), row.int(2));
    (kept != counted).then(|| format!("{}: {kept} {what} by its row, {counted} counted", row.id(0)))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "owners_miscounted",
        part: Shard,
        sql: "SELECT w.workspace, w.owners, (SELECT count(*) FROM member m
                WHERE m.workspace = w.workspace AND m.role = 'owner' AND m.state = 'active')
            FROM workspace_self w WHERE w.workspace > $1 ORDER BY w.workspace LIMIT $2",
        key: &[Blob],
        page: 50,
        exact: None,
        judge: |_, row| miscounted(row, "owners"),
    },
    Rule {
        name: "members_miscounted",
        part: Shard,
        sql: "SELECT w.workspace, w.members, (SELECT count(*) FROM member m
                WHERE m.workspace = w.workspace AND m.state = 'active')
            FROM workspace_self w WHERE w.workspace > $1 ORDER BY w.workspace LIMIT $2",
        key: &[Blob],
        page: 50,
        exact: None,
        judge: |_, row| miscounted(row, "members"),
    },
    Rule {
        name: "channels_miscounted",
        part: Shard,
        // Direct ones are many and count for nobody's limit.
        sql: "SELECT w.workspace, w.channels, (SELECT count(*) FROM channel c
                WHERE c.workspace = w.workspace AND c.kind <> 'direct')
            FROM workspace_self w WHERE w.workspace > $1 ORDER BY w.workspace LIMIT $2",
        key: &[Blob],
        page: 50,
        exact: None,
        judge: |_, row| miscounted(row, "channels"),
    },
    Rule {
        name: "seats_of_missing_channels",
        part: Shard,
        sql: "SELECT s.channel, s.account, s.workspace, CASE WHEN EXISTS (SELECT 1 FROM channel c
                WHERE c.workspace = s.workspace AND c.id = s.channel) THEN 1 ELSE 0 END
            FROM channel_member s WHERE (s.channel, s.account) > ($1, $2) ORDER BY s.channel, s.account LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let what = || format!("{} sits in {}, which is not there", row.id(1), row.id(0));
            (!row.is(3)).then(what)
        },
    },
    Rule {
        name: "seats_of_missing_members",
        part: Shard,
        sql: "SELECT s.channel, s.account, s.workspace, CASE WHEN s.role = 'left' OR EXISTS (SELECT 1 FROM member m
                WHERE m.workspace = s.workspace AND m.account = s.account AND m.state = 'active') THEN 1 ELSE 0 END
            FROM channel_member s WHERE (s.channel, s.account) > ($1, $2) ORDER BY s.channel, s.account LIMIT $3",
        key: &[Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let what = || format!("{} sits in {} and is no member of {}", row.id(1), row.id(0), row.id(2));
            (!row.is(3)).then(what)
        },
    },
    Rule {
        name: "thread_seats_without_a_root",
        part: Shard,
        sql: "SELECT s.channel, s.thread, s.account, CASE WHEN EXISTS (SELECT 1 FROM message m
                WHERE m.channel = s.channel AND m.thread = 0 AND m.number = s.thread) THEN 1 ELSE 0 END
            FROM thread_seat s WHERE (s.channel, s.thread, s.account) > ($1, $2, $3)
            ORDER BY s.channel, s.thread, s.account LIMIT $4",
        key: &[Blob, Big, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let what = || format!("{} follows {} in {}, which is not there", row.id(2), row.int(1), row.id(0));
            (!row.is(3)).then(what)
        },
    },
];
