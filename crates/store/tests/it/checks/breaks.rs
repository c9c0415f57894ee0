//! What a hand does to the tables of a lively team so that one check speaks, and what makes it good again.

/// Whom a change by hand is about.
#[derive(Clone, Copy)]
pub enum It {
    Workspace,
    Channel,
    Bob,
    Owner,
}
use It::{Bob, Channel, Owner, Workspace};

pub struct Break {
    pub name: &'static str,
    pub breaks: (&'static str, &'static [It]),
    pub mends: (&'static str, &'static [It]),
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
pub const BREAKS: &[Break] = &[
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
