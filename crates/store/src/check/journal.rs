//! The journal itself: dense, in order, with its head at its end.

use domain::cell::Kind::{Big, Blob};

use super::Rule;
use crate::migrate::Part::Journal;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "holes_in_positions",
        part: Journal,
        sql: "SELECT e.workspace, e.position,
                coalesce((SELECT h.floor FROM head h WHERE h.workspace = e.workspace), 0)
            FROM event e WHERE (e.workspace, e.position) > ($1, $2) ORDER BY e.workspace, e.position LIMIT $3",
        key: &[Blob, Big],
        page: 1_000,
        exact: None,
        judge: |before, row| {
            let (position, floor) = (row.int(1), row.int(2));
            let expected = before.filter(|before| row.follows(Some(*before), 1)).map(|before| before.int(1) + 1);
            // What is being trimmed may go while we look.
            let expected = expected.unwrap_or(0).max(floor + 1);
            let wrong = position > expected;
            wrong.then(|| format!("{}: position {expected} is followed by {position}", row.id(0)))
        },
    },
    Rule {
        name: "stamps_that_fall",
        part: Journal,
        sql: "SELECT workspace, position, at_us FROM event
            WHERE (workspace, position) > ($1, $2) ORDER BY workspace, position LIMIT $3",
        key: &[Blob, Big],
        page: 1_000,
        exact: None,
        judge: |before, row| {
            let before = before.filter(|before| row.follows(Some(*before), 1))?;
            let fell = row.int(2) < before.int(2);
            fell.then(|| format!("{}: position {} is of an earlier time than the one before", row.id(0), row.int(1)))
        },
    },
    Rule {
        name: "events_without_a_head",
        part: Journal,
        sql: "SELECT e.workspace, e.position,
                coalesce((SELECT h.position FROM head h WHERE h.workspace = e.workspace), -1)
            FROM event e WHERE (e.workspace, e.position) > ($1, $2) ORDER BY e.workspace, e.position LIMIT $3",
        key: &[Blob, Big],
        page: 1_000,
        exact: None,
        judge: |before, row| {
            let wrong = row.int(2) < 0 && !row.follows(before, 1);
            wrong.then(|| format!("{} has events and no head", row.id(0)))
        },
    },
    Rule {
        name: "journals_without_their_end",
        part: Journal,
        sql: "SELECT h.workspace, h.position, h.floor, coalesce((SELECT e.position FROM event e
                WHERE e.workspace = h.workspace ORDER BY e.position DESC LIMIT 1), 0)
            FROM head h WHERE h.workspace > $1 ORDER BY h.workspace LIMIT $2",
        key: &[Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (position, last) = (row.int(1), row.int(2).max(row.int(3)));
            (position != last).then(|| format!("{}: the head is at {position}, the last event at {last}", row.id(0)))
        },
    },
    Rule {
        name: "heads_behind_their_last_event",
        part: Journal,
        sql: "SELECT h.workspace, h.last_us, coalesce((SELECT e.at_us FROM event e
                WHERE e.workspace = h.workspace ORDER BY e.position DESC LIMIT 1), h.last_us)
            FROM head h WHERE h.workspace > $1 ORDER BY h.workspace LIMIT $2",
        key: &[Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let behind = row.int(1) < row.int(2);
            behind.then(|| format!("{}: the last event is of a later time than the head", row.id(0)))
        },
    },
    Rule {
        name: "heads_out_of_order",
        part: Journal,
        sql: "SELECT workspace, position, floor, epoch_from FROM head
            WHERE workspace > $1 ORDER BY workspace LIMIT $2",
        key: &[Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (position, floor, from) = (row.int(1), row.int(2), row.int(3));
            let wrong = floor > position || from > position;
            wrong.then(|| format!("{}: floor {floor} or epoch from {from} beyond {position}", row.id(0)))
        },
    },
    Rule {
        name: "receipts_from_the_future",
        part: Journal,
        sql: "SELECT r.key, r.workspace, r.account, r.position,
                coalesce((SELECT h.position FROM head h WHERE h.workspace = r.workspace), -1)
            FROM receipt r WHERE (r.key, r.workspace, r.account) > ($1, $2, $3) ORDER BY r.key, r.workspace, r.account LIMIT $4",
        key: &[Blob, Blob, Blob],
        page: 1_000,
        exact: None,
        judge: |_, row| {
            let (position, head) = (row.int(3), row.int(4));
            (position > head).then(|| format!("{}: a receipt of {position}, the head is at {head}", row.id(1)))
        },
    },
];
