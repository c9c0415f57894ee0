//! From which page, and by what: cookie or token, never both; no foreign page, and no write by cookie from nowhere.

use serde_json::{Value, json};
use testkit::town::street::HOME;
use testkit::{Ground, Street, Visitor, on_every_engine};

const FOREIGN: &str = "https://evil.example.org";

on_every_engine! {
    async fn a_page_is_given_the_cookie_alone_and_a_program_the_token_alone(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let page = street.signs_in(&Visitor::page(), "ada@example.org", "correct horse").await;
        let cookie = page.headers["set-cookie"].to_str().expect("text").to_owned();
        assert!(cookie.starts_with("__Host-rookery=rk_"), "{cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(page.body["token"], Value::Null);
        let program = street.signs_in(&Visitor::default(), "ada@example.org", "correct horse").await;
        assert!(program.headers.get("set-cookie").is_none());
        assert!(program.body["token"].as_str().is_some_and(|token| token.starts_with("rk_")));
        assert_eq!(program.headers["cache-control"], "no-store");
    }

    async fn a_cookie_is_plain_where_nothing_is_sealed(ground: Ground) {
        let home = "http://localhost:7665";
        let street = Street::with(ground.node().await, |options| *options = api::face::FaceOptions::at(home));
        street.set_up().await;
        let page = Visitor { origin: Some(home), ..Visitor::default() };
        let answer = street.signs_in(&page, "ada@example.org", "correct horse").await;
        let cookie = answer.headers["set-cookie"].to_str().expect("text");
        assert!(cookie.starts_with("rookery=rk_") && !cookie.contains("Secure"), "{cookie}");
    }

    async fn cookie_and_token_together_are_refused_whoever_they_are(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let browser = Visitor::browser(&street.signs_in(&Visitor::page(), "ada@example.org", "correct horse").await);
        let both = Visitor { token: ada.token.clone(), ..browser.clone() };
        for (path, visitor) in [("/session", &both), ("/about", &both)] {
            let told = street.get(visitor, path).await;
            assert_eq!((told.status.as_u16(), told.code()), (400, "malformed"), "{path}");
            assert!(told.body["error"]["message"].as_str().expect("words").contains("not both"));
        }
        let rubbish = Visitor { token: Some("rk_none".into()), ..browser };
        assert_eq!(street.get(&rubbish, "/session").await.status, 400);
    }

    async fn who_may_come_from_which_page(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let browser = Visitor::browser(&street.signs_in(&Visitor::page(), "ada@example.org", "correct horse").await);
        let from = |visitor: &Visitor, origin| Visitor { origin, ..visitor.clone() };
        let stranger = Visitor::default();
        // Who, from which page, and whether a read and a write are let in.
        for (who, visitor, origin, reads, writes) in [
            ("cookie", &browser, Some(HOME), true, true),
            ("cookie", &browser, None, true, false),
            ("cookie", &browser, Some(FOREIGN), false, false),
            ("cookie", &browser, Some("null"), false, false),
            ("token", &ada, Some(HOME), true, true),
            ("token", &ada, None, true, true),
            ("token", &ada, Some(FOREIGN), false, false),
            ("nobody", &stranger, Some(HOME), true, true),
            ("nobody", &stranger, None, true, true),
            ("nobody", &stranger, Some(FOREIGN), false, false),
        ] {
            let visitor = from(visitor, origin);
            let read = street.get(&visitor, "/about").await;
            assert_eq!(read.status == 200, reads, "{who} from {origin:?} reads: {}", read.body);
            // A name that is none: past the door it is invalid, or asks to sign in.
            let write = street.patch(&visitor, "/account", json!({ "name": "" })).await;
            assert_eq!(write.code() != "not_allowed", writes, "{who} from {origin:?} writes: {}", write.body);
            if !writes {
                assert_eq!(write.status, 403);
                assert_eq!(write.body["error"]["details"], json!({ "right": "origin" }));
            }
            for path in ["/session", "/setup", "/invitations/x/accept", "/links/x"] {
                let entry = street.post(&visitor, path, json!({})).await;
                let refused = entry.body["error"]["details"]["right"] == "origin";
                assert_eq!(refused, !writes, "{who} from {origin:?} to {path}: {}", entry.body);
            }
        }
    }

    async fn the_host_a_request_names_makes_no_page_ours(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let foreign = Visitor { origin: Some(FOREIGN), ..Visitor::default() };
        // The router is asked with whatever host; only the configured address counts.
        assert_eq!(street.get(&foreign, "/nowhere").await.status, 403);
        assert_eq!(street.get(&foreign, "/openapi.json").await.code(), "not_allowed");
    }
}
