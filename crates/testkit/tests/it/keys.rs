//! Invariant 4. The same key answers the same, wherever and whenever it is asked again.

use domain::{Code, Stamp};
use store::NotDone;
use testkit::team::number;
use testkit::{Fault, Ground, Team, on_every_engine};

fn refused_as(outcome: &Result<store::Done, NotDone>, code: Code) -> bool {
    matches!(outcome, Err(NotDone::Refused(refusal)) if refusal.code == code)
}

on_every_engine! {
    async fn same_key_twice_in_a_batch_across_nodes_and_after_an_unknown_commit_gives_the_first_result(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let says = |key| team.owner.says_under(&node, key, team.general, "once");

        node.faults.plan(0, Fault::OpenFails);
        let key = node.new_key();
        let (one, two, three) = tokio::join!(says(key), says(key), says(key));
        let first = one.expect("said");
        assert!(!first.again && number(&first) == 1);
        for again in [two.expect("found"), three.expect("found"), says(key).await.expect("found")] {
            assert!(again.again, "it happened before");
            assert_eq!((&again.reply, again.position, again.stamp), (&first.reply, first.position, first.stamp));
        }

        for fault in [Fault::AnswerLost, Fault::CommitLost] {
            node.faults.plan(0, fault);
            let key = node.new_key();
            let unknown = says(key).await.expect("resolved by its receipt");
            assert_eq!(unknown.again, fault == Fault::AnswerLost, "{fault:?}");
            let asked = says(key).await.expect("found");
            assert_eq!((asked.reply, asked.position), (unknown.reply, unknown.position));
        }
        node.stop().await;

        let other = ground.node().await;
        let elsewhere = team.owner.says_under(&other, key, team.general, "once").await.expect("found");
        assert_eq!((elsewhere.again, elsewhere.position), (true, first.position));
        other.stop().await;
    }

    async fn a_key_means_one_command_and_not_for_ever(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let key = node.new_key();
        team.owner.says_under(&node, key, team.general, "this").await.expect("said");
        let other = team.owner.says_under(&node, key, team.general, "that").await;
        assert!(refused_as(&other, Code::KeyReused), "{other:?}");
        let refused = team.owner.says_under(&node, node.new_key(), team.general, " ").await;
        assert!(refused_as(&refused, Code::Invalid), "{refused:?}");

        node.clock.advance(24 * Stamp::HOUR + Stamp::SECOND);
        let late = team.owner.says_under(&node, key, team.general, "this").await;
        assert!(refused_as(&late, Code::KeyExpired), "a late retry is refused, never doubled: {late:?}");
        let ahead = domain::Key::new(node.now().plus(6 * Stamp::MINUTE), [1; 10]);
        let early = team.owner.says_under(&node, ahead, team.general, "soon").await;
        assert!(refused_as(&early, Code::KeyExpired), "{early:?}");
        node.stop().await;
    }

    async fn a_clock_that_jumps_locks_nobody_out_and_stamps_still_rise(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let mut last = team.owner.says(&node, team.general, "at noon").await.expect("said").stamp;
        for jump in [-Stamp::HOUR, 24 * Stamp::HOUR, -25 * Stamp::HOUR] {
            // The client's own clock stayed right: its keys are made at the last stamp it saw.
            let key = domain::Key::new(last, store::clock::random());
            node.clock.advance(jump);
            let by = store::clock::Clock::now(&node.clock).max(last);
            let key = if jump > 0 { domain::Key::new(by, store::clock::random()) } else { key };
            let done = team.owner.says_under(&node, key, team.general, &format!("after {jump}")).await.expect("said");
            assert!(done.stamp > last, "a stamp is never issued twice");
            last = done.stamp;
        }
        node.stop().await;
    }
}
