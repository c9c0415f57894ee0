//! Invitations, and what an audit remembers.

use domain::Role;
use serde_json::{Value, json};
use testkit::{Ground, Town, on_every_engine};

const ALL: &str = "/invitations";

async fn asks(town: &Town, method: &str, token: &str, rest: &str, body: Value) -> (u16, Value) {
    let answer = town.send(method, token, &town.path(rest), body).await;
    (answer.status.as_u16(), answer.body["error"]["details"].clone())
}

on_every_engine! {
    async fn an_invitation_is_made_shown_once_and_listed_without_its_code(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let ann = town.welcomes_as("Ann", Role::Admin).await;
        let by_ann = town.token_of(ann).await;
        let key = town.node.new_key().to_string();
        let wanted = json!({ "role": "member", "uses": 2, "expires_s": 3600, "channels": [town.team.general] });
        let made = town.keyed(&key, "POST", &by_ann, &town.path(ALL), wanted.clone()).await;
        assert_eq!(made.headers["cache-control"], "no-store");
        let made = made.ok();
        let again = town.keyed(&key, "POST", &by_ann, &town.path(ALL), wanted).await.ok();
        assert_eq!((&made["id"], &made["code"]), (&again["id"], &again["code"]), "the same key shows the same code");
        let code = made["code"].as_str().expect("a code");
        assert!(made["url"].as_str().is_some_and(|url| url.starts_with("http") && url.ends_with(code)), "{made}");
        let other = town.keyed(&key, "POST", &by_ann, &town.path(ALL), json!({ "uses": 3 })).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "key_reused"));
        // What is made within one millisecond has no order.
        town.node.clock.advance(domain::Stamp::SECOND);
        town.send("POST", &ada, &town.path(ALL), json!({})).await.ok();
        let list = town.get(&ada, &town.path(ALL)).await;
        assert!(!String::from_utf8_lossy(&list.bytes).contains(&code[26..]), "a list shows no code");
        let list = list.ok();
        let items = list["items"].as_array().expect("items");
        assert_eq!(items.len(), 2, "newest first");
        assert_eq!(items[0]["maker"], json!(town.team.owner.account()));
        assert!(items[0].get("uses_left").is_none() && items[0].get("expires").is_none());
        assert_eq!((&items[1]["id"], &items[1]["uses_left"], &items[1]["state"]), (&made["id"], &json!(2), &json!("open")));
        assert!(items[1].get("channels").is_none(), "its maker alone is told of its channels");
        assert_eq!(list["people"][ann.account().to_string()]["name"], "Ann");
        let own = town.get(&by_ann, &town.path(ALL)).await.ok();
        assert_eq!(own["items"][1]["channels"], json!([town.team.general]));
        let first = town.get(&ada, &town.path("/invitations?limit=1")).await.ok();
        let next = first["next"].as_str().expect("more");
        let second = town.get(&ada, &town.path(&format!("/invitations?limit=1&cursor={next}"))).await.ok();
        assert_eq!((&second["items"][0]["id"], &second["next"]), (&made["id"], &Value::Null));
        town.node.clock.advance(3_601 * domain::Stamp::SECOND);
        let late = town.get(&ada, &town.path(ALL)).await.ok();
        assert_eq!(late["items"][1]["state"], "expired");
    }

    async fn an_invitation_lets_in_and_opens_nothing_once_taken_back(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let [ann, bob] = [town.welcomes_as("Ann", Role::Admin).await, town.welcomes("Bob").await];
        let [ann, bob] = [town.token_of(ann).await, town.token_of(bob).await];
        let [cleo, dora] = [town.meets("Cleo").await, town.meets("Dora").await];
        let [cleo, dora] = [town.token_of(cleo).await, town.token_of(dora).await];
        let made = town.send("POST", &ada, &town.path(ALL), json!({})).await.ok();
        let accept = format!("/api/v1/invitations/{}/accept", made["code"].as_str().expect("a code"));
        town.send("POST", &cleo, &accept, json!({})).await.ok();
        assert_eq!(town.get(&cleo, &town.path("/members/me")).await.ok()["name"], "Cleo");
        let rest = format!("{ALL}/{}", made["id"].as_str().expect("an id"));
        assert_eq!(asks(&town, "DELETE", &bob, &rest, json!({})).await.0, 404, "who may not invite sees none");
        assert_eq!(asks(&town, "DELETE", &ann, &rest, json!({})).await.0, 200);
        assert_eq!(asks(&town, "DELETE", &ann, &rest, json!({})).await.0, 200, "twice is once");
        let spent = town.send("POST", &dora, &accept, json!({})).await;
        assert_eq!((spent.status.as_u16(), spent.code()), (404, "not_found"));
        assert_eq!(town.get(&ada, &town.path(ALL)).await.ok()["items"][0]["state"], "revoked");
        for wrong in ["x", "01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert_eq!(asks(&town, "DELETE", &ada, &format!("{ALL}/{wrong}"), json!({})).await.0, 404, "{wrong}");
        }
    }

    async fn nobody_invites_to_more_than_they_have(ground: Ground) {
        let town = Town::on(&ground).await;
        let ann = town.token_of(town.welcomes_as("Ann", Role::Admin).await).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let gus = town.token_of(town.welcomes_as("Gus", Role::Guest).await).await;
        let stranger = town.token_of(town.meets("Cleo").await).await;
        for (token, body, expected) in [
            (&bob, json!({}), (403, json!({ "right": "invite" }))),
            (&gus, json!({}), (403, json!({ "right": "invite" }))),
            (&stranger, json!({}), (404, json!({ "about": "workspace" }))),
            (&ann, json!({ "role": "owner" }), (403, json!({ "right": "role" }))),
        ] {
            assert_eq!(asks(&town, "POST", token, ALL, body.clone()).await, expected, "{body}");
        }
        for (body, field) in [
            (json!({ "role": "bot" }), "role"),
            (json!({ "role": "guest" }), "channels"),
            (json!({ "role": "king" }), "body"),
            (json!({ "uses": 0 }), "uses"),
            (json!({ "uses": 100_001 }), "uses"),
            (json!({ "uses": "many" }), "body"),
            (json!({ "expires_s": 0 }), "expires_s"),
            (json!({ "expires_s": 40_000_000 }), "expires_s"),
            (json!({ "channels": ["x"] }), "body"),
            (json!({ "channels": vec![town.team.general; 21] }), "channels"),
        ] {
            let (status, details) = asks(&town, "POST", &ann, ALL, body.clone()).await;
            assert!(status == 422 && details[field].is_string(), "{body} {status} {details}");
        }
        assert_eq!(asks(&town, "POST", &ann, ALL, json!({ "channels": ["C0000000000000000000000000"] })).await.0, 404);
        for token in [&bob, &gus] {
            let refused = town.get(token, &town.path(ALL)).await;
            assert_eq!((refused.status.as_u16(), &refused.body["error"]["details"]), (403, &json!({ "right": "invite" })));
        }
        for cursor in ["x", "MTI", "IngiCg"] {
            assert_eq!(town.get(&ann, &town.path(&format!("{ALL}?cursor={cursor}"))).await.status.as_u16(), 422);
        }
    }

    async fn an_audit_remembers_who_did_what_for_owners_and_admins(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let [ann, bob] = [town.welcomes_as("Ann", Role::Admin).await, town.welcomes("Bob").await];
        let [by_ann, by_bob] = [town.token_of(ann).await, town.token_of(bob).await];
        assert_eq!(asks(&town, "PATCH", &by_ann, "", json!({ "name": "Crows" })).await.0, 200);
        assert_eq!(asks(&town, "PATCH", &ada, &format!("/members/{}", bob.account()), json!({ "role": "guest" })).await.0, 200);
        let made = town.send("POST", &ada, &town.path(ALL), json!({})).await.ok();
        let audit = town.get(&by_ann, &town.path("/audit")).await.ok();
        let items = audit["items"].as_array().expect("items");
        let what: Vec<_> = items.iter().map(|item| item["what"].as_str().expect("what")).collect();
        assert_eq!(what, ["invitation.made", "member.role", "workspace.changed"], "newest first");
        assert_eq!(items[0]["detail"]["id"], made["id"]);
        assert_eq!(items[1]["detail"], json!({ "account": bob.account(), "was": "member", "is": "guest" }));
        assert_eq!((&items[2]["detail"]["was"]["name"], &items[2]["detail"]["is"]["name"]), (&json!("Rooks"), &json!("Crows")));
        assert_eq!(items[2]["actor"], json!(ann.account()));
        assert!(items[2]["at"].as_str().is_some_and(|at| at.ends_with('Z')) && items[2]["stamp"].is_string());
        assert_eq!(audit["people"][ann.account().to_string()]["name"], "Ann");
        let mut seen = Vec::new();
        let mut path = town.path("/audit?limit=1");
        while seen.len() < 9 {
            let page = town.get(&ada, &path).await.ok();
            seen.push(page["items"][0]["what"].clone());
            let Some(next) = page["next"].as_str() else { break };
            path = town.path(&format!("/audit?limit=1&cursor={next}"));
        }
        assert_eq!(json!(seen), json!(what));
        let refused = town.get(&by_bob, &town.path("/audit")).await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]["details"]), (403, &json!({ "right": "admin" })));
        let stranger = town.token_of(town.meets("Cleo").await).await;
        assert_eq!(town.get(&stranger, &town.path("/audit")).await.status.as_u16(), 404);
        for cursor in ["x", "Ingi", "LTE"] {
            assert_eq!(town.get(&ada, &town.path(&format!("/audit?cursor={cursor}"))).await.status.as_u16(), 422, "{cursor}");
        }
    }
}
