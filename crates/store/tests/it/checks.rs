//! A store that was tampered with is found out, and what is broken is named.

use std::collections::BTreeSet;

use domain::cell::Value;
use service::{Address, Draft};
use store::Engine;
use store::check::{check, names};
use store::migrate::Part;
use testkit::{Ground, Node, Team, on_every_engine};

use crate::hands::by_hand;

mod breaks;

use breaks::{BREAKS, Break, It};

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
