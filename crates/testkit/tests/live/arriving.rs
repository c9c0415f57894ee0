//! What coming in costs the database: looks (round trips) and statements, counted where they reach the engine.

use std::net::SocketAddr;

use domain::Stamp;
use serde_json::{Value, json};
use service::Address;
use testkit::{Device, Ground, Plaza, on_every_engine};

/// Of some hellos of a device that shows its ticket the least: something else may be read meanwhile.
async fn cost(plaza: &Plaza, address: SocketAddr, hello: &Value) -> (usize, usize) {
    let mut least = (usize::MAX, usize::MAX);
    for _ in 0..5 {
        let before = plaza.town.node.faults.looked();
        plaza.enters_at(address, "", hello.clone()).await;
        let after = plaza.town.node.faults.looked();
        least = least.min((after.0 - before.0, after.1 - before.1));
    }
    least
}

/// Who comes in a while after somebody did: their ticket is younger than what is heard of ends, whatever clock made it, and good
/// without a question.
async fn after_another(plaza: &Plaza, address: SocketAddr, token: &str) -> Device {
    plaza.enters_at(address, token, json!({})).await;
    plaza.town.node.clock.advance(6 * Stamp::SECOND);
    plaza.enters_at(address, token, json!({})).await
}

fn with(hello: &Value, more: Value) -> Value {
    let mut hello = hello.clone();
    hello.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    hello
}

on_every_engine! {
    async fn whoever_comes_in_is_brought_level_in_one_look(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (general, owner, node) = (plaza.town.team.general, plaza.town.team.owner, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        let token = plaza.town.token_of(bob).await;
        let mut stayed = after_another(&plaza, plaza.address, &token).await;
        let place = stayed.place();
        stayed.does("put", json!({ "kind": "star", "subject": general, "value": true })).await;
        owner.says(node, general, &bob.mention()).await.expect("said");
        owner.replies(node, Address { channel: general, thread: 0, number: 1 }, "a reply").await.expect("replied");
        let ticket = json!({ "ticket": stayed.welcome["ticket"] });
        // Who it is, where they sit, six lists, what is their own.
        assert_eq!(cost(&plaza, plaza.address, &ticket).await, (1, 9), "for the first time");
        let waiting = json!({ "waiting": [stayed.key(), stayed.key()] });
        assert_eq!(cost(&plaza, plaza.address, &with(&ticket, waiting)).await, (1, 10), "and what happened of it");
        // What was hidden from them, and the marks of what is their own.
        let other = plaza.another().await;
        let there = json!({ "ticket": after_another(&plaza, other.address, &token).await.welcome["ticket"] });
        assert_eq!(cost(&plaza, other.address, &with(&there, place.clone())).await, (1, 12), "by the state");
        let own = with(&place, json!({ "private": 1 }));
        assert_eq!(cost(&plaza, plaza.address, &with(&ticket, own)).await, (1, 2), "by the tail");
    }
}
