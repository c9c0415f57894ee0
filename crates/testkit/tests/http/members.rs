//! Who is in a workspace, what they show of themselves, and how they go.

use axum::http::StatusCode;
use domain::{AccountId, ChannelId, Role};
use serde_json::{Value, json};
use testkit::{Ground, Person, Town, on_every_engine};

/// The names a list gives, all its pages one after another.
async fn names(town: &Town, token: &str, query: &str) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = town.get(token, &town.path(&format!("/members?{query}{cursor}"))).await.ok();
        let items = page["items"].as_array().expect("items").clone();
        names.extend(items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
        assert!(names.len() < 100, "it never ends");
    }
}

/// Where a list goes by account.
async fn sorted(town: &Town, token: &str, query: &str) -> Vec<String> {
    let mut names = names(town, token, query).await;
    names.sort_unstable();
    names
}

async fn channel(town: &Town, name: &str, people: &[Person]) -> ChannelId {
    let channel = town.team.opens(&town.node, name).await;
    for person in people {
        let (owner, key) = (town.team.owner.by, town.node.new_key());
        town.node.service.add_to_channel(owner, key, channel, person.account()).await.expect("added");
    }
    channel
}

async fn refused(town: &Town, method: &str, token: &str, rest: &str, body: Value) -> (u16, String, Value) {
    let answer = town.send(method, token, &town.path(rest), body).await;
    let details = answer.body["error"]["details"].clone();
    (answer.status.as_u16(), answer.code().to_owned(), details)
}

fn at(account: AccountId) -> String {
    format!("/members/{account}")
}

on_every_engine! {
    async fn members_are_listed_by_name_page_by_page_and_found_by_how_their_name_begins(ground: Ground) {
        let town = Town::on(&ground).await;
        for name in ["Zoë", "Özil", "ada  Byron", "Adam", "Ästrid", "Öland", "Adam"] {
            town.welcomes(name).await;
        }
        let token = town.token_of(town.team.owner).await;
        let all = ["Ada", "ada Byron", "Adam", "Adam", "Zoë", "Ästrid", "Öland", "Özil"];
        assert_eq!(names(&town, &token, "").await, all);
        for limit in 1..4 {
            assert_eq!(names(&town, &token, &format!("limit={limit}")).await, all, "{limit} at a time");
        }
        for (prefix, found) in [
            ("ADA", &all[..4]),
            ("ada%20", &all[1..2]),
            ("ADA%20%20b", &all[1..2]),
            ("%C3%96", &all[6..]),
            ("%C3%B6Z", &all[7..]),
            ("zo%C3%8B", &all[4..5]),
            ("nobody", &[]),
            ("%25", &[]),
            ("%20", &all[..]),
        ] {
            assert_eq!(names(&town, &token, &format!("prefix={prefix}&limit=2")).await, found, "{prefix}");
        }
    }

    async fn members_are_found_by_role_by_id_and_by_channel(ground: Ground) {
        let town = Town::on(&ground).await;
        let token = town.token_of(town.team.owner).await;
        let [ann, bob, cid] = [
            town.welcomes_as("Ann", Role::Admin).await,
            town.welcomes("Bob").await,
            town.welcomes("Cid").await,
        ];
        let plans = channel(&town, "plans", &[ann, cid]).await;
        assert_eq!(names(&town, &token, "role=member").await, ["Bob", "Cid"]);
        assert_eq!(names(&town, &token, "role=member&limit=1").await, ["Bob", "Cid"]);
        assert_eq!(names(&town, &token, "role=admin&prefix=a").await, ["Ann"]);
        assert_eq!(names(&town, &token, "role=bot").await, [""; 0]);
        assert_eq!(sorted(&town, &token, &format!("in={plans}&limit=1")).await, ["Ada", "Ann", "Cid"]);
        assert_eq!(names(&town, &token, &format!("in={plans}&role=member&limit=1")).await, ["Cid"]);
        assert_eq!(names(&town, &token, &format!("in={plans}&prefix=A&limit=1")).await, ["Ada", "Ann"]);
        let ids = format!("ids={},{}", cid.account(), ann.account());
        assert_eq!(sorted(&town, &token, &ids).await, ["Ann", "Cid"]);
        town.node.service.remove_member(town.team.owner.by, town.node.new_key(), bob.account(), false).await.expect("gone");
        assert_eq!(names(&town, &token, "role=member").await, ["Cid"]);
        let gone = town.get(&token, &town.path(&format!("/members?ids={}", bob.account()))).await.ok();
        assert_eq!((&gone["items"][0]["name"], &gone["items"][0]["left"]), (&json!("Bob"), &json!(true)));
        let secret = channel(&town, "secret", &[]).await;
        let key = town.node.new_key();
        let close = service::ChannelChange { private: true, ..Default::default() };
        town.node.service.change_channel(town.team.owner.by, key, secret, close).await.expect("closed");
        let cid = town.token_of(cid).await;
        for (query, status) in [
            (format!("in={secret}"), 404),
            ("in=C0000000000000000000000000".into(), 404),
            ("in=x".into(), 422),
            ("ids=x".into(), 422),
            ("role=king".into(), 422),
            ("limit=0".into(), 422),
            ("limit=201".into(), 422),
            ("cursor=x".into(), 422),
            ("cursor=W10".into(), 422),
            ("prefix=%00".into(), 422),
            (format!("prefix={}", "x".repeat(81)), 422),
            (format!("ids={}", (0..201).map(|_| AccountId::new(town.node.new_key()).to_string()).collect::<Vec<_>>().join(",")), 422),
        ] {
            let answer = town.get(&cid, &town.path(&format!("/members?{query}"))).await;
            assert_eq!(answer.status.as_u16(), status, "{query} {}", answer.body);
        }
    }

    async fn a_cursor_of_another_list_is_refused(ground: Ground) {
        let town = Town::on(&ground).await;
        town.welcomes("Bob").await;
        let token = town.token_of(town.team.owner).await;
        let by_name = town.get(&token, &town.path("/members?limit=1")).await.ok();
        let general = town.team.general;
        let by_seat = town.get(&token, &town.path(&format!("/members?limit=1&in={general}"))).await.ok();
        let cursor = |page: &Value| page["next"].as_str().expect("more").to_owned();
        for query in [format!("in={general}&cursor={}", cursor(&by_name)), format!("cursor={}", cursor(&by_seat))] {
            let answer = town.get(&token, &town.path(&format!("/members?{query}"))).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid"), "{query}");
        }
    }

    async fn a_guest_finds_whom_they_share_a_channel_with_and_nobody_else(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, cid, dan] = [town.welcomes("Bob").await, town.welcomes("Cid").await, town.welcomes("Dan").await];
        let gus = town.welcomes_as("Gus", Role::Guest).await;
        let service = &town.node.service;
        let away = service.remove_from_channel(gus.by, town.node.new_key(), town.team.general, gus.account());
        away.await.expect("left");
        let token = town.token_of(gus).await;
        assert_eq!(names(&town, &token, "").await, ["Gus"], "a guest without a seat knows themselves");
        let [plans, paint] = [channel(&town, "plans", &[gus, bob]).await, channel(&town, "paint", &[gus, bob, cid]).await];
        let other = channel(&town, "other", &[dan]).await;
        for query in ["", "limit=1", "limit=2"] {
            let found = sorted(&town, &token, query).await;
            assert_eq!(found, ["Ada", "Bob", "Cid", "Gus"], "{query}");
        }
        assert_eq!(names(&town, &token, "prefix=d").await, [""; 0]);
        assert_eq!(names(&town, &token, "prefix=c").await, ["Cid"]);
        assert_eq!(names(&town, &token, "role=owner").await, ["Ada"]);
        let seated = sorted(&town, &token, &format!("in={plans}")).await;
        assert_eq!(seated, ["Ada", "Bob", "Gus"]);
        let ids = format!("ids={},{},{}", dan.account(), cid.account(), gus.account());
        assert_eq!(sorted(&town, &token, &ids).await, ["Cid", "Gus"]);
        let get = async |rest: String| town.get(&token, &town.path(&rest)).await.status;
        assert_eq!(get(at(dan.account())).await, StatusCode::NOT_FOUND);
        assert_eq!(get(at(cid.account())).await, StatusCode::OK);
        assert_eq!(get("/members/me".into()).await, StatusCode::OK);
        assert_eq!(get(format!("/members?in={other}")).await, StatusCode::NOT_FOUND);
        let gone = service.remove_from_channel(cid.by, town.node.new_key(), paint, cid.account());
        gone.await.expect("left");
        assert_eq!(get(at(cid.account())).await, StatusCode::NOT_FOUND, "no seat is shared any more");
    }

    async fn somebody_says_how_they_are_and_takes_it_back(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let patch = async |body: Value| town.send("PATCH", &token, &town.path("/members/me"), body).await;
        let me = async || town.get(&token, &town.path("/members/me")).await.ok();
        let day = 24 * 3_600 * domain::Stamp::SECOND;
        let tomorrow = protocol::time::of(town.node.now().plus(day));
        let done = patch(json!({
            "name": "Bobby", "title": "Baker", "time_zone": "Europe/Berlin", "dnd_until": tomorrow,
            "status": { "text": "away", "emoji": "🏖", "until": tomorrow },
        })).await.ok();
        assert!(done["epoch"].is_string() && done["position"].is_u64(), "{done}");
        let shown = me().await;
        assert_eq!(shown["account"], json!(bob.account()));
        assert_eq!((&shown["name"], &shown["title"], &shown["time_zone"]), (&json!("Bobby"), &json!("Baker"), &json!("Europe/Berlin")));
        assert_eq!((&shown["dnd_until"], &shown["role"]), (&json!(tomorrow), &json!("member")));
        assert_eq!(shown["status"], json!({ "text": "away", "emoji": "🏖", "until": tomorrow }));
        patch(json!({ "title": null, "time_zone": null, "dnd_until": null })).await.ok();
        let shown = me().await;
        assert_eq!(["title", "time_zone", "dnd_until"].map(|name| shown.get(name).is_none()), [true; 3]);
        assert_eq!(shown["status"]["text"], "away", "what is absent stays");
        town.node.clock.advance(day + domain::Stamp::MINUTE);
        assert!(me().await.get("status").is_none(), "a status ends when its time is over");
        patch(json!({ "status": { "text": "back" } })).await.ok();
        assert_eq!(me().await["status"], json!({ "text": "back" }));
        patch(json!({ "status": null })).await.ok();
        assert!(me().await.get("status").is_none());
    }

    async fn what_cannot_be_said_of_somebody_is_refused_with_words(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        let ann = town.token_of(town.welcomes_as("Ann", Role::Admin).await).await;
        let token = town.token_of(bob).await;
        for (body, field) in [
            (json!({ "name": null }), None),
            (json!({ "name": "" }), Some("name")),
            (json!({ "name": "x".repeat(81) }), Some("name")),
            (json!({ "title": "x".repeat(121) }), Some("title")),
            (json!({ "title": 7 }), Some("body")),
            (json!({ "time_zone": "x".repeat(65) }), Some("time_zone")),
            (json!({ "status": { "text": "x".repeat(201) } }), Some("status")),
            (json!({ "status": { "emoji": "two words" } }), Some("emoji")),
            (json!({ "status": { "text": "x", "until": "soon" } }), Some("status.until")),
            (json!({ "status": "x" }), Some("body")),
            (json!({ "dnd_until": "tomorrow" }), Some("dnd_until")),
            (json!({ "role": "king" }), Some("body")),
        ] {
            let (status, _, details) = refused(&town, "PATCH", &token, "/members/me", body.clone()).await;
            let expected = field.map_or(200, |_| 422);
            assert_eq!(status, expected, "{body}");
            assert!(field.is_none_or(|field| details[field].is_string()), "{body} {details}");
        }
        let to_cid = at(cid.account());
        let by_bob = refused(&town, "PATCH", &token, &to_cid, json!({ "name": "Cyd" })).await;
        assert_eq!(by_bob, (403, "not_allowed".into(), json!({ "right": "admin" })));
        let by_ann = refused(&town, "PATCH", &ann, &to_cid, json!({ "status": { "text": "late" } })).await;
        assert_eq!(by_ann, (403, "not_allowed".into(), json!({ "right": "own" })));
        assert_eq!(refused(&town, "PATCH", &ann, &to_cid, json!({ "title": "Cook" })).await.0, 200);
        let nobody = at(AccountId::new(town.node.new_key()));
        assert_eq!(refused(&town, "PATCH", &ann, &nobody, json!({ "title": "Cook" })).await.0, 404);
        assert_eq!(refused(&town, "PATCH", &ann, "/members/x", json!({ "title": "Cook" })).await.0, 404);
    }

    async fn roles_are_given_by_who_has_them_and_the_last_owner_stays(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let [ann, bob] = [town.welcomes_as("Ann", Role::Admin).await, town.welcomes("Bob").await];
        let by_ann = town.token_of(ann).await;
        let by_bob = town.token_of(bob).await;
        let give = async |token: &str, account: AccountId, role: &str| {
            refused(&town, "PATCH", token, &at(account), json!({ "role": role })).await
        };
        assert_eq!(give(&by_bob, bob.account(), "admin").await.2, json!({ "right": "admin" }));
        assert_eq!(give(&by_ann, bob.account(), "owner").await.2, json!({ "right": "owner" }));
        assert_eq!(give(&by_ann, town.team.owner.account(), "member").await.2, json!({ "right": "owner" }));
        assert_eq!(give(&by_ann, bob.account(), "bot").await.0, 409);
        assert_eq!(give(&by_ann, bob.account(), "guest").await.0, 200);
        assert_eq!(town.get(&by_bob, &town.path("/members/me")).await.ok()["role"], "guest");
        let last = give(&ada, town.team.owner.account(), "admin").await;
        assert_eq!((last.0, last.2), (409, json!({ "about": "last_owner" })));
        assert_eq!(refused(&town, "DELETE", &ada, "/members/me", json!({})).await.2, json!({ "about": "last_owner" }));
        assert_eq!(give(&ada, ann.account(), "owner").await.0, 200);
        assert_eq!(give(&by_ann, town.team.owner.account(), "member").await.0, 200, "an owner may do this to an owner");
        assert_eq!(refused(&town, "DELETE", &ada, "/members/me", json!({})).await.0, 200);
    }

    async fn who_left_is_nobody_here_until_an_admin_lets_them_in_again(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        let by_bob = town.token_of(bob).await;
        assert_eq!(refused(&town, "DELETE", &by_bob, &at(cid.account()), json!({})).await.2, json!({ "right": "admin" }));
        let key = town.node.new_key().to_string();
        let leave = async || town.keyed(&key, "DELETE", &by_bob, &town.path("/members/me"), json!({})).await.ok();
        assert_eq!(leave().await, leave().await, "the same key answers the same, also to who is gone");
        for rest in ["", "/members", "/members/me"] {
            assert_eq!(town.get(&by_bob, &town.path(rest)).await.status, StatusCode::NOT_FOUND, "{rest}");
        }
        assert_eq!(town.get(&by_bob, "/api/v1/workspaces").await.ok()["items"], json!([]));
        assert_eq!(refused(&town, "DELETE", &ada, &at(bob.account()), json!({})).await.0, 404);
        let by_cid = town.token_of(cid).await;
        let back = json!({ "role": "member" });
        assert_eq!(refused(&town, "PATCH", &by_cid, &at(bob.account()), back.clone()).await.2, json!({ "right": "admin" }));
        let key = town.node.new_key().to_string();
        let path = town.path(&at(bob.account()));
        town.keyed(&key, "PATCH", &ada, &path, back.clone()).await.ok();
        town.keyed(&key, "PATCH", &ada, &path, back).await.ok();
        assert_eq!(town.get(&by_bob, &town.path("/members/me")).await.ok()["name"], "Bob");
        assert_eq!(town.get(&by_bob, "/api/v1/workspaces").await.ok()["items"].as_array().map(Vec::len), Some(1));
    }

    async fn an_admin_asks_somebody_to_sign_in_again_and_other_workspaces_notice_nothing(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let bob = town.welcomes("Bob").await;
        let by_bob = town.token_of(bob).await;
        let crows = town.send("POST", &by_bob, "/api/v1/workspaces", json!({ "name": "Crows" })).await.ok();
        town.node.clock.advance(domain::Stamp::SECOND);
        let rest = format!("{}/sessions", at(bob.account()));
        assert_eq!(refused(&town, "DELETE", &by_bob, &rest, json!({})).await.2, json!({ "right": "admin" }));
        assert_eq!(refused(&town, "DELETE", &ada, &rest, json!({})).await.0, 200);
        assert_eq!(town.get(&by_bob, &town.path("/members/me")).await.code(), "signed_out");
        let own = format!("/api/v1/workspaces/{}", crows["slug"].as_str().expect("a slug"));
        assert_eq!(town.get(&by_bob, &own).await.status, StatusCode::OK);
        town.node.clock.advance(domain::Stamp::SECOND);
        assert_eq!(town.get(&town.token_of(bob).await, &town.path("/members/me")).await.status, StatusCode::OK);
    }

    async fn strangers_find_no_members_and_an_archived_workspace_changes_none(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let bob = town.welcomes("Bob").await;
        let stranger = town.token_of(town.meets("Cleo").await).await;
        for rest in ["/members".to_owned(), "/members/me".into(), at(bob.account())] {
            assert_eq!(town.get(&stranger, &town.path(&rest)).await.status, StatusCode::NOT_FOUND, "{rest}");
        }
        assert_eq!(refused(&town, "DELETE", &stranger, &at(bob.account()), json!({})).await.0, 404);
        assert_eq!(refused(&town, "PATCH", &stranger, "/members/me", json!({ "name": "x" })).await.0, 404);
        town.node.service.archive_workspace(town.team.owner.by, town.node.new_key(), true).await.expect("archived");
        for body in [json!({ "name": "Bert" }), json!({ "role": "admin" })] {
            assert_eq!(refused(&town, "PATCH", &ada, &at(bob.account()), body).await.2, json!({ "right": "archived" }));
        }
        assert_eq!(refused(&town, "DELETE", &ada, &at(bob.account()), json!({})).await.0, 200, "anybody may still go");
    }
}
