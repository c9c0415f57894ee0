//! Signing in and out, one's own account, and what ends a session.

use serde_json::json;
use testkit::{Ground, Street, Visitor, on_every_engine};

const ADA: (&str, &str) = ("ada@example.org", "correct horse");

on_every_engine! {
    async fn who_signs_in_is_shown_who_they_are_and_who_signs_out_is_nobody(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let answer = street.signs_in(&Visitor::page(), "  ADA@example.org ", ADA.1).await;
        let browser = Visitor::browser(&answer);
        let home = street.get(&browser, "/session").await;
        assert!(home.headers["set-cookie"].to_str().expect("text").contains("Max-Age=2592000"), "given anew");
        assert_eq!(home.body["account"]["name"], "Ada");
        let out = street.delete(&browser, "/session").await;
        assert!(out.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
        assert_eq!(street.get(&browser, "/session").await.code(), "signed_out");
    }

    async fn a_wrong_password_and_an_unknown_address_are_told_the_same(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let stranger = Visitor::default();
        let long = "x".repeat(10_000);
        let passwords = street.node.service.passwords();
        let (mut told, before) = (Vec::new(), passwords.asked());
        for (email, password) in
            [(ADA.0, "wrong horse"), ("nobody@example.org", ADA.1), ("not an address", ADA.1), (ADA.0, ""), (ADA.0, &long)]
        {
            let answer = street.signs_in(&stranger, email, password).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (401, "signed_out"), "{email}");
            assert!(answer.headers.get("set-cookie").is_none());
            told.push(answer.body["error"]["message"].clone());
        }
        assert!(told.iter().all(|words| *words == told[0]), "{told:?}");
        assert_eq!(passwords.asked() - before, told.len() as u64, "each costs one hash");
    }

    async fn a_session_is_listed_where_it_began_and_ended_from_anywhere(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        ground.clock.advance(domain::Stamp::SECOND);
        let phone = Visitor { address: Some("192.0.2.9".parse().expect("one")), ..Visitor::default() };
        let phone = Visitor::with_token(&street.signs_in(&phone, ADA.0, ADA.1).await.ok()["token"]);
        let listed = street.get(&ada, "/sessions").await.ok();
        let items = listed["items"].as_array().expect("a list").clone();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[0]["address"], &items[0]["agent"]), (&json!("192.0.2.9"), &json!("a test")));
        assert_eq!(items[1]["current"], true);
        let first = street.get(&ada, "/sessions?limit=1").await.ok();
        let next = first["next"].as_str().expect("more");
        let second = street.get(&ada, &format!("/sessions?limit=1&cursor={next}")).await.ok();
        assert_eq!((&second["items"][0]["id"], &second["next"]), (&items[1]["id"], &json!(null)));

        let there = items[0]["id"].as_str().expect("an id");
        let key = street.node.new_key().to_string();
        let path = format!("/sessions/{there}");
        let ended = street.delete(&ada.clone().under(&key), &path).await.ok();
        assert_eq!(street.get(&phone, "/session").await.status, 401);
        assert_eq!(street.get(&ada, "/session").await.status, 200);
        assert_eq!(street.delete(&ada.clone().under(&key), &path).await.ok(), ended, "asked again");
        for nobodys in [street.node.new_key().to_string(), "nonsense".to_owned()] {
            assert_eq!(street.delete(&ada, &format!("/sessions/{nobodys}")).await.code(), "not_found");
        }
    }

    async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        let phone = Visitor::with_token(&street.signs_in(&Visitor::default(), ADA.0, ADA.1).await.ok()["token"]);
        let change = |old: &str, new: &str| json!({ "old": old, "password": new });
        let told = street.post(&ada, "/account/password", change("wrong", "a newer one")).await;
        assert_eq!((told.status.as_u16(), told.code()), (422, "invalid"));
        assert!(told.body["error"]["details"]["old"].is_string());
        let told = street.post(&ada, "/account/password", change(ADA.1, "short")).await;
        assert!(told.body["error"]["details"]["password"].is_string(), "{}", told.body);
        assert_eq!(street.get(&phone, "/session").await.status, 200);

        let key = street.node.new_key().to_string();
        let done = street.post(&ada.clone().under(&key), "/account/password", change(ADA.1, "a newer one")).await.ok();
        assert_eq!(street.get(&phone, "/session").await.status, 401);
        assert_eq!(street.get(&ada, "/session").await.status, 200, "the one that changed it stays");
        let again = street.post(&ada.clone().under(&key), "/account/password", change(ADA.1, "a newer one")).await;
        assert_eq!(again.ok(), done, "the same key answers the same, though the old password is gone");
        assert_eq!(street.signs_in(&Visitor::from("192.0.2.1"), ADA.0, ADA.1).await.status, 401);
        street.signs_in(&Visitor::from("192.0.2.1"), ADA.0, "a newer one").await.ok();
    }

    async fn one_is_called_otherwise_and_signs_in_with_another_address(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        assert_eq!(street.patch(&ada, "/account", json!({ "name": " Ada L. " })).await.ok()["name"], "Ada L.");
        let asks = |email: &str, password: Option<&str>| json!({ "email": email, "password": password });
        for (body, field) in [
            (asks("lovelace@example.org", None), "password"),
            (asks("lovelace@example.org", Some("wrong")), "password"),
            (asks("lovelace", Some(ADA.1)), "email"),
        ] {
            let told = street.patch(&ada, "/account", body).await;
            assert!(told.body["error"]["details"][field].is_string(), "{}", told.body);
        }
        let changed = street.patch(&ada, "/account", asks("Lovelace@example.org", Some(ADA.1))).await.ok();
        assert_eq!(changed["email"], "lovelace@example.org");
        assert_eq!(street.signs_in(&Visitor::from("192.0.2.1"), ADA.0, ADA.1).await.status, 401);
        street.signs_in(&Visitor::from("192.0.2.1"), "lovelace@example.org", ADA.1).await.ok();
    }

    async fn a_session_that_rested_for_thirty_days_is_over(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        ground.clock.advance(30 * 24 * domain::Stamp::HOUR + domain::Stamp::MINUTE);
        assert_eq!(street.get(&ada, "/session").await.status, 401);
        ground.clock.advance(-30 * 24 * domain::Stamp::HOUR);
    }
}
