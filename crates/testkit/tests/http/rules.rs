//! Invariant 5: what changed a rule binds everyone after it, whatever a cache remembers.

use domain::{ChannelId, Role};
use serde_json::{Value, json};
use service::{Address, ChannelChange};
use testkit::{Faulty, Ground, Node, Person, Town, on_every_engine};

async fn opens_private(town: &Town, person: Person, name: &str) -> ChannelId {
    let new = service::NewChannel { name: name.into(), private: true, ..service::NewChannel::default() };
    let done = town.node.service.create_channel(person.by, town.node.new_key(), new).await.expect("made");
    testkit::town::id(&done.reply.read::<Value>().expect("an answer")["id"])
}

/// What a channel says to somebody, asked every way it can be read and written.
async fn asked(town: &Town, token: &str, channel: ChannelId) -> Vec<(String, u16)> {
    let reads = ["", "/messages", "/messages/1", "/messages/1/replies", "/messages/2/history", "/members"];
    let mut told = Vec::new();
    for rest in reads {
        let path = town.path(&format!("/channels/{channel}{rest}"));
        told.push((format!("GET {rest}"), town.get(token, &path).await.status.as_u16()));
    }
    for (method, rest, body) in [
        ("POST", "/messages", json!({ "text": "still here" })),
        ("PATCH", "/messages/2", json!({ "text": "mended" })),
        ("PUT", "/messages/1/reactions/🎉", Value::Null),
        ("DELETE", "/messages/2", Value::Null),
    ] {
        let rest = rest.replace('🎉', "%F0%9F%8E%89");
        let path = town.path(&format!("/channels/{channel}{rest}"));
        told.push((format!("{method} {rest}"), town.send(method, token, &path, body).await.status.as_u16()));
    }
    told
}

fn all_are(told: &[(String, u16)], status: u16) {
    let wrong: Vec<_> = told.iter().filter(|(_, known)| *known != status).collect();
    assert!(wrong.is_empty(), "not {status}: {wrong:?}");
}

/// A private channel where Bob sits and has said something, with Bob's token warm in every cache.
async fn a_channel_of_bob(town: &Town) -> (Person, String, ChannelId) {
    let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
    let secret = opens_private(town, ada, "secret").await;
    let key = town.node.new_key();
    town.node.service.add_to_channel(ada.by, key, secret, bob.account()).await.expect("brought in");
    ada.says(&town.node, secret, "a needle").await.expect("said");
    bob.says(&town.node, secret, "second").await.expect("said");
    let token = town.token_of(bob).await;
    let reads = asked(town, &token, secret).await;
    all_are(&reads[..6], 200);
    bob.says(&town.node, secret, "third").await.expect("said");
    (bob, token, secret)
}

on_every_engine! {
    async fn a_rule_that_changed_before_my_position_binds_me_even_with_every_cache_stale(ground: Ground) {
        let town = Town::on(&ground).await;
        let (bob, token, secret) = a_channel_of_bob(&town).await;
        // Another server changes the rule: nothing this one remembers hears of it.
        let other = Node::start(Faulty::over(ground.engine().await), ground.clock.clone()).await;
        let (ada, key) = (town.team.owner, other.new_key());
        other.service.remove_from_channel(ada.by, key, secret, bob.account()).await.expect("sent away");
        all_are(&asked(&town, &token, secret).await, 404);
        for list in ["/changed", "/mentions", "/threads", "/saved", "/channels"] {
            let page = town.get(&token, &town.path(list)).await.ok();
            assert!(!page["channels"].to_string().contains(&secret.to_string()), "{list}");
            assert!(!page["items"].to_string().contains(&secret.to_string()), "{list}");
        }

        other.service.add_to_channel(ada.by, other.new_key(), secret, bob.account()).await.expect("back");
        let page = town.path(&format!("/channels/{secret}/messages"));
        assert_eq!(town.get(&token, &page).await.status, 200, "a rule that allows again binds too");
        other.service.remove_member(ada.by, other.new_key(), bob.account(), false).await.expect("removed");
        all_are(&asked(&town, &token, secret).await, 404);
        assert_eq!(town.get(&token, &town.path("/changed")).await.status, 404, "the workspace is gone for him");
        other.stop().await;
    }

    async fn what_was_put_away_or_closed_elsewhere_takes_no_more_writes_here(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let plans = town.team.opens(&town.node, "plans").await;
        town.node.service.join(bob.by, town.node.new_key(), plans).await.expect("joined");
        bob.says(&town.node, plans, "mine").await.expect("said");
        let token = town.token_of(bob).await;
        let said = town.path(&format!("/channels/{plans}/messages"));
        let says = || town.send("POST", &token, &said, json!({ "text": "more" }));
        says().await.ok();
        let other = Node::start(Faulty::over(ground.engine().await), ground.clock.clone()).await;

        let change = ChannelChange { admins_post: Some(true), ..ChannelChange::default() };
        other.service.change_channel(ada.by, other.new_key(), plans, change).await.expect("only admins post");
        assert_eq!(says().await.body["error"]["details"]["right"], "posting");
        other.service.archive_channel(ada.by, other.new_key(), plans, true).await.expect("put away");
        assert_eq!(says().await.body["error"]["details"]["right"], "archived");
        other.service.change_role(ada.by, other.new_key(), bob.account(), Role::Guest).await.expect("a guest");
        assert_eq!(town.get(&token, &said).await.status, 200, "the seat is held");
        let general = town.path(&format!("/channels/{}", town.team.opens(&town.node, "news").await));
        assert_eq!(town.get(&token, &general).await.code(), "not_found", "a guest sees no public channel");
        other.service.archive_workspace(ada.by, other.new_key(), true).await.expect("put away");
        let here = town.path(&format!("/channels/{}/messages", town.team.general));
        let refused = town.send("POST", &token, &here, json!({ "text": "more" })).await;
        assert_eq!(refused.body["error"]["details"]["right"], "archived");
        other.service.require_sign_in(ada.by, other.new_key(), bob.account()).await.expect("asked to sign in");
        assert_eq!(town.get(&token, &said).await.code(), "signed_out");
        other.stop().await;
    }

    async fn what_was_deleted_elsewhere_has_no_text_here(ground: Ground) {
        let town = Town::on(&ground).await;
        let (_, token, secret) = a_channel_of_bob(&town).await;
        let saved = town.path(&format!("/me/saved/{secret}.1"));
        town.send("PUT", &token, &saved, json!({ "value": true })).await.ok();
        let other = Node::start(Faulty::over(ground.engine().await), ground.clock.clone()).await;
        let first = Address { channel: secret, thread: 0, number: 1 };
        other.service.delete(town.team.owner.by, other.new_key(), first).await.expect("deleted");
        for path in [format!("/channels/{secret}/messages"), format!("/channels/{secret}/messages/1"), "/saved".into()] {
            let page = town.get(&token, &town.path(&path)).await.ok();
            assert!(!page.to_string().contains("needle"), "{path}: {page}");
        }
        other.stop().await;
    }
}
