//! Channels changed, closed, put away and shared.

use domain::Role;
use serde_json::{Value, json};
use testkit::{Answer, Ground, Town, on_every_engine};

/// A town with a channel of Bob's that the owner has no seat in.
struct Scene {
    town: Town,
    ada: String,
    bob: testkit::Person,
    bobs: String,
    path: String,
}

impl Scene {
    async fn on(ground: &Ground, kind: &str) -> Self {
        let town = Town::on(ground).await;
        let bob = town.welcomes("Bob").await;
        let (ada, bobs) = (town.token_of(town.team.owner).await, town.token_of(bob).await);
        let made =
            town.send("POST", &bobs, &town.path("/channels"), json!({ "kind": kind, "name": "plans" })).await;
        let path = town.path(&format!("/channels/{}", made.ok()["id"].as_str().expect("an id")));
        Self { town, ada, bob, bobs, path }
    }
    async fn changes(&self, token: &str, change: Value) -> Answer {
        self.town.send("PATCH", token, &self.path, change).await
    }
    async fn seat(&self, method: &str, token: &str, whom: &str, body: Value) -> Answer {
        self.town.send(method, token, &format!("{}/members/{whom}", self.path), body).await
    }
}

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

on_every_engine! {
    async fn its_manager_changes_a_channel_and_what_is_absent_stays(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        let cleos = s.town.token_of(s.town.welcomes("Cleo").await).await;
        let changed = s.changes(&s.bobs, json!({ "name": "Plans B", "topic": "t", "purpose": "p",
            "posting": "admins" })).await.ok();
        for (field, is) in [("name", "Plans B"), ("topic", "t"), ("purpose", "p"), ("posting", "admins")] {
            assert_eq!(changed[field], is);
        }
        assert_eq!(changed["changed"], changed["position"]);
        let again = s.changes(&s.bobs, json!({ "topic": "", "name": null })).await.ok();
        assert_eq!((again["name"].as_str(), again["topic"].as_str()), (Some("Plans B"), Some("")));
        assert_eq!(again["posting"], "admins");
        assert_eq!(s.changes(&s.bobs, json!({})).await.ok()["changed"], again["changed"], "nothing happened");

        assert_eq!(refused(&s.changes(&cleos, json!({ "name": "hers" })).await), (403, "not_allowed"));
        assert_eq!(refused(&s.changes(&s.bobs, json!({ "default": true })).await), (403, "not_allowed"));
        assert_eq!(refused(&s.changes(&s.bobs, json!({ "name": "GENERAL" })).await), (409, "conflict"));
        for (change, field) in [
            (json!({ "name": "" }), "name"), (json!({ "topic": "\u{0}" }), "topic"),
            (json!({ "posting": "nobody" }), "body"), (json!({ "kind": "public" }), "body"),
        ] {
            let answer = s.changes(&s.bobs, change).await;
            assert_eq!(refused(&answer), (422, "invalid"));
            assert!(answer.body["error"]["details"][field].is_string(), "{}", answer.body);
        }
    }

    async fn what_everyone_joins_is_an_admins_choice_and_stays_open(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        assert_eq!(s.changes(&s.ada, json!({ "default": true })).await.ok()["default"], true);
        assert_eq!(refused(&s.changes(&s.ada, json!({ "kind": "private" })).await), (409, "conflict"));
        let archive = format!("{}/archive", s.path);
        assert_eq!(refused(&s.town.send("POST", &s.ada, &archive, json!({})).await), (409, "conflict"));
    }

    async fn who_closes_a_channel_they_have_no_seat_in_is_told_that_it_is_out_of_sight(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        let closed = s.changes(&s.ada, json!({ "kind": "private" })).await.ok();
        assert_eq!(closed.as_object().map(|it| it.keys().cloned().collect::<Vec<_>>()).unwrap_or_default(),
            ["epoch", "id", "position"]);
        assert_eq!(refused(&s.town.get(&s.ada, &s.path).await), (404, "not_found"));
        assert_eq!(s.town.get(&s.bobs, &s.path).await.ok()["kind"], "private");
        assert_eq!(s.changes(&s.bobs, json!({ "kind": "private" })).await.ok()["kind"], "private", "once");
    }

    async fn a_private_channel_is_not_found_by_who_has_no_seat_admins_too(ground: Ground) {
        let s = Scene::on(&ground, "private").await;
        for (method, rest) in [
            ("PATCH", ""), ("POST", "/archive"), ("POST", "/restore"), ("PUT", "/members/me"),
            ("DELETE", "/members/me"), ("GET", ""), ("GET", "/members"),
        ] {
            let answer = s.town.send(method, &s.ada, &format!("{}{rest}", s.path), json!({})).await;
            assert_eq!(refused(&answer), (404, "not_found"), "{method} {rest}");
        }
    }

    async fn an_archived_channel_is_read_and_nothing_in_it_changes_until_it_is_restored(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        let (archive, restore) = (format!("{}/archive", s.path), format!("{}/restore", s.path));
        let archived = s.town.send("POST", &s.bobs, &archive, json!({})).await.ok();
        assert_eq!(archived["state"], "archived");
        assert_eq!(s.town.send("POST", &s.bobs, &archive, json!({})).await.ok()["state"], "archived", "once");
        assert_eq!(refused(&s.changes(&s.bobs, json!({ "topic": "t" })).await), (403, "not_allowed"));
        assert_eq!(refused(&s.seat("PUT", &s.ada, "me", json!({})).await), (403, "not_allowed"));
        let kept = s.town.get(&s.bobs, &s.town.path("/channels?archived=true")).await.ok();
        assert_eq!(kept["items"][0]["name"], "plans");
        let used = s.town.get(&s.bobs, &s.town.path("/channels")).await.ok();
        assert_eq!(used["items"].as_array().map(Vec::len), Some(1));
        let cleos = s.town.token_of(s.town.welcomes("Cleo").await).await;
        assert_eq!(refused(&s.town.send("POST", &cleos, &restore, json!({})).await), (403, "not_allowed"));
        assert_eq!(s.town.send("POST", &s.ada, &restore, json!({})).await.ok()["state"], "active");
    }

    async fn people_join_are_brought_in_look_after_it_and_leave(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        let cleo = s.town.welcomes("Cleo").await;
        let (cleos, whom) = (s.town.token_of(cleo).await, cleo.account().to_string());
        let sits = s.seat("PUT", &cleos, "me", json!({})).await.ok();
        assert_eq!((sits["account"].as_str(), sits["role"].as_str()), (Some(whom.as_str()), Some("member")));
        assert_eq!((&sits["changed"], &sits["people"][&whom]["name"]), (&sits["position"], &json!("Cleo")));
        assert_eq!(s.seat("PUT", &cleos, &whom, json!({})).await.ok()["changed"], sits["changed"], "already");
        assert_eq!(refused(&s.seat("PUT", &cleos, "me", json!({ "role": "manager" })).await), (403, "not_allowed"));
        assert_eq!(s.seat("PUT", &s.bobs, &whom, json!({ "role": "manager" })).await.ok()["role"], "manager");
        assert_eq!(s.seat("PUT", &s.bobs, &whom, json!({ "role": "member" })).await.ok()["role"], "member");
        assert_eq!(refused(&s.seat("PUT", &s.bobs, &whom, json!({ "role": "left" })).await), (422, "invalid"));
        let gil = s.town.welcomes_as("Gil", Role::Guest).await.account().to_string();
        assert_eq!(refused(&s.seat("PUT", &cleos, &gil, json!({})).await), (403, "not_allowed"));
        assert_eq!(refused(&s.seat("PUT", &s.bobs, &gil, json!({ "role": "manager" })).await), (409, "conflict"));
        assert_eq!(s.seat("PUT", &s.bobs, &gil, json!({})).await.ok()["role"], "member");
        let stranger = s.town.meets("Sam").await.account().to_string();
        assert_eq!(refused(&s.seat("PUT", &s.bobs, &stranger, json!({})).await), (404, "not_found"));
        assert_eq!(refused(&s.seat("PUT", &s.bobs, "cleo", json!({})).await), (404, "not_found"));

        assert_eq!(refused(&s.seat("DELETE", &cleos, &gil, json!({})).await), (403, "not_allowed"));
        let gone = s.seat("DELETE", &s.bobs, &gil, json!({})).await.ok();
        assert!(gone["position"].is_u64() && gone["epoch"].is_string(), "{gone}");
        s.seat("DELETE", &cleos, "me", json!({})).await.ok();
        let left = s.seat("DELETE", &s.bobs, "me", json!({})).await.ok();
        assert!(left["position"].is_u64(), "the last manager may go, admins look after it: {left}");
        let empty = s.town.get(&s.ada, &format!("{}/members", s.path)).await.ok();
        assert_eq!(empty["items"], json!([]));
    }

    async fn a_join_needs_no_body_and_a_wrong_one_is_refused(ground: Ground) {
        let s = Scene::on(&ground, "public").await;
        let request = |kind: Option<&str>, body: &'static str| {
            let path = format!("{}/members/me", s.path);
            let request = axum::http::Request::put(path).header("authorization", format!("Bearer {}", s.ada));
            let request = kind.map(|kind| ("content-type", kind)).into_iter().fold(request, |r, (n, v)| r.header(n, v));
            request.body(axum::body::Body::from(body)).expect("a request")
        };
        assert_eq!(s.town.ask(request(None, "")).await.ok()["role"], "member");
        assert_eq!(refused(&s.town.ask(request(Some("application/json"), "{")).await), (400, "malformed"));
        assert_eq!(s.town.ask(request(Some("text/plain"), "{}")).await.status.as_u16(), 415);
        assert_eq!(s.town.ask(request(None, "{}")).await.status.as_u16(), 415);
    }

    async fn a_direct_channel_stays_as_its_people_made_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let cleo = town.welcomes("Cleo").await.account();
        let ada = town.token_of(town.team.owner).await;
        let new = json!({ "kind": "direct", "members": [bob.account()] });
        let ours = town.send("POST", &ada, &town.path("/channels"), new).await.ok();
        let path = town.path(&format!("/channels/{}", ours["id"].as_str().expect("an id")));
        for (method, rest, body) in [
            ("PUT", format!("/members/{cleo}"), json!({})),
            ("PUT", format!("/members/{}", bob.account()), json!({ "role": "manager" })),
            ("DELETE", format!("/members/{}", bob.account()), json!({})),
            ("DELETE", "/members/me".to_owned(), json!({})),
            ("PATCH", String::new(), json!({ "topic": "us" })),
            ("PATCH", String::new(), json!({ "kind": "private" })),
            ("POST", "/archive".to_owned(), json!({})),
        ] {
            let answer = town.send(method, &ada, &format!("{path}{rest}"), body).await;
            assert_eq!(refused(&answer), (403, "not_allowed"), "{method} {rest}");
        }
        let people = town.get(&ada, &format!("{path}/members")).await.ok();
        assert_eq!(people["items"].as_array().map(Vec::len), Some(2));
    }

    async fn who_sits_in_a_channel_is_listed_page_by_page_without_who_left(ground: Ground) {
        let s = Scene::on(&ground, "private").await;
        let mut expected = vec![s.bob.account().to_string()];
        for at in 0..5 {
            let person = s.town.welcomes(&format!("P{at}")).await.account().to_string();
            s.seat("PUT", &s.bobs, &person, json!({})).await.ok();
            if at == 2 {
                s.seat("DELETE", &s.bobs, &person, json!({})).await.ok();
            } else {
                expected.push(person);
            }
        }
        expected.sort();
        let (mut listed, mut next) = (Vec::new(), String::new());
        loop {
            let page = s.town.get(&s.bobs, &format!("{}/members?limit=2{next}", s.path)).await.ok();
            for item in page["items"].as_array().expect("items") {
                let account = item["account"].as_str().expect("an account");
                assert!(page["people"][account]["name"].is_string(), "{page}");
                listed.push(account.to_owned());
            }
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(listed, expected);
        assert_eq!(refused(&s.town.get(&s.ada, &format!("{}/members", s.path)).await), (404, "not_found"));
    }
}
