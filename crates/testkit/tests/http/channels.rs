//! Channels as a whole.

use std::collections::BTreeSet;

use domain::Role;
use serde_json::{Value, json};
use testkit::{Ground, Town, on_every_engine};

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["name"].as_str().expect("a name"))
        .collect()
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

async fn opens(town: &Town, token: &str, kind: &str, name: &str) -> String {
    let new = json!({ "kind": kind, "name": name });
    let made = town.send("POST", token, &town.path("/channels"), new).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

on_every_engine! {
    async fn a_channel_is_shown_to_who_may_see_it_and_not_found_by_strangers(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, general) = (town.token_of(town.team.owner).await, town.team.general);
        let path = town.path(&format!("/channels/{general}"));
        let shown = town.get(&ada, &path).await.ok();
        assert_eq!(shown["name"], "general");
        assert_eq!(shown["members"], 1);
        assert_eq!(shown["mine"]["role"], "manager");
        assert!(shown["epoch"].is_string() && shown["position"].is_u64(), "{shown}");

        let nobody = town.get("rk_none", &path).await;
        assert_eq!((nobody.status.as_u16(), nobody.code()), (401, "signed_out"));
        let nowhere = town.get(&ada, &town.path("/channels/C0000000000000000000000000")).await;
        assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "not_found"));
        assert_eq!(nowhere.body["error"]["details"], json!({ "about": "channel" }));
        assert_eq!(town.get(&ada, &town.path("/channels/general")).await.code(), "not_found");
    }

    async fn whoever_makes_a_channel_sees_it_whole_and_its_name_is_taken(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path("/channels");
        let new = json!({ "kind": "private", "name": " Big Plans ", "topic": "t", "purpose": "p",
            "members": [bob.account()], "colour": "unknown members are ignored" });
        let made = town.keyed("01KAZ000000000000000000000", "POST", &ada, &path, new.clone()).await;
        assert_eq!(made.code(), "key_expired", "{made:?}");
        let key = town.node.new_key().to_string();
        let made = town.keyed(&key, "POST", &ada, &path, new.clone()).await.ok();
        for (field, is) in [("kind", "private"), ("name", "Big Plans"), ("topic", "t"), ("purpose", "p"),
            ("state", "active"), ("posting", "everyone")] {
            assert_eq!(made[field], is);
        }
        assert_eq!((&made["members"], &made["default"]), (&json!(2), &json!(false)));
        assert_eq!(made["mine"]["role"], "manager");
        assert_eq!(town.keyed(&key, "POST", &ada, &path, new.clone()).await.ok(), made, "the same key");
        let other = town.keyed(&key, "POST", &ada, &path, json!({ "kind": "public", "name": "x" })).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "key_reused"));
        let taken = town.send("POST", &ada, &path, json!({ "kind": "public", "name": "BIG  plans" })).await;
        assert_eq!((taken.status.as_u16(), taken.code()), (409, "conflict"));
        assert_eq!(taken.body["error"]["details"], json!({ "about": "name" }));
    }

    async fn a_body_that_makes_no_channel_is_told_what_is_wrong_with_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, path) = (town.token_of(town.team.owner).await, town.path("/channels"));
        let stranger = town.meets("Sam").await;
        let many: Vec<_> = (0..51).map(|_| domain::AccountId::new(town.node.new_key())).collect();
        for (body, status, field) in [
            (json!({ "kind": "public" }), 422, "name"),
            (json!({ "kind": "public", "name": " " }), 422, "name"),
            (json!({ "kind": "public", "name": "n".repeat(81) }), 422, "name"),
            (json!({ "kind": "public", "name": "a\u{0}b" }), 422, "name"),
            (json!({ "kind": "public", "name": "a", "topic": "\u{0}" }), 422, "topic"),
            (json!({ "kind": "public", "name": "a", "topic": "t".repeat(1_025) }), 422, "topic"),
            (json!({ "kind": "public", "name": "a", "purpose": "t".repeat(1_025) }), 422, "purpose"),
            (json!({ "kind": "public", "name": "a", "members": many }), 422, "members"),
            (json!({ "kind": "public", "name": 7 }), 422, "body"),
            (json!({ "kind": "secret", "name": "a" }), 422, "body"),
            (json!({ "kind": "direct", "members": ["C0000000000000000000000000"] }), 422, "body"),
            (json!([]), 422, "body"),
            (json!({ "kind": "public", "name": "a", "members": [stranger.account()] }), 404, "about"),
        ] {
            let answer = town.send("POST", &ada, &path, body.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
            assert!(answer.body["error"]["details"].get(field).is_some(), "{body}: {}", answer.body);
        }
    }

    async fn the_same_people_have_one_direct_channel_whoever_opens_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, cleo] = [town.welcomes("Bob").await, town.welcomes("Cleo").await];
        let (ada, bobs) = (town.token_of(town.team.owner).await, town.token_of(bob).await);
        let path = town.path("/channels");
        let direct = |members: Vec<domain::AccountId>| json!({ "kind": "direct", "members": members });
        let ours = town.send("POST", &ada, &path, direct(vec![bob.account()])).await.ok();
        assert_eq!((ours["kind"].as_str(), &ours["members"]), (Some("direct"), &json!(2)));
        let between: BTreeSet<_> = [town.team.owner.account(), bob.account()].map(|id| id.to_string()).into();
        let named: BTreeSet<_> = ours["people"].as_object().expect("people").keys().cloned().collect();
        assert_eq!(named, between, "and each is named");
        let same = town.send("POST", &bobs, &path, direct(vec![town.team.owner.account()])).await.ok();
        assert_eq!(same["id"], ours["id"]);
        let three = town.send("POST", &bobs, &path, direct(vec![town.team.owner.account(), cleo.account()])).await;
        assert_ne!(three.ok()["id"], ours["id"]);
        let notes = town.send("POST", &bobs, &path, direct(vec![])).await.ok();
        assert_eq!((&notes["members"], &notes["direct"]), (&json!(1), &json!([bob.account()])));

        let stranger = town.meets("Sam").await;
        assert_eq!(town.send("POST", &ada, &path, direct(vec![stranger.account()])).await.code(), "not_found");
        let many = (0..9).map(|_| domain::AccountId::new(town.node.new_key())).collect();
        let refused = town.send("POST", &ada, &path, direct(many)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"));
        assert!(refused.body["error"]["details"]["members"].is_string());

        let cleos = town.token_of(cleo).await;
        let hidden = town.get(&cleos, &town.path(&format!("/channels/{}", ours["id"].as_str().unwrap()))).await;
        assert_eq!(hidden.code(), "not_found", "between others");
    }

    async fn my_channels_come_first_and_then_the_public_ones_page_by_page(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let (ada, bobs) = (town.token_of(town.team.owner).await, town.token_of(bob).await);
        for name in ["Zoo", "alpha", "beta"] {
            opens(&town, &ada, "public", name).await;
        }
        let secret = opens(&town, &ada, "private", "secret").await;
        let mine = opens(&town, &bobs, "private", "bobs own").await;
        let notes = town.send("POST", &bobs, &town.path("/channels"), json!({ "kind": "direct" })).await.ok();
        let list = |query: &str| town.path(&format!("/channels{query}"));

        let all = town.get(&bobs, &list("")).await.ok();
        assert_eq!(all["next"], Value::Null);
        assert!(!ids(&all).contains(&secret), "nobody finds what others keep private");
        assert_eq!(names(&all)[3..], ["alpha", "beta", "Zoo"]);
        let own: BTreeSet<_> = ids(&all)[..3].iter().cloned().collect();
        let notebook = notes["id"].as_str().expect("an id").to_owned();
        assert_eq!(own, [town.team.general.to_string(), mine, notebook].into());
        assert!(all["people"].get(bob.account().to_string()).is_some(), "{}", all["people"]);

        for limit in 1..=7 {
            let (mut paged, mut next) = (Vec::new(), String::new());
            loop {
                let page = town.get(&bobs, &list(&format!("?limit={limit}{next}"))).await.ok();
                let found = ids(&page);
                assert!(found.len() == limit || page["next"].is_null(), "{page}");
                paged.extend(found);
                let Some(cursor) = page["next"].as_str() else { break };
                next = format!("&cursor={cursor}");
            }
            assert_eq!(paged, ids(&all), "by {limit}");
        }

        assert_eq!(names(&town.get(&bobs, &list("?mine=false")).await.ok()), ["alpha", "beta", "Zoo"]);
        assert_eq!(town.get(&bobs, &list("?mine=true")).await.ok()["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(names(&town.get(&bobs, &list("?kind=private")).await.ok()), ["bobs own"]);
        assert_eq!(names(&town.get(&bobs, &list("?kind=direct")).await.ok()), [""]);
        assert_eq!(names(&town.get(&bobs, &list("?prefix=BE")).await.ok()), ["beta"]);
        assert_eq!(names(&town.get(&bobs, &list("?prefix=bobs%20%20O")).await.ok()), ["bobs own"]);
        assert_eq!(names(&town.get(&bobs, &list("?prefix=%25")).await.ok()), [""; 0]);
        assert_eq!(names(&town.get(&bobs, &list("?archived=true")).await.ok()), [""; 0]);
    }

    async fn what_a_list_cannot_be_asked_is_refused_by_name(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let general = town.team.general;
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=many", "limit"),
            ("cursor=nonsense!", "cursor"),
            ("cursor=bm9uc2Vuc2U", "cursor"),
            ("at_least=1", "epoch"),
            ("at_least=x&epoch=1", "at_least"),
        ] {
            for list in ["/channels", &format!("/channels/{general}/members")] {
                let answer = town.get(&ada, &town.path(&format!("{list}?{query}"))).await;
                assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid"), "{list}?{query}");
                assert!(answer.body["error"]["details"][field].is_string(), "{query}: {}", answer.body);
            }
        }
        let nul = base64_of(&json!({ "open": "a\u{0}" }));
        for (query, field) in [
            ("mine=perhaps", "query"),
            ("kind=secret", "query"),
            ("prefix=%00", "prefix"),
            (&format!("cursor={nul}"), "cursor"),
        ] {
            let answer = town.get(&ada, &town.path(&format!("/channels?{query}"))).await;
            assert_eq!(answer.status.as_u16(), 422, "{query}: {}", answer.body);
            assert!(answer.body["error"]["details"][field].is_string(), "{query}: {}", answer.body);
        }
        let other = town.get(&ada, &town.path("/channels?at_least=1&epoch=1")).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "other_epoch"));
    }

    async fn a_guest_finds_only_the_channels_they_were_given(ground: Ground) {
        let town = Town::on(&ground).await;
        let gil = town.welcomes_as("Gil", Role::Guest).await;
        let (ada, gils) = (town.token_of(town.team.owner).await, town.token_of(gil).await);
        let plans = opens(&town, &ada, "public", "plans").await;
        let found = town.get(&gils, &town.path("/channels")).await.ok();
        assert_eq!(names(&found), ["general"]);
        assert_eq!(names(&town.get(&gils, &town.path("/channels?mine=false")).await.ok()), [""; 0]);
        let path = town.path(&format!("/channels/{plans}"));
        assert_eq!(town.get(&gils, &path).await.code(), "not_found");
        assert_eq!(town.send("PUT", &gils, &format!("{path}/members/me"), json!({})).await.code(), "not_found");
        let new = json!({ "kind": "public", "name": "mine" });
        let refused = town.send("POST", &gils, &town.path("/channels"), new).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"));
        assert_eq!(refused.body["error"]["details"], json!({ "right": "create_channels" }));
        town.send("PUT", &ada, &format!("{path}/members/{}", gil.account()), json!({})).await.ok();
        assert_eq!(town.get(&gils, &path).await.ok()["name"], "plans");
    }

    async fn a_list_says_what_is_unread_and_what_calls(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let bobs = town.token_of(bob).await;
        let (owner, general, node) = (town.team.owner, town.team.general, &town.node);
        for text in ["one", &format!("two, {}", bob.mention()), "<!channel>", &format!("<!here> {}", bob.mention())] {
            owner.says(node, general, text).await.expect("said");
        }
        let root = service::Address { channel: general, thread: 0, number: 1 };
        owner.replies(node, root, &bob.mention()).await.expect("said");
        let list = town.path("/channels?mine=true");
        let mine = town.get(&bobs, &list).await.ok()["items"][0].clone();
        assert_eq!((&mine["last_number"], &mine["mine"]["unread"]), (&json!(4), &json!(4)));
        assert_eq!(mine["mine"]["mentions"], 3, "a shout that names is one; a thread counts apart");
        let one = town.get(&bobs, &town.path(&format!("/channels/{general}"))).await.ok();
        assert_eq!(one["mine"], mine["mine"]);
        bob.reads_to(node, service::Address { number: 3, ..root }).await.expect("read");
        let mine = town.get(&bobs, &list).await.ok()["items"][0]["mine"].clone();
        assert_eq!((&mine["read"], &mine["unread"], &mine["mentions"]), (&json!(3), &json!(1), &json!(1)));
    }

    async fn what_is_written_is_read_back_at_its_position(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let new = json!({ "kind": "public", "name": "plans" });
        let made = town.send("POST", &ada, &town.path("/channels"), new).await.ok();
        let (epoch, position) = (made["epoch"].as_str().expect("an epoch"), made["position"].as_u64().expect("one"));
        let list = town.path(&format!("/channels?at_least={position}&epoch={epoch}&mine=true"));
        let found = town.get(&ada, &list).await.ok();
        assert_eq!(names(&found).into_iter().collect::<BTreeSet<_>>(), ["general", "plans"].into());
    }
}

fn base64_of(value: &Value) -> String {
    // A cursor's own form, written by somebody who should not.
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let text = value.to_string();
    let sextets = text.as_bytes().chunks(3).flat_map(|chunk| {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |at| DIGITS[(bits >> (18 - 6 * at)) as usize & 63] as char)
    });
    sextets.collect()
}
