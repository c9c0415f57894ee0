//! Commits as bytes: what is written reads back, and nothing unreadable does harm.

use std::collections::BTreeSet;

use domain::{Commit, Epoch};
use live::wire::{VERSION, decode, encode};
use proptest::prelude::*;
use testkit::bus::{commit, said, whispered, workspace};
use testkit::{Backend, Ground, Team, team};

/// What a team did in its first minutes, as it was committed.
async fn a_few_commits() -> Vec<Commit> {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let mut committed = node.store.committed();
    let team = Team::set_up(&node).await;
    let bob = team.welcomes(&node, "Bob").await;
    let plans = team.opens(&node, "plans").await;
    let done = bob.says(&node, team.general, "hello <@U0000000000000000000000000>").await.expect("said");
    let at = service::Address { channel: team.general, thread: 0, number: team::number(&done) };
    team.owner.replies(&node, at, "welcome").await.expect("replied");
    team.owner.reads_to(&node, at).await.expect("read");
    team.owner.says(&node, plans, "…").await.expect("said");
    let mut commits = Vec::new();
    while let Ok(commit) = committed.try_recv() {
        commits.push(Commit::clone(&commit));
    }
    commits
}

#[tokio::test]
async fn what_a_team_does_reads_back_as_it_was_written() {
    let commits = a_few_commits().await;
    let kinds: BTreeSet<_> =
        commits.iter().flat_map(|commit| &commit.events).map(|(event, _)| event.kind).collect();
    assert!(kinds.len() >= 5, "{kinds:?}");
    assert!(commits.iter().any(|commit| !commit.private.is_empty()), "something private");
    for commit in commits {
        assert_eq!(decode(&encode(&commit)), Ok(commit));
    }
}

#[tokio::test]
async fn a_part_and_a_column_of_the_next_build_are_ignored() {
    let before = Commit::clone(&whispered(workspace(1), 7, 4, 2));
    let mut bytes = encode(&before);
    // Tag 99, three bytes long.
    bytes.extend([99, 3, 1, 2, 3]);
    assert_eq!(decode(&bytes), Ok(before));
    bytes[0] = VERSION + 1;
    assert!(decode(&bytes).is_err(), "made for newer builds alone");
}

#[test]
fn events_that_do_not_stand_where_the_commit_says_are_refused() {
    let here = workspace(1);
    let mut holed = Commit::clone(&commit(here, 7, vec![said(here, 1, "a"), said(here, 3, "b")]));
    assert!(decode(&encode(&holed)).is_err());
    holed.events = vec![said(workspace(2), 1, "of another workspace")];
    assert!(decode(&encode(&holed)).is_err());
}

proptest! {
    #[test]
    fn any_cut_and_any_flipped_byte_is_unreadable_or_a_commit(cut in 0usize..400, at in 0usize..400, bit in 0u8..8) {
        let here = workspace(1);
        let whole = Commit { epoch: Epoch(u64::MAX >> 1), ..Commit::clone(&commit(here, 7, vec![said(here, 9, "text")])) };
        let bytes = encode(&whole);
        let _ = decode(&bytes[..cut.min(bytes.len())]);
        let mut flipped = bytes.clone();
        let at = at % flipped.len();
        flipped[at] ^= 1 << bit;
        let _ = decode(&flipped);
        prop_assert_eq!(decode(&bytes), Ok(whole));
    }
}
