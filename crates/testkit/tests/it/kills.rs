//! Invariant 1. A server may die anywhere; what it acknowledged stays, and stays once.

use std::sync::Arc;

use service::{Device, InvitationCode, NewInvite, Newcomer};
use store::{DigestKey, Limits, Order, Store};
use testkit::kill::killed_after;
use testkit::{Fault, Ground, Ledger, Node, Team, Wrongs, on_every_engine};

/// Sends under a fresh key; the outcome, if any comes, goes into the ledger.
async fn says(node: &Node, team: &Team, ledger: &Ledger, text: &str) {
    let key = node.new_key();
    ledger.tries(text, key, team.workspace, team.general);
    let outcome = team.owner.says_under(node, key, team.general, text).await;
    ledger.hears(text, &outcome);
}

/// Whoever heard nothing asks again under the same key, as every client does.
async fn ask_again(node: &Node, team: &Team, ledger: &Ledger) {
    for (text, entry) in ledger.unanswered() {
        let outcome = team.owner.says_under(node, entry.key, entry.channel, &text).await;
        ledger.hears(&text, &outcome);
    }
    assert!(ledger.unanswered().is_empty(), "a retry is always answered");
}

/// Everything at once on one task, so that it can be dropped at any await.
async fn talk_in_one_task(ground: &Ground, team: &Team, ledger: &Ledger, round: usize) {
    let store = Store::new(ground.engine().await, DigestKey([7; 32]), Limits::default());
    let lanes = futures_util::future::join_all(store.lanes());
    let talk = async {
        let orders = (0..3).map(|line| {
            let text = format!("round {round} line {line}");
            let key = store::clock::new_key(&ground.clock);
            ledger.tries(&text, key, team.workspace, team.general);
            let message = domain::text::MessageText::new(text.clone()).expect("a text");
            let command = domain::verbs::Send::new(team.general, message).expect("a message");
            let (store, by) = (store.clone(), team.owner.by);
            async move {
                let outcome = store.execute(Order { by, key, command: Box::new(command) }).await;
                ledger.hears(&text, &outcome);
            }
        });
        futures_util::future::join_all(orders).await;
        store.close();
    };
    tokio::join!(lanes, talk);
}

on_every_engine! {
    async fn an_acknowledged_command_survives_kill_at_every_await_point_and_is_in_the_journal_exactly_once(ground: Ground) {
        let team = {
            let node = ground.node().await;
            let team = Team::set_up(&node).await;
            node.stop().await;
            team
        };
        let ledger = Ledger::default();
        let mut polls = 0;
        // One poll more each time, until once it comes to its end: every await was the last one.
        while killed_after(polls, talk_in_one_task(&ground, &team, &ledger, polls)).await.is_none() {
            polls += 1;
            assert!(polls < 10_000, "it never ends");
        }
        assert!(polls > 0, "something was awaited");
        let node = ground.node().await;
        ask_again(&node, &team, &ledger).await;
        assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default());
        node.stop().await;
    }

    async fn whatever_fails_or_dies_at_whatever_transaction_the_same_key_settles_it(ground: Ground) {
        let (team, ledger) = {
            let node = ground.node().await;
            let team = Team::set_up(&node).await;
            node.stop().await;
            (team, Ledger::default())
        };
        for (number, fault) in Fault::ALL.iter().enumerate() {
            for after in 0..2 {
                let node = Arc::new(ground.node().await);
                node.faults.plan(after, *fault);
                let talk = async {
                    for line in 0..4 {
                        says(&node, &team, &ledger, &format!("{number} {after} {line}")).await;
                    }
                };
                let died = async {
                    while !node.faults.happened().iter().any(|fault| fault.kills()) {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! { () = talk => {}, () = died => {} }
                assert_eq!(node.faults.happened(), [*fault], "the plan was carried out");
                Arc::into_inner(node).expect("one owner").die().await;
                let node = ground.node().await;
                ask_again(&node, &team, &ledger).await;
                node.stop().await;
            }
        }
        let engine = ground.engine().await;
        assert_eq!(ledger.judge(engine.as_ref()).await, Wrongs::default());
    }

    async fn a_set_up_killed_between_its_databases_is_finished_at_the_next_start(ground: Ground) {
        for after in 0..3 {
            let node = Arc::new(ground.node().await);
            node.faults.plan(after, Fault::DiesAfterCommit);
            let key = node.new_key();
            let born = async {
                if after == 0 { Team::set_up(&node).await } else { Team::another(&node, &format!("team {after} {key}")).await }
            };
            let died = async {
                while node.faults.happened().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! { _ = born => panic!("it should have died"), () = died => {} }
            Arc::into_inner(node).expect("one owner").die().await;
            let node = ground.node().await;
            let finished = node.service.finish_what_was_begun().await.expect("finished");
            assert_eq!(finished, usize::from(after < 2), "the last step leaves nothing to finish");
            assert_eq!(node.service.finish_what_was_begun().await.expect("finished"), 0, "once is enough");
            node.stop().await;
        }
    }

    async fn a_coming_killed_at_any_step_is_finished_or_begun_anew(ground: Ground) {
        let team = set_up(&ground).await;
        // An account, the directory's note, the shard's decision, the directory's membership, a session.
        for after in 0..5 {
            let email = format!("bob{after}@example.org");
            let node = Arc::new(ground.node().await);
            let code = invites(&node, &team).await;
            node.faults.plan(after, Fault::DiesAfterCommit);
            let new = Newcomer { email: email.clone(), password: "battery staple".into(), name: "Bob".into() };
            dies(node, |node| { let code = code.clone(); async move { drop(node.service.sign_up(&code, new, Device::default()).await) } }).await;
            let node = ground.node().await;
            ground.clock.advance(2 * domain::Stamp::MINUTE);
            let finished = node.service.finish_what_was_begun().await.expect("finished");
            assert_eq!(finished, usize::from(after == 2), "after step {after}");
            assert_eq!(node.service.finish_what_was_begun().await.expect("finished"), 0, "once is enough");
            let bob = node.service.sign_in(&email, "battery staple", Device::default()).await.expect("the account is whole").who;
            let homes = node.service.workspaces(&bob, None, 10).await.expect("a list").0.len();
            assert_eq!(homes, usize::from(after >= 2), "after step {after}");
            node.service.come_in(bob.account, node.new_key(), &code, None).await.expect("in, or in already");
            assert_eq!(node.service.workspaces(&bob, None, 10).await.expect("a list").0.len(), 1);
            node.stop().await;
        }
    }

    async fn a_removal_killed_at_any_step_is_finished_or_begun_anew(ground: Ground) {
        let team = set_up(&ground).await;
        for after in 0..3 {
            let node = Arc::new(ground.node().await);
            let code = invites(&node, &team).await;
            let new = Newcomer { email: format!("bob{after}@example.org"), password: "battery staple".into(), name: "Bob".into() };
            let (session, _) = node.service.sign_up(&code, new, Device::default()).await.expect("in");
            let bob = session.who;
            node.faults.plan(after, Fault::DiesAfterCommit);
            dies(node, |node| async move {
                drop(node.service.remove_member(team.owner.by, node.new_key(), bob.account, false).await);
            })
            .await;
            let node = ground.node().await;
            ground.clock.advance(2 * domain::Stamp::MINUTE);
            let finished = node.service.finish_what_was_begun().await.expect("finished");
            assert_eq!(finished, usize::from(after == 1), "after step {after}");
            assert_eq!(node.service.finish_what_was_begun().await.expect("finished"), 0, "once is enough");
            let homes = node.service.workspaces(&bob, None, 10).await.expect("a list").0.len();
            assert_eq!(homes, usize::from(after == 0), "after step {after}");
            node.stop().await;
        }
    }
}

async fn set_up(ground: &Ground) -> Team {
    let node = ground.node().await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    team
}

async fn invites(node: &Node, team: &Team) -> InvitationCode {
    let new = NewInvite { role: domain::Role::Member, uses: None, expires_s: None, channels: Vec::new() };
    let (code, _) = node.service.invite(team.owner.by, node.new_key(), new).await.expect("invited");
    code
}

/// Does it until the planned death.
async fn dies<F: Future<Output = ()>>(node: Arc<Node>, work: impl FnOnce(Arc<Node>) -> F) {
    let died = async {
        while node.faults.happened().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { () = work(node.clone()) => panic!("it should have died"), () = died => {} }
    Arc::into_inner(node).expect("one owner").die().await;
}
