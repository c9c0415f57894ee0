//! An account is closed by its owner: what was said stays, the name goes.

use std::sync::Arc;

use domain::verbs::{ChangePassword, PrivateKind};
use domain::{CredentialKind, Role};
use serde_json::{Value, json};
use service::{Secret, Who};
use testkit::{Fault, Ground, Person, Town, on_every_engine};

const ACCOUNT: &str = "/api/v1/account";
const PASSWORD: &str = "correct horse";

async fn has_password(town: &Town, person: Person) {
    let service = &town.node.service;
    let password = service.passwords().hash("password", PASSWORD).await.expect("hashed");
    let change = ChangePassword { password, was: None, stays: None, link: None };
    service.change_password(person.account(), town.node.new_key(), change).await.expect("a password");
}

async fn closes(town: &Town, token: &str, password: &str) -> testkit::town::Answer {
    town.send("DELETE", token, ACCOUNT, json!({ "password": password })).await
}

/// How the team knows somebody.
async fn known(town: &Town, token: &str, person: Person) -> Value {
    let path = town.path(&format!("/members?ids={}", person.account()));
    town.get(token, &path).await.ok()["items"][0].clone()
}

on_every_engine! {
    async fn who_closes_their_account_is_gone_from_everywhere_and_what_they_said_stays(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        for person in [bob, cid] {
            has_password(&town, person).await;
        }
        let [by_bob, by_cid] = [town.token_of(bob).await, town.token_of(cid).await];
        bob.says(&town.node, town.team.general, "I was here").await.expect("said");
        town.send("DELETE", &by_cid, &town.path("/members/me"), json!({})).await.ok();
        assert_eq!(known(&town, &ada, cid).await["name"], "Cid", "who only left is known by name");
        let wrong = closes(&town, &by_bob, "wrong").await;
        assert_eq!((wrong.status.as_u16(), wrong.body["error"]["details"]["password"].is_string()), (422, true));
        assert_eq!(town.send("DELETE", &by_bob, ACCOUNT, json!({})).await.status.as_u16(), 422);
        let token = Secret::mint();
        let own = town.credential(bob, &token, CredentialKind::Token, None);
        town.node.service.begin_credential(bob.account(), town.node.new_key(), own).await.expect("a token");
        assert_eq!(closes(&town, &token.text(), PASSWORD).await.code(), "not_allowed", "a token closes nothing");
        for (person, by) in [(bob, &by_bob), (cid, &by_cid)] {
            closes(&town, by, PASSWORD).await.ok();
            assert_eq!(town.get(by, "/api/v1/workspaces").await.code(), "signed_out");
            let nobody = known(&town, &ada, person).await;
            assert_eq!((&nobody["name"], &nobody["left"]), (&json!(""), &json!(true)));
        }
        assert_eq!(town.get(&token.text(), "/api/v1/workspaces").await.code(), "signed_out");
        let page = town.get(&ada, &town.path(&format!("/channels/{}/messages", town.team.general))).await.ok();
        assert!(page.to_string().contains("I was here"), "{page}");
        assert!(!page.to_string().contains("Bob"), "{page}");
        let back = town.send("PATCH", &ada, &town.path(&format!("/members/{}", bob.account())), json!({ "role": "member" })).await;
        assert_eq!(back.status.as_u16(), 404, "nobody is let in again who is no more");
    }

    async fn the_last_owner_is_told_where_and_nothing_happens(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        has_password(&town, bob).await;
        let by_bob = town.token_of(bob).await;
        let crows = town.send("POST", &by_bob, "/api/v1/workspaces", json!({ "name": "Crows" })).await.ok();
        let cid = domain::By::new(testkit::town::id(&crows["id"]), town.meets("Cid").await.account());
        town.node.service.admit(cid, town.node.new_key(), "Cid", Role::Member, Vec::new()).await.expect("admitted");
        let refused = closes(&town, &by_bob, PASSWORD).await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]["details"]), (409, &json!({ "about": "last_owner" })));
        assert!(refused.body["error"]["message"].as_str().is_some_and(|words| words.contains("Crows")));
        let rooms = town.get(&by_bob, "/api/v1/workspaces").await.ok();
        assert_eq!(rooms["items"].as_array().map(Vec::len), Some(2), "no workspace was left");
    }

    async fn a_closing_cut_off_anywhere_is_finished_at_the_next_start(ground: Ground) {
        let (team, leavers) = {
            let town = Town::on(&ground).await;
            let mut leavers: Vec<(Person, Who)> = Vec::new();
            for number in 0..12 {
                let leaver = town.welcomes(&format!("Leaver {number}")).await;
                has_password(&town, leaver).await;
                let token = town.token_of(leaver).await;
                town.send("POST", &token, "/api/v1/workspaces", json!({ "name": format!("Alone {number}") })).await.ok();
                let secret: Secret = token.parse().expect("a secret");
                let from = std::net::IpAddr::from([127, 0, 0, 1]);
                let who = town.node.service.who(&secret, from).await.expect("read").expect("signed in");
                leavers.push((leaver, who));
            }
            (town.team, leavers)
        };
        let (mut whole, mut cut) = (false, Vec::new());
        for (after, (leaver, who)) in leavers.into_iter().enumerate() {
            let node = Arc::new(ground.node().await);
            let key = node.new_key();
            node.faults.plan(after, Fault::DiesAfterCommit);
            let closing = node.service.close_own_account(&who, key, PASSWORD);
            let died = async {
                while node.faults.happened().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! { done = closing => whole = done.is_ok(), () = died => cut.push(leaver) }
            Arc::into_inner(node).expect("one owner").die().await;
            if whole {
                break;
            }
        }
        assert!(whole && cut.len() >= 4, "cut off at each of its steps: {}", cut.len());
        let town = Town::behind(ground.node().await, team);
        town.node.service.finish_what_was_begun().await.expect("finished");
        let ada = town.token_of(town.team.owner).await;
        for leaver in cut {
            let nobody = known(&town, &ada, leaver).await;
            assert_eq!((&nobody["name"], &nobody["left"]), (&json!(""), &json!(true)));
            assert_eq!(town.node.service.account(leaver.account()).await.expect("read").name, "");
        }
        assert_eq!(town.node.service.finish_what_was_begun().await.expect("finished"), 0, "once is enough");
    }

    async fn who_is_alone_somewhere_closes_that_workspace_with_their_account(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        has_password(&town, bob).await;
        let by_bob = town.token_of(bob).await;
        let crows = town.send("POST", &by_bob, "/api/v1/workspaces", json!({ "name": "Crows" })).await.ok();
        closes(&town, &by_bob, PASSWORD).await.ok();
        let crows = testkit::town::id(&crows["id"]);
        let events = town.node.service.events(crows, store::Freshness::Newest, domain::Position(0), 100).await.expect("read");
        let kinds: Vec<_> = events.value.iter().map(|(event, _)| event.kind.word()).collect();
        assert!(kinds.ends_with(&["seat.left", "workspace.archived", "member.left"]), "{kinds:?}");
    }

    async fn what_becomes_of_what_somebody_had_when_they_are_removed(ground: Ground) {
        let town = Town::on(&ground).await;
        let (team, node) = (&town.team, &town.node);
        let ada = town.token_of(team.owner).await;
        let [bob, cid] = [town.welcomes_as("Bob", Role::Admin).await, town.welcomes("Cid").await];
        let [by_bob, by_cid] = [town.token_of(bob).await, town.token_of(cid).await];
        let general = team.general;
        let others = vec![cid.account(), team.owner.account()];
        let group = node.service.create_direct(bob.by, node.new_key(), others).await.expect("a group");
        let group = group.reply.read::<Value>().expect("an id")["id"].as_str().expect("an id").to_owned();
        node.service.keep(bob.by, PrivateKind::Draft, &general.to_string(), Some("\"later\"".into())).await.expect("kept");
        let invitation = town.send("POST", &by_bob, &town.path("/invitations"), json!({})).await.ok();
        let made = town.send("POST", &by_bob, &town.path("/bots"), json!({ "name": "Roo", "scopes": ["read"] })).await.ok();
        let personal = Secret::mint();
        for (secret, workspace) in [(&personal, None), (&Secret::mint(), Some(team.workspace))] {
            let token = town.credential(bob, secret, CredentialKind::Token, workspace);
            node.service.begin_credential(bob.account(), node.new_key(), token).await.expect("a token");
        }
        town.send("DELETE", &ada, &town.path(&format!("/members/{}", bob.account())), json!({})).await.ok();

        let seats = town.get(&ada, &town.path(&format!("/channels/{general}/members"))).await.ok();
        assert!(!seats["items"].to_string().contains(&bob.account().to_string()), "seats end: {seats}");
        assert_eq!(town.get(&by_bob, &town.path("/members/me")).await.status.as_u16(), 404, "rights end at once");
        assert_eq!(town.get(&by_bob, "/api/v1/workspaces").await.ok()["items"], json!([]), "sessions stay, for elsewhere");
        assert_eq!(town.get(&personal.text(), &town.path("")).await.status.as_u16(), 404, "a token opens nothing here");
        let direct = town.path(&format!("/channels/{group}/messages"));
        town.send("POST", &by_cid, &direct, json!({ "text": "still here" })).await.ok();
        let shown = town.get(&by_cid, &town.path(&format!("/channels/{group}"))).await.ok();
        assert_eq!(shown["direct"].as_array().map(Vec::len), Some(3), "a group direct keeps its people: {shown}");
        let code = invitation["code"].as_str().expect("a code");
        let dora = town.token_of(town.meets("Dora").await).await;
        let spent = town.send("POST", &dora, &format!("/api/v1/invitations/{code}/accept"), json!({})).await;
        assert_eq!(spent.status.as_u16(), 404, "their invitations open nothing");
        let bot = made["token"].as_str().expect("a token");
        assert_eq!(town.get(bot, &town.path("/members/me")).await.status.as_u16(), 200, "a bot stays");
        let back = json!({ "role": "member" });
        town.send("PATCH", &ada, &town.path(&format!("/members/{}", bob.account())), back).await.ok();
        let mine = town.get(&by_bob, &town.path("/me")).await.ok();
        assert!(mine.to_string().contains("later"), "who is let in again finds their drafts: {mine}");
        assert_eq!(town.get(&by_bob, &town.path(&format!("/channels/{group}"))).await.status.as_u16(), 404, "not their seats");
    }
}
