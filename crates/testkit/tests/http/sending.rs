//! Saying something, once, within limits.

use axum::body::Body;
use axum::http::Request;
use domain::limits::{MENTIONS_MAX, MESSAGE_BYTES_MAX};
use serde_json::{Value, json};
use testkit::town::Answer;
use testkit::{Ground, Town, on_every_engine};

async fn posts(town: &Town, token: &str, key: &str, body: &str) -> Answer {
    let path = town.path(&format!("/channels/{}/messages", town.team.general));
    let request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {token}")).header("idempotency-key", key);
    town.ask(request.body(Body::from(body.to_owned())).expect("a request")).await
}

async fn says(town: &Town, token: &str, text: &str) -> Answer {
    posts(town, token, &town.node.new_key().to_string(), &json!({ "text": text }).to_string()).await
}

on_every_engine! {
    async fn what_is_said_is_answered_with_its_number_and_is_what_is_read(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        for body in [
            json!({ "text": "good morning" }),
            json!({ "text": format!("{} look <!here>", bob.mention()) }),
            json!({ "text": "in a thread", "thread": 1 }),
            json!({ "text": "shown", "thread": 1, "in_channel": true, "unknown": "ignored" }),
        ] {
            let mut said = town.send("POST", &ada, &path, body.clone()).await.ok();
            let (position, epoch) = (said["position"].clone(), said["epoch"].as_str().expect("one").to_owned());
            assert_eq!(said["changed"], position, "{body}");
            let [thread, number] = ["thread", "number"].map(|name| said[name].as_u64().expect("a number"));
            let at = if thread == 0 { format!("/{number}") } else { format!("/{thread}/replies/{number}") };
            let mut read = town.get(&ada, &format!("{path}{at}?at_least={position}&epoch={epoch}")).await.ok();
            for answer in [&mut said, &mut read] {
                let fields = answer.as_object_mut().expect("an object");
                fields.retain(|field, _| !["epoch", "position", "people"].contains(&field.as_str()));
            }
            assert_eq!(said, read, "{body}");
        }
        let called = town.get(&ada, &format!("{path}/2")).await.ok();
        assert_eq!(called["mentions"], json!({ "people": [bob.account()], "all": "here" }));
    }

    async fn the_same_key_says_it_once_and_another_text_under_it_is_refused(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let key = town.node.new_key().to_string();
        let first = posts(&town, &ada, &key, r#"{"text":"once"}"#).await.ok();
        let again = posts(&town, &ada, &key, r#"{"text":"once"}"#).await.ok();
        assert_eq!(first, again);
        let other = posts(&town, &ada, &key, r#"{"text":"twice"}"#).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "key_reused"));
        ground.clock.advance(24 * 3_600_000_000 + 60_000_000);
        let late = posts(&town, &ada, &key, r#"{"text":"once"}"#).await;
        assert_eq!((late.status.as_u16(), late.code()), (409, "key_expired"));
        let wrong = posts(&town, &ada, "not a key", r#"{"text":"once"}"#).await;
        assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "invalid"));
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        assert_eq!(town.get(&ada, &path).await.ok()["last"], 1, "it was said once");
    }

    async fn a_repeated_answer_does_not_bring_back_what_was_taken_back(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let key = town.node.new_key().to_string();
        let first = posts(&town, &ada, &key, r#"{"text":"regret"}"#).await.ok();
        let path = town.path(&format!("/channels/{}/messages/1", town.team.general));
        town.send("DELETE", &ada, &path, Value::Null).await.ok();
        let again = posts(&town, &ada, &key, r#"{"text":"regret"}"#).await.ok();
        assert_eq!((&again["number"], &again["stamp"]), (&first["number"], &first["stamp"]));
        assert_eq!((&again["text"], again["deleted"].is_string()), (&json!(""), true));
    }

    async fn what_cannot_be_said_is_refused_with_what_to_do(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let one = |at| format!("<@{}>", domain::AccountId::new(domain::Key([at as u8; 16])));
        let crowd = |count: usize| (0..count).map(one).collect::<Vec<_>>().concat();
        let text = |text: &str| json!({ "text": text }).to_string();
        for (body, status, code) in [
            (text(&"x".repeat(MESSAGE_BYTES_MAX + 1)), 413, "too_large"),
            (text(&crowd(MENTIONS_MAX + 1)), 422, "invalid"),
            (text(" \n\t "), 422, "invalid"),
            (text(""), 422, "invalid"),
            (text("a\0b"), 422, "invalid"),
            (r#"{"text":"\ud800"}"#.to_owned(), 400, "malformed"),
            (r#"{"text":"\udc00 \ud800"}"#.to_owned(), 400, "malformed"),
            (r#"{"text":7}"#.to_owned(), 422, "invalid"),
            (r#"{"texts":"x"}"#.to_owned(), 422, "invalid"),
            (r#"{"text":"x","thread":-1}"#.to_owned(), 422, "invalid"),
            (r#"{"text":"x","thread":9}"#.to_owned(), 404, "not_found"),
            (r#"{"text":"x","thread":18446744073709551615}"#.to_owned(), 404, "not_found"),
            (r#"{"text":"#.to_owned(), 400, "malformed"),
            ("[]".to_owned(), 422, "invalid"),
            (String::new(), 400, "malformed"),
        ] {
            let refused = posts(&town, &ada, &town.node.new_key().to_string(), &body).await;
            let short: String = body.chars().take(60).collect();
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{short}");
        }
        says(&town, &ada, &"x".repeat(MESSAGE_BYTES_MAX)).await.ok();
        let called = says(&town, &ada, &crowd(MENTIONS_MAX)).await.ok();
        assert_eq!(called.get("mentions"), None, "nobody of them sits here");
    }

    async fn a_permalink_that_is_forwarded_is_only_text(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let link = format!("see http://127.0.0.1:7665/rooks/{}/1 <#{}>", town.team.general, town.team.general);
        let said = says(&town, &ada, &link).await.ok();
        assert_eq!((&said["text"], said.get("mentions")), (&json!(link), None));
    }

    async fn only_who_sits_in_an_open_channel_says_something_there(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let lobby = town.team.opens(&town.node, "lobby").await;
        let path = town.path(&format!("/channels/{lobby}/messages"));
        let refused = town.send("POST", &bob, &path, json!({ "text": "let me in" })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"));
        assert_eq!(refused.body["error"]["details"], json!({ "right": "seat" }));
        let ada = town.token_of(town.team.owner).await;
        town.send("POST", &ada, &path, json!({ "text": "hello" })).await.ok();
        let owner = town.team.owner.by;
        town.node.service.archive_channel(owner, town.node.new_key(), lobby, true).await.expect("archived");
        for (method, rest, body) in [
            ("POST", "", json!({ "text": "too late" })),
            ("POST", "/1/replies", json!({ "text": "too late" })),
            ("PATCH", "/1", json!({ "text": "too late" })),
            ("DELETE", "/1", Value::Null),
            ("PUT", "/1/reactions/%F0%9F%8E%89", Value::Null),
            ("PUT", "/1/pin", Value::Null),
        ] {
            let refused = town.send(method, &ada, &format!("{path}{rest}"), body).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"), "{method} {rest}");
        }
        let plain = Request::builder().method("POST").uri(&path).header("authorization", format!("Bearer {ada}"));
        let unsaid = town.ask(plain.body(Body::from(r#"{"text":"x"}"#)).expect("a request")).await;
        assert_eq!(unsaid.status.as_u16(), 415);
    }
}
