//! Tokens: shown once, less than a person may, and never more tokens.

use serde_json::{Value, json};
use testkit::{Ground, Street, Visitor, on_every_engine};

async fn token(street: &Street, ada: &Visitor, scopes: Value) -> Visitor {
    let made = street.post(ada, "/tokens", json!({ "label": "a program", "scopes": scopes })).await.ok();
    Visitor::with_token(&made["token"])
}

on_every_engine! {
    async fn a_token_is_shown_once_again_only_under_its_own_key_and_ended(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let key = street.node.new_key().to_string();
        let new = json!({ "label": "robot", "scopes": ["read", "write"], "expires_s": 3600 });
        let made = street.post(&ada.clone().under(&key), "/tokens", new.clone()).await.ok();
        let again = street.post(&ada.clone().under(&key), "/tokens", new.clone()).await.ok();
        assert_eq!(made, again, "the answer was lost, the token is not");
        let other = street.post(&ada.clone().under(&key), "/tokens", json!({ "label": "x", "scopes": ["read"] })).await;
        assert_eq!(other.code(), "key_reused");
        let listed = street.get(&ada, "/tokens").await;
        let secret = made["token"].as_str().expect("a secret");
        assert!(!listed.body.to_string().contains(secret));
        assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed.body["items"][0]["scopes"], json!(["read", "write"]));
        let robot = Visitor::with_token(&made["token"]);
        assert_eq!(street.get(&robot, "/session").await.ok()["account"]["name"], "Ada");
        let path = format!("/tokens/{}", made["id"].as_str().expect("an id"));
        street.delete(&ada, &path).await.ok();
        assert_eq!(street.get(&robot, "/session").await.status, 401);
        assert_eq!(street.get(&ada, "/tokens").await.ok()["items"], json!([]));
    }

    async fn a_token_ends_when_it_was_to(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let made = street.post(&ada, "/tokens", json!({ "scopes": ["read"], "expires_s": 60 })).await.ok();
        let robot = Visitor::with_token(&made["token"]);
        assert_eq!(street.get(&robot, "/session").await.status, 200);
        ground.clock.advance(61 * domain::Stamp::SECOND);
        assert_eq!(street.get(&robot, "/session").await.status, 401);
    }

    async fn what_a_token_is_made_of_is_checked(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        for body in [
            json!({ "scopes": [] }),
            json!({ "scopes": ["everything"] }),
            json!({ "scopes": "read" }),
            json!({}),
            json!({ "scopes": ["read"], "expires_s": 0 }),
            json!({ "scopes": ["read"], "label": "x".repeat(401) }),
        ] {
            let told = street.post(&ada, "/tokens", body.clone()).await;
            assert_eq!((told.status.as_u16(), told.code()), (422, "invalid"), "{body}: {}", told.body);
        }
    }

    async fn no_token_makes_tokens_changes_a_password_or_reads_sessions(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let robot = token(&street, &ada, json!(["read", "write", "admin"])).await;
        let password = json!({ "old": "correct horse", "password": "a newer one" });
        for (method, path, body) in [
            ("POST", "/tokens", Some(json!({ "scopes": ["read"] }))),
            ("GET", "/tokens", None),
            ("DELETE", "/tokens/00000000000000000000000000", None),
            ("POST", "/account/password", Some(password)),
            ("PATCH", "/account", Some(json!({ "name": "Robot" }))),
            ("GET", "/sessions", None),
            ("DELETE", "/sessions/00000000000000000000000000", None),
            ("DELETE", "/session", None),
        ] {
            let told = street.asks(method, &robot, path, body).await;
            assert_eq!((told.status.as_u16(), told.code()), (403, "not_allowed"), "{method} {path}");
            assert_eq!(told.body["error"]["details"], json!({ "right": "session" }), "{method} {path}");
        }
    }

    async fn a_token_does_what_its_scopes_say_and_no_more(ground: Ground) {
        let (street, ada, welcome) = Street::of_ada(&ground).await;
        let workspace = format!("/workspaces/{}", welcome["workspace"]["slug"].as_str().expect("a slug"));
        let private = format!("{workspace}/me/star/{}", welcome["workspace"]["default_channels"][0].as_str().expect("one"));
        let rename = json!({ "name": "Rooks & Co" });
        for (scopes, reads, writes, administers) in [
            (json!(["read"]), true, false, false),
            (json!(["write"]), false, true, false),
            (json!(["admin"]), false, false, true),
            (json!(["read", "write"]), true, true, false),
            (json!(["admin", "read", "write"]), true, true, true),
        ] {
            let robot = token(&street, &ada, scopes.clone()).await;
            let read = street.get(&robot, &workspace).await;
            let write = street.asks("PUT", &robot, &private, Some(json!({ "value": "1" }))).await;
            let admin = street.patch(&robot, &workspace, rename.clone()).await;
            for (answer, may) in [(&read, reads), (&write, writes), (&admin, administers)] {
                let refused = answer.body["error"]["details"]["right"] == "scope";
                assert_eq!(refused, !may, "{scopes}: {}", answer.body);
                assert_eq!(answer.status == 403, !may, "{scopes}: {}", answer.body);
            }
        }
    }
}
