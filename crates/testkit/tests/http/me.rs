//! What is mine alone, on all my devices.

use serde_json::{Value, json};
use testkit::{Ground, Town, on_every_engine};

fn kept(rows: &Value) -> Vec<(String, String, Value)> {
    let items = rows["items"].as_array().expect("items");
    let word = |item: &Value, name: &str| item[name].as_str().expect("a word").to_owned();
    items.iter().map(|item| (word(item, "kind"), word(item, "subject"), item["value"].clone())).collect()
}

on_every_engine! {
    async fn a_draft_is_kept_for_all_my_devices_and_thrown_away_on_all_of_them(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, general) = (town.token_of(town.team.owner).await, town.team.general);
        let draft = town.path(&format!("/me/draft/{general}"));
        let put = town.send("PUT", &ada, &draft, json!({ "value": { "text": "almost \"done\"" } })).await.ok();
        assert_eq!(put["version"], 1);
        let again = town.send("PUT", &ada, &draft, json!({ "value": { "text": "almost \"done\"" } })).await.ok();
        assert_eq!(again["version"], 1, "done twice is done once");
        let star = town.path(&format!("/me/star/{general}"));
        assert_eq!(town.send("PUT", &ada, &star, json!({ "value": true })).await.ok()["version"], 2);

        let all = town.get(&ada, &town.path("/me")).await.ok();
        assert_eq!(all["version"], 2);
        let text = json!({ "text": "almost \"done\"" });
        let (general, epoch) = (general.to_string(), all["epoch"].as_str().expect("an epoch"));
        assert_eq!(kept(&all), [("draft".into(), general.clone(), text), ("star".into(), general.clone(), json!(true))]);

        assert_eq!(town.send("DELETE", &ada, &draft, Value::Null).await.ok()["version"], 3);
        let newer = town.get(&ada, &town.path(&format!("/me?since=2&epoch={epoch}"))).await.ok();
        assert_eq!(kept(&newer), [("draft".into(), general.clone(), Value::Null)], "removed");
        assert_eq!(newer["version"], 3);
        let fresh = town.get(&ada, &town.path("/me")).await.ok();
        assert_eq!(kept(&fresh), [("star".into(), general, json!(true))], "a new device need not know what is gone");
        let nothing = town.send("DELETE", &ada, &town.path("/me/preference/theme"), Value::Null).await.ok();
        assert_eq!(nothing["version"], 0, "there was nothing");
    }

    async fn nobody_sees_what_is_mine_and_a_stranger_not_even_the_workspace(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        town.send("PUT", &ada, &town.path("/me/preference/theme"), json!({ "value": "dark" })).await.ok();
        assert_eq!(kept(&town.get(&bob, &town.path("/me")).await.ok()), []);
        let elsewhere = testkit::Team::another(&town.node, "Elsewhere").await;
        let path = format!("/api/v1/workspaces/{}/me", elsewhere.workspace);
        let stranger = town.get(&bob, &path).await;
        assert_eq!((stranger.status.as_u16(), stranger.code()), (404, "not_found"));
        let written = town.send("PUT", &bob, &format!("{path}/preference/theme"), json!({ "value": 1 })).await;
        assert_eq!((written.status.as_u16(), written.code()), (404, "not_found"));
        let unknown = town.get("rk_none", &town.path("/me")).await;
        assert_eq!((unknown.status.as_u16(), unknown.code()), (401, "signed_out"));
    }

    async fn what_is_no_kind_no_subject_or_no_value_is_refused_with_what_to_do(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, general) = (town.token_of(town.team.owner).await, town.team.general);
        let long = "x".repeat(5_000);
        for (path, body, status, code) in [
            ("/me/read/C1".to_owned(), json!({ "value": 1 }), 404, "not_found"),
            ("/me/star/nowhere".to_owned(), json!({ "value": 1 }), 422, "invalid"),
            (format!("/me/saved/{general}.041"), json!({ "value": 1 }), 422, "invalid"),
            ("/me/star/C0000000000000000000000000".to_owned(), json!({ "value": 1 }), 404, "not_found"),
            ("/me/preference/theme".to_owned(), json!({ "value": null }), 422, "invalid"),
            ("/me/preference/theme".to_owned(), json!({}), 422, "invalid"),
            ("/me/preference/theme".to_owned(), json!({ "value": long }), 413, "too_large"),
        ] {
            let refused = town.send("PUT", &ada, &town.path(&path), body).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{path}");
        }
        let without = town.get(&ada, &town.path("/me?since=2")).await;
        assert_eq!((without.status.as_u16(), without.code()), (422, "invalid"), "since goes with its epoch");
        let wrong = town.get(&ada, &town.path("/me?since=two&epoch=1")).await;
        assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "invalid"));
        let other = town.get(&ada, &town.path("/me?since=2&epoch=1")).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "other_epoch"));
    }

    async fn many_private_rows_come_in_parts_that_leave_nothing_out(ground: Ground) {
        let town = Town::on(&ground).await;
        let owner = town.team.owner;
        let puts = (0..501).map(|number| {
            let (service, name) = (town.node.service.clone(), format!("choice-{number}"));
            async move {
                let kind = service::PrivateKind::Preference;
                service.keep(owner.by, kind, &name, Some("1".into())).await.expect("kept")
            }
        });
        futures_util::future::join_all(puts).await;
        let ada = town.token_of(owner).await;
        let first = town.get(&ada, &town.path("/me")).await.ok();
        assert_eq!((kept(&first).len(), &first["more"]), (500, &json!(true)));
        let (version, epoch) = (&first["version"], first["epoch"].as_str().expect("an epoch"));
        let rest = town.get(&ada, &town.path(&format!("/me?since={version}&epoch={epoch}"))).await.ok();
        assert_eq!((kept(&rest).len(), &rest["more"], &rest["version"]), (1, &Value::Null, &json!(501)));
    }
}
