//! A store that was tampered with is found out, and what is broken is named.

use std::collections::BTreeSet;

use domain::cell::Value;
use service::{Address, Draft};
use store::Engine;
use store::check::{check, names};
use store::migrate::Part;
use testkit::{Ground, Node, Team, on_every_engine};

use crate::hands::by_hand;

/// Whom a change by hand is about.
#[derive(Clone, Copy)]
enum It {
    Workspace,
    Channel,
    Bob,
    Owner,
}
use It::{Bob, Channel, Owner, Workspace};

struct Break {
    name: &'static str,
    breaks: (&'static str, &'static [It]),
    mends: (&'static str, &'static [It]),
}

const fn by(
    name: &'static str,
    breaks: (&'static str, &'static [It]),
    mends: (&'static str, &'static [It]),
) -> Break {
    Break { name, breaks, mends }
}

/// In general: 1 a root with two replies, the first of them deleted; 2 names Bob, was edited, is pinned; 3 is deleted;
/// 4 calls everyone.
const BREAKS: &[Break] = &[
    by(
        "holes_in_positions",
        ("DELETE FROM event WHERE workspace = $1 AND position = 3", &[Workspace]),
        (
            "INSERT INTO event (workspace, position, kind, audience, at_us)
                SELECT workspace, 3, kind, audience, at_us FROM event WHERE workspace = $1 AND position = 4",
            &[Workspace],
        ),
    ),
    by(
        "stamps_that_fall",
        ("UPDATE event SET at_us = at_us - 60000000 WHERE workspace = $1 AND position = 5", &[Workspace]),
        ("UPDATE event SET at_us = at_us + 60000000 WHERE workspace = $1 AND position = 5", &[Workspace]),
    ),
    by(
        "events_without_a_head",
        (
            "INSERT INTO event (workspace, position, kind, audience, at_us) VALUES ($1, 1, 41, 1, 1)",
            &[Owner],
        ),
        ("DELETE FROM event WHERE workspace = $1", &[Owner]),
    ),
    by(
        "journals_without_their_end",
        ("UPDATE head SET position = position + 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE head SET position = position - 1 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "heads_behind_their_last_event",
        ("UPDATE head SET last_us = last_us - 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE head SET last_us = last_us + 1 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "heads_out_of_order",
        ("UPDATE head SET epoch_from = position + 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE head SET epoch_from = 0 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "receipts_from_the_future",
        ("UPDATE receipt SET position = position + 1000 WHERE workspace = $1", &[Workspace]),
        ("UPDATE receipt SET position = position - 1000 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "owners_miscounted",
        ("UPDATE workspace_self SET owners = owners + 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE workspace_self SET owners = owners - 1 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "members_miscounted",
        ("UPDATE workspace_self SET members = members + 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE workspace_self SET members = members - 1 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "channels_miscounted",
        ("UPDATE workspace_self SET channels = channels + 1 WHERE workspace = $1", &[Workspace]),
        ("UPDATE workspace_self SET channels = channels - 1 WHERE workspace = $1", &[Workspace]),
    ),
    by(
        "seats_of_missing_channels",
        (
            "INSERT INTO channel_member (channel, account, workspace, role, since, read_number, read_version, changed)
                VALUES ($1, $2, $3, 'left', 1, 0, 0, 1)",
            &[Bob, Owner, Workspace],
        ),
        ("DELETE FROM channel_member WHERE channel = $1", &[Bob]),
    ),
    by(
        "seats_of_missing_members",
        (
            "INSERT INTO channel_member (channel, account, workspace, role, since, read_number, read_version, changed)
                SELECT channel, $1, workspace, 'manager', 1, 0, 0, 1 FROM channel_member WHERE account = $2",
            &[Channel, Bob],
        ),
        ("DELETE FROM channel_member WHERE account = $1", &[Channel]),
    ),
    by(
        "thread_seats_without_a_root",
        ("UPDATE thread_seat SET thread = thread + 100 WHERE account = $1", &[Bob]),
        ("UPDATE thread_seat SET thread = thread - 100 WHERE account = $1", &[Bob]),
    ),
    by(
        "tips_of_missing_channels",
        (
            "INSERT INTO channel_tip (workspace, channel, last_number, last_us, last_position, members, pins, holes)
                VALUES ($1, $2, 0, 0, 0, 0, 0, '[]')",
            &[Workspace, Bob],
        ),
        ("DELETE FROM channel_tip WHERE channel = $1", &[Bob]),
    ),
    by(
        "channels_without_a_tip",
        ("UPDATE channel_tip SET channel = $1 WHERE channel = $2", &[Bob, Channel]),
        ("UPDATE channel_tip SET channel = $1 WHERE channel = $2", &[Channel, Bob]),
    ),
    by(
        "tips_off_their_last_number",
        ("UPDATE channel_tip SET last_number = last_number + 1 WHERE channel = $1", &[Channel]),
        ("UPDATE channel_tip SET last_number = last_number - 1 WHERE channel = $1", &[Channel]),
    ),
    by(
        "tips_off_their_members",
        ("UPDATE channel_tip SET members = members - 1 WHERE channel = $1", &[Channel]),
        ("UPDATE channel_tip SET members = members + 1 WHERE channel = $1", &[Channel]),
    ),
    by(
        "tips_off_their_pins",
        ("UPDATE channel_tip SET pins = pins + 1 WHERE channel = $1", &[Channel]),
        ("UPDATE channel_tip SET pins = pins - 1 WHERE channel = $1", &[Channel]),
    ),
    by(
        "tips_from_the_future",
        ("UPDATE channel_tip SET last_position = last_position + 1000 WHERE channel = $1", &[Channel]),
        ("UPDATE channel_tip SET last_position = last_position - 1000 WHERE channel = $1", &[Channel]),
    ),
    by(
        "holes_in_numbers",
        ("UPDATE message SET number = 103 WHERE channel = $1 AND thread = 0 AND number = 4", &[Channel]),
        ("UPDATE message SET number = 4 WHERE channel = $1 AND thread = 0 AND number = 103", &[Channel]),
    ),
    by(
        "messages_of_missing_channels",
        (
            "INSERT INTO message (channel, thread, number, at_us, author, text, last_reply, position, changed)
                VALUES ($1, 0, 1, 1, $1, 'lost', 0, 1, 1)",
            &[Bob],
        ),
        ("DELETE FROM message WHERE channel = $1", &[Bob]),
    ),
    by(
        "messages_from_the_future",
        ("UPDATE message SET changed = changed + 1000 WHERE channel = $1 AND number = 2", &[Channel]),
        ("UPDATE message SET changed = changed - 1000 WHERE channel = $1 AND number = 2", &[Channel]),
    ),
    by(
        "replies_without_a_root",
        (
            "INSERT INTO message (channel, thread, number, at_us, author, text, last_reply, position, changed)
                VALUES ($1, 50, 1, 1, $2, 'lost', 0, 1, 1)",
            &[Channel, Bob],
        ),
        ("DELETE FROM message WHERE channel = $1 AND thread = 50", &[Channel]),
    ),
    by(
        "roots_off_their_last_reply",
        ("UPDATE message SET last_reply = 7 WHERE channel = $1 AND thread = 0 AND number = 1", &[Channel]),
        ("UPDATE message SET last_reply = 2 WHERE channel = $1 AND thread = 0 AND number = 1", &[Channel]),
    ),
    by(
        "replies_miscounted",
        ("UPDATE message SET deleted_us = NULL WHERE channel = $1 AND thread = 1 AND number = 1", &[Channel]),
        ("UPDATE message SET deleted_us = 1 WHERE channel = $1 AND thread = 1 AND number = 1", &[Channel]),
    ),
    by(
        "reactions_miscounted",
        ("UPDATE reaction SET number = 4 WHERE channel = $1 AND number = 2", &[Channel]),
        ("UPDATE reaction SET number = 2 WHERE channel = $1 AND number = 4", &[Channel]),
    ),
    by(
        "extras_that_do_not_read",
        ("UPDATE message SET extra = '{' WHERE channel = $1 AND number = 4", &[Channel]),
        ("UPDATE message SET extra = NULL WHERE channel = $1 AND number = 4", &[Channel]),
    ),
    by(
        "deleted_messages_with_a_text",
        ("UPDATE message SET text = 'again' WHERE channel = $1 AND thread = 0 AND number = 3", &[Channel]),
        ("UPDATE message SET text = '' WHERE channel = $1 AND thread = 0 AND number = 3", &[Channel]),
    ),
    by(
        "deleted_messages_with_a_past",
        ("UPDATE message_past SET number = 3 WHERE channel = $1 AND number = 2", &[Channel]),
        ("UPDATE message_past SET number = 2 WHERE channel = $1 AND number = 3", &[Channel]),
    ),
    by(
        "mentions_of_missing_messages",
        ("UPDATE mention SET number = 77 WHERE account = $1", &[Bob]),
        ("UPDATE mention SET number = 2 WHERE account = $1", &[Bob]),
    ),
    by(
        "mentions_of_deleted_messages",
        (
            "INSERT INTO mention (workspace, account, position, channel, thread, number, seen)
                SELECT $1, $2, position, channel, thread, number, 0 FROM message
                WHERE channel = $3 AND thread = 0 AND number = 3",
            &[Workspace, Owner, Channel],
        ),
        ("DELETE FROM mention WHERE account = $1", &[Owner]),
    ),
    by(
        "shouts_of_missing_messages",
        ("UPDATE shout SET number = 77 WHERE channel = $1", &[Channel]),
        ("UPDATE shout SET number = 4 WHERE channel = $1", &[Channel]),
    ),
    by(
        "shouts_of_deleted_messages",
        ("UPDATE shout SET number = 3 WHERE channel = $1", &[Channel]),
        ("UPDATE shout SET number = 4 WHERE channel = $1", &[Channel]),
    ),
    by(
        "pins_of_missing_messages",
        ("UPDATE pin SET number = 77 WHERE channel = $1", &[Channel]),
        ("UPDATE pin SET number = 2 WHERE channel = $1", &[Channel]),
    ),
    by(
        "pins_of_deleted_messages",
        ("UPDATE pin SET number = 3 WHERE channel = $1", &[Channel]),
        ("UPDATE pin SET number = 2 WHERE channel = $1", &[Channel]),
    ),
    by(
        "earlier_texts_of_missing_messages",
        ("UPDATE message_past SET number = 77 WHERE channel = $1", &[Channel]),
        ("UPDATE message_past SET number = 2 WHERE channel = $1", &[Channel]),
    ),
    by(
        "workspaces_left_making",
        ("UPDATE workspace SET state = 'making' WHERE id = $1", &[Workspace]),
        ("UPDATE workspace SET state = 'active' WHERE id = $1", &[Workspace]),
    ),
    by(
        "workspaces_without_a_journal",
        (
            "INSERT INTO workspace (id, slug, shard, fence, state, region, created_us) VALUES ($1, 'x', 0, 1, 'active', '', 1)",
            &[Bob],
        ),
        ("DELETE FROM workspace WHERE id = $1", &[Bob]),
    ),
    by(
        "memberships_without_a_member",
        (
            "INSERT INTO membership (account, workspace, state, position) VALUES ($1, $2, 'active', 1)",
            &[Channel, Workspace],
        ),
        ("DELETE FROM membership WHERE account = $1", &[Channel]),
    ),
    by(
        "memberships_off_their_member",
        ("UPDATE membership SET state = 'left' WHERE account = $1", &[Owner]),
        ("UPDATE membership SET state = 'active' WHERE account = $1", &[Owner]),
    ),
    by(
        "members_without_a_membership",
        ("UPDATE membership SET account = $1 WHERE account = $2", &[Bob, Owner]),
        ("UPDATE membership SET account = $1 WHERE account = $2", &[Owner, Bob]),
    ),
];

/// What one break drags along, since two rules see the same row.
fn also(name: &str) -> &'static [&'static str] {
    match name {
        "channels_without_a_tip" => &[
            "tips_of_missing_channels",
            "tips_off_their_last_number",
            "tips_off_their_members",
            "tips_off_their_pins",
        ],
        "holes_in_numbers" => &["tips_off_their_last_number", "shouts_of_missing_messages"],
        "seats_of_missing_members" => &["tips_off_their_members"],
        _ => &[],
    }
}

async fn told(engine: &dyn Engine) -> BTreeSet<&'static str> {
    let findings = check(engine, Part::ALL, &mut |_| ()).await.expect("the store reads");
    findings.iter().map(|finding| finding.name).collect()
}

/// A team that left a trace in every table a rule looks at.
async fn a_lively_team(node: &Node) -> (Team, Vec<Value>) {
    let team = Team::set_up(node).await;
    let bob = team.welcomes(node, "Bob").await;
    let at = |thread, number| Address { channel: team.general, thread, number };
    let say = async |text: &str| team.owner.says(node, team.general, text).await.expect("said");
    say("a root").await;
    bob.replies(node, at(0, 1), "one").await.expect("said");
    team.owner.replies(node, at(0, 1), "two").await.expect("said");
    node.service.delete(bob.by, node.new_key(), at(1, 1)).await.expect("deleted");
    say(&format!("hi {}", bob.mention())).await;
    node.service
        .edit(team.owner.by, node.new_key(), at(0, 2), &format!("hello {}", bob.mention()))
        .await
        .expect("edited");
    node.service.react(bob.by, node.new_key(), at(0, 2), "🎉", true).await.expect("reacted");
    say(&format!("gone soon, {}", bob.mention())).await;
    node.service.delete(team.owner.by, node.new_key(), at(0, 3)).await.expect("deleted");
    say("<!channel> hear hear").await;
    let other = Team::another(node, "Others").await;
    other.owner.says(node, other.general, "elsewhere").await.expect("said");
    let both = Draft { channel: other.general, thread: 1, text: "here too".into(), in_channel: true };
    node.service.send(other.owner.by, node.new_key(), both).await.expect("said");
    let engine = node.store.engine().as_ref();
    let channel = vec![Value::of(&team.general), Value::of(&bob.account())];
    by_hand(
        engine,
        "INSERT INTO pin (channel, thread, number, account, at_us) VALUES ($1, 0, 2, $2, 1)",
        channel,
    )
    .await;
    by_hand(engine, "UPDATE channel_tip SET pins = 1 WHERE channel = $1", vec![Value::of(&team.general)])
        .await;
    let values = vec![
        Value::of(&team.workspace),
        Value::of(&team.general),
        Value::of(&bob.account()),
        Value::of(&team.owner.account()),
    ];
    (team, values)
}

on_every_engine! {
    async fn each_thing_that_is_broken_is_told_by_its_name_and_nothing_else_is(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let (_, who) = a_lively_team(&node).await;
        assert_eq!(check(engine, Part::ALL, &mut |_| ()).await, Ok(Vec::new()), "what commands write is right");
        let values = |of: &[It]| of.iter().map(|it| who[*it as usize].clone()).collect();
        for Break { name, breaks, mends } in BREAKS {
            assert!(by_hand(engine, breaks.0, values(breaks.1)).await > 0, "{name} was not broken");
            let expected: BTreeSet<_> = also(name).iter().copied().chain([*name]).collect();
            assert_eq!(told(engine).await, expected, "after {}", breaks.0);
            assert!(by_hand(engine, mends.0, values(mends.1)).await > 0, "{name} was not mended");
        }
        assert_eq!(told(engine).await, BTreeSet::new(), "all is mended");
        let broken: BTreeSet<_> = BREAKS.iter().map(|each| each.name).collect();
        assert_eq!(broken, names(Part::ALL).into_iter().collect(), "every rule was broken once");
        node.stop().await;
    }

    async fn many_things_that_are_broken_are_shown_by_a_hundred_and_counted(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        let many = "INSERT INTO message (channel, thread, number, at_us, author, text, last_reply, position, changed)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            SELECT $1, 1, n.i, 1, $2, 'lost', 0, 1, 1 FROM n";
        by_hand(engine, many, vec![Value::of(&team.general), Value::of(&team.owner.account())]).await;
        let mut rows = 0;
        let mut progress = |at: store::check::Progress| if at.rule == "replies_without_a_root" { rows = at.rows };
        let findings = check(engine, Part::ALL, &mut progress).await.expect("the store reads");
        assert_eq!(findings.len(), 101, "{findings:?}");
        assert_eq!(findings[100].what, "and 2400 more");
        assert_eq!(rows, 2_500, "page by page, all were looked at");
        node.stop().await;
    }

    async fn a_check_while_people_write_finds_nothing(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let (team, _) = a_lively_team(&node).await;
        let talk = async {
            for line in 0..60 {
                team.owner.says(&node, team.general, &format!("line {line}")).await.expect("said");
                if line % 10 == 0 {
                    team.welcomes(&node, &format!("Guest {line}")).await;
                }
            }
        };
        let looks = async {
            for _ in 0..5 {
                assert_eq!(check(engine, Part::ALL, &mut |_| ()).await, Ok(Vec::new()));
            }
        };
        tokio::join!(talk, looks);
        node.stop().await;
    }
}
