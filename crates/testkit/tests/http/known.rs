//! Who was recognised is not read again, and is still refused at once where they were signed out.

use testkit::{Ground, Street, Visitor, on_every_engine};
use tokio::task::JoinHandle;

const RECOGNISE: &str = "FROM credential c JOIN account";
/// Asks who one is, and nothing else.
const PATH: &str = "/openapi.json";

fn follows(street: &Street) -> JoinHandle<()> {
    let service = street.node.service.clone();
    tokio::spawn(async move { service.follow_installation().await })
}

async fn costs_a_read(street: &Street, visitor: &Visitor) -> bool {
    let before = street.node.faults.asked(RECOGNISE);
    street.get(visitor, PATH).await.ok();
    street.node.faults.asked(RECOGNISE) > before
}

/// Until what follows has caught up, or has been missed.
async fn until_a_read_is(street: &Street, visitor: &Visitor, needed: bool) {
    while costs_a_read(street, visitor).await != needed {
        tokio::task::yield_now().await;
    }
}

fn unlimited(ground_node: testkit::Node) -> Street {
    Street::with(ground_node, |options| (options.rates.address, options.rates.account) = (0, 0))
}

on_every_engine! {
    async fn nobody_is_read_twice_while_the_journal_is_followed_and_everyone_when_it_is_not(ground: Ground) {
        let street = unlimited(ground.node().await);
        let (ada, _) = street.set_up().await;
        assert!(costs_a_read(&street, &ada).await && costs_a_read(&street, &ada).await, "nobody follows");
        let follower = follows(&street);
        until_a_read_is(&street, &ada, false).await;
        // Twenty times on end: where the machine stands still for longer than what is known is believed, a read is right.
        let mut unread = 0;
        while unread < 20 {
            unread = if costs_a_read(&street, &ada).await { 0 } else { unread + 1 };
        }
        follower.abort();
        until_a_read_is(&street, &ada, true).await;
    }

    async fn who_signs_out_here_is_refused_by_the_very_next_request(ground: Ground) {
        let street = unlimited(ground.node().await);
        let (ada, _) = street.set_up().await;
        let follower = follows(&street);
        for _ in 0..10 {
            let phone = street.signs_in(&Visitor::from("192.0.2.7"), "ada@example.org", "correct horse").await.ok();
            let phone = Visitor::with_token(&phone["token"]);
            until_a_read_is(&street, &phone, false).await;
            until_a_read_is(&street, &ada, false).await;
            street.delete(&phone, "/session").await.ok();
            assert_eq!(street.get(&phone, "/session").await.status, 401);
            assert_eq!(street.get(&ada, "/session").await.status, 200);
            ground.clock.advance(domain::Stamp::MINUTE);
        }
        follower.abort();
    }

    async fn a_session_in_use_is_noted_now_and_then_and_never_waited_for(ground: Ground) {
        let street = unlimited(ground.node().await);
        let (ada, _) = street.set_up().await;
        let follower = follows(&street);
        let seen = async || street.get(&ada, "/sessions").await.ok()["items"][0]["seen"].clone();
        let began = seen().await;
        ground.clock.advance(11 * domain::Stamp::MINUTE);
        while seen().await == began {
            tokio::task::yield_now().await;
        }
        let noted = seen().await;
        ground.clock.advance(domain::Stamp::MINUTE);
        assert_eq!(seen().await, noted, "seldom enough to cost nothing");
        follower.abort();
    }

    async fn who_is_signed_out_on_another_node_is_refused_here_a_moment_later(ground: Ground) {
        let (street, other) = (unlimited(ground.node().await), unlimited(ground.node().await));
        let (ada, _) = street.set_up().await;
        let follower = follows(&street);
        let phone = other.signs_in(&Visitor::default(), "ada@example.org", "correct horse").await.ok();
        let phone = Visitor::with_token(&phone["token"]);
        until_a_read_is(&street, &phone, false).await;
        other.delete(&phone, "/session").await.ok();
        let began = tokio::time::Instant::now();
        while street.get(&phone, "/session").await.status != 401 {
            assert!(began.elapsed() < std::time::Duration::from_secs(10), "it is never refused");
        }
        // Nobody follows any more: what is known is not believed, and the directory is asked.
        let phone = other.signs_in(&Visitor::default(), "ada@example.org", "correct horse").await.ok();
        let phone = Visitor::with_token(&phone["token"]);
        until_a_read_is(&street, &phone, false).await;
        follower.abort();
        until_a_read_is(&street, &phone, true).await;
        other.delete(&phone, "/session").await.ok();
        assert_eq!(street.get(&phone, "/session").await.status, 401);
        assert_eq!(street.get(&ada, "/session").await.status, 200);
    }
}
