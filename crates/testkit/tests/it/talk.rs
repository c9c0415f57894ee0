//! The first verbs, from set-up to a read mark.

use domain::Code;
use service::Address;
use store::NotDone;
use testkit::team::number;
use testkit::{Ground, Team, on_every_engine};

on_every_engine! {
    async fn a_team_is_set_up_talks_in_a_channel_and_in_a_thread(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let bob = team.welcomes(&node, "Bob").await;
        let first = team.owner.says(&node, team.general, &format!("hi {}", bob.mention())).await.expect("said");
        assert_eq!(number(&first), 1);
        let root = Address { channel: team.general, thread: 0, number: 1 };
        let reply = bob.replies(&node, root, "hello").await.expect("replied");
        assert_eq!(number(&reply), 1);
        assert_eq!(number(&bob.says(&node, team.general, "two").await.expect("said")), 2);
        node.service.react(bob.by, node.new_key(), root, "🎉", true).await.expect("reacted");
        node.service.edit(team.owner.by, node.new_key(), root, "hi all").await.expect("edited");
        bob.reads_to(&node, Address { number: 2, ..root }).await.expect("marked");
        let gone = node.service.delete(team.owner.by, node.new_key(), root).await.expect("deleted");
        assert_eq!(gone.position.0, first.position.0 + 5, "reply, message, reaction, edit, deletion");
        node.stop().await;
    }

    async fn a_guest_finds_no_channel_they_do_not_sit_in(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let channel = team.opens(&node, "plans").await;
        let guest = team.welcomes_as(&node, "Gil", domain::Role::Guest).await;
        guest.says(&node, team.general, "hello").await.expect("a seat is enough");
        match guest.says(&node, channel, "let me in").await {
            Err(NotDone::Refused(refusal)) => assert_eq!(refusal.code, Code::NotFound),
            other => panic!("a guest was answered {other:?}"),
        }
    }
}
