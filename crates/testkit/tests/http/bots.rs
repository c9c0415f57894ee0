//! Programs among the members.

use axum::http::StatusCode;
use domain::rights::{Rights, Who};
use domain::{AccountId, CredentialKind, Role};
use serde_json::{Value, json};
use service::{Secret, WorkspaceChange};
use testkit::town::id;
use testkit::{Fault, Ground, Town, on_every_engine};

const ALL: &str = "/bots";

async fn asks(town: &Town, method: &str, token: &str, rest: &str, body: Value) -> (u16, Value) {
    let answer = town.send(method, token, &town.path(rest), body).await;
    (answer.status.as_u16(), answer.body["error"]["details"].clone())
}

fn wanted() -> Value {
    json!({ "name": "Roo", "scopes": ["read", "write"] })
}

on_every_engine! {
    async fn a_bot_is_made_with_its_token_and_works_in_its_workspace_alone(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let key = town.node.new_key().to_string();
        let made = town.keyed(&key, "POST", &ada, &town.path(ALL), wanted()).await.ok();
        let again = town.keyed(&key, "POST", &ada, &town.path(ALL), wanted()).await.ok();
        assert_eq!((&made["account"], &made["token"]), (&again["account"], &again["token"]));
        let (bot, token) = (id::<AccountId>(&made["account"]), made["token"].as_str().expect("a token"));
        let me = town.get(token, &town.path("/members/me")).await.ok();
        assert_eq!((&me["name"], &me["role"], &me["kind"]), (&json!("Roo"), &json!("bot"), &json!("bot")));
        let crows = town.send("POST", &ada, "/api/v1/workspaces", json!({ "name": "Crows" })).await.ok();
        let away = format!("/api/v1/workspaces/{}", crows["id"].as_str().expect("an id"));
        assert_eq!(town.get(token, &away).await.status, StatusCode::NOT_FOUND);
        let general = town.team.general;
        let joined = town.send("PUT", token, &town.path(&format!("/channels/{general}/members/me")), json!({})).await;
        joined.ok();
        let said = town.path(&format!("/channels/{general}/messages"));
        town.send("POST", token, &said, json!({ "text": "beep" })).await.ok();
        assert_eq!(asks(&town, "PATCH", token, "", json!({ "name": "Mine" })).await.0, 403, "its scopes do not hold admin");
        let list = town.get(&ada, &town.path(ALL)).await;
        assert!(!String::from_utf8_lossy(&list.bytes).contains(token), "a list shows no token");
        let list = list.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        let item = &list["items"][0];
        assert_eq!((&item["account"], &item["owner"]), (&json!(bot), &json!(town.team.owner.account())));
        assert_eq!(item["scopes"], json!(["read", "write"]));
    }

    async fn a_token_makes_no_bot_and_gives_none_a_token(ground: Ground) {
        let town = Town::on(&ground).await;
        let owner = town.team.owner;
        let ada = town.token_of(owner).await;
        let made = town.send("POST", &ada, &town.path(ALL), wanted()).await.ok();
        let bot = made["account"].as_str().expect("an account");
        let personal = Secret::mint();
        let token = town.credential(owner, &personal, CredentialKind::Token, None);
        town.node.service.begin_credential(owner.account(), town.node.new_key(), token).await.expect("a token");
        let personal = personal.text();
        for (path, body) in [(ALL.to_owned(), wanted()), (format!("{ALL}/{bot}/token"), json!({}))] {
            let refused = town.send("POST", &personal, &town.path(&path), body).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"), "{path}: {}", refused.body);
        }
        let list = town.get(&ada, &town.path(ALL)).await.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "nothing was made");
        let first = made["token"].as_str().expect("a token");
        assert_eq!(town.get(first, &town.path("/members/me")).await.status, StatusCode::OK, "and nothing ended");
    }

    async fn a_new_token_ends_the_one_before(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let made = town.send("POST", &ada, &town.path(ALL), wanted()).await.ok();
        let bot = made["account"].as_str().expect("an account");
        let first = made["token"].as_str().expect("a token");
        let key = town.node.new_key().to_string();
        let path = town.path(&format!("{ALL}/{bot}/token"));
        let second = town.keyed(&key, "POST", &ada, &path, json!({})).await.ok();
        let again = town.keyed(&key, "POST", &ada, &path, json!({})).await.ok();
        assert_eq!(second["token"], again["token"], "the same key shows the same token");
        let second = second["token"].as_str().expect("a token");
        let me = town.path("/members/me");
        assert_eq!(town.get(first, &me).await.code(), "signed_out");
        assert_eq!(town.get(second, &me).await.status, StatusCode::OK);
        let read = town.send("POST", &ada, &path, json!({ "scopes": ["read"] })).await.ok();
        let read = read["token"].as_str().expect("a token");
        assert_eq!(asks(&town, "PATCH", read, "/members/me", json!({ "title": "x" })).await.0, 403);
        for body in [json!({ "scopes": [] }), json!({ "scopes": ["all"] }), json!({ "scopes": "read" })] {
            assert_eq!(asks(&town, "POST", &ada, &format!("{ALL}/{bot}/token"), body.clone()).await.0, 422, "{body}");
        }
    }

    async fn who_made_a_bot_looks_after_it_and_so_does_an_admin(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let rights = Some(Rights { make_bots: Who::Members, ..Rights::default() }.into());
        let change = WorkspaceChange { rights, ..WorkspaceChange::default() };
        town.node.service.change_workspace(town.team.owner.by, town.node.new_key(), change).await.expect("decided");
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        let [by_bob, by_cid] = [town.token_of(bob).await, town.token_of(cid).await];
        let made = town.send("POST", &by_bob, &town.path(ALL), wanted()).await.ok();
        let (rest, token) = (format!("{ALL}/{}", made["account"].as_str().expect("it")), made["token"].as_str().expect("it"));
        for (method, rest, body) in [
            ("PATCH", rest.clone(), json!({ "name": "Mine" })),
            ("POST", format!("{rest}/token"), json!({})),
            ("DELETE", rest.clone(), json!({})),
        ] {
            assert_eq!(asks(&town, method, &by_cid, &rest, body).await, (403, json!({ "right": "admin" })), "{method}");
        }
        assert_eq!(asks(&town, "PATCH", &by_bob, &rest, json!({ "name": "Roobot" })).await.0, 200);
        assert_eq!(asks(&town, "PATCH", &ada, &rest, json!({ "name": "" })).await.0, 422);
        assert_eq!(town.get(&ada, &town.path(ALL)).await.ok()["items"][0]["name"], "Roobot");
        let key = town.node.new_key().to_string();
        town.keyed(&key, "DELETE", &by_bob, &town.path(&rest), json!({})).await.ok();
        town.keyed(&key, "DELETE", &by_bob, &town.path(&rest), json!({})).await.ok();
        assert_eq!(town.get(token, &town.path("/members/me")).await.code(), "signed_out", "its token ended");
        assert_eq!(town.get(&ada, &town.path(ALL)).await.ok()["items"], json!([]));
        assert_eq!(asks(&town, "DELETE", &ada, &rest, json!({})).await.0, 404);
        let person = format!("{ALL}/{}", cid.account());
        for (method, rest) in [("DELETE", person.clone()), ("POST", format!("{person}/token")), ("DELETE", format!("{ALL}/x"))] {
            assert_eq!(asks(&town, method, &ada, &rest, json!({})).await.0, 404, "a person is no bot");
        }
    }

    async fn who_may_make_no_bots_is_told_so_before_anything_is_made(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let gus = town.token_of(town.welcomes_as("Gus", Role::Guest).await).await;
        for token in [&bob, &gus] {
            assert_eq!(asks(&town, "POST", token, ALL, wanted()).await, (403, json!({ "right": "make_bots" })));
            assert_eq!(town.get(token, &town.path(ALL)).await.status, StatusCode::FORBIDDEN);
        }
        let stranger = town.token_of(town.meets("Cleo").await).await;
        assert_eq!(asks(&town, "POST", &stranger, ALL, wanted()).await.0, 404);
        for body in [
            json!({ "name": "Roo" }),
            json!({ "name": "Roo", "scopes": [] }),
            json!({ "name": "Roo", "scopes": ["root"] }),
            json!({ "name": "", "scopes": ["read"] }),
            json!({ "scopes": ["read"] }),
        ] {
            assert_eq!(asks(&town, "POST", &ada, ALL, body.clone()).await.0, 422, "{body}");
        }
        assert_eq!(town.get(&ada, &town.path(ALL)).await.ok()["items"], json!([]));
    }

    async fn a_bot_whose_making_was_cut_off_anywhere_is_finished_under_the_same_key(ground: Ground) {
        let (team, key) = {
            let town = Town::on(&ground).await;
            (town.team, town.node.new_key())
        };
        // Five commits: the account, what is begun, the member, the membership, the token.
        for after in 0..5 {
            let node = std::sync::Arc::new(ground.node().await);
            node.faults.plan(after, Fault::DiesAfterCommit);
            let scopes = service::Scopes::of(["read"]).expect("scopes");
            let made = node.service.make_bot(team.owner.by, key, "Roo", scopes);
            let died = async {
                while node.faults.happened().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! { _ = made => {}, () = died => {} }
            std::sync::Arc::into_inner(node).expect("one owner").die().await;
        }
        let town = Town::behind(ground.node().await, team);
        let scopes = service::Scopes::of(["read"]).expect("scopes");
        let (bot, secret, _) = town.node.service.make_bot(team.owner.by, key, "Roo", scopes).await.expect("made");
        let me = town.get(&secret.text(), &town.path("/members/me")).await.ok();
        assert_eq!(me["account"], json!(bot));
        let ada = town.token_of(team.owner).await;
        assert_eq!(town.get(&ada, &town.path(ALL)).await.ok()["items"].as_array().map(Vec::len), Some(1), "one bot");
    }
}
