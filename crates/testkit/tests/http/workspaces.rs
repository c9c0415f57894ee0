//! The caller's workspaces, and each as a whole.

use domain::verbs::PrivateKind;
use domain::{CredentialKind, Role};
use serde_json::{Value, json};
use service::{Address, Secret};
use testkit::team::number;
use testkit::{Ground, Person, Town, on_every_engine};

const ROOMS: &str = "/api/v1/workspaces";

/// What waits for somebody in the team: unread channels and mentions.
async fn waiting(town: &Town, token: &str) -> (u64, u64) {
    let rooms = town.get(token, ROOMS).await.ok();
    let room = &rooms["items"][0];
    (room["unread"].as_u64().expect("unread"), room["mentions"].as_u64().expect("mentions"))
}

async fn reads_all(town: &Town, person: Person, number: u64) {
    let at = Address { channel: town.team.general, thread: 0, number };
    person.reads_to(&town.node, at).await.expect("read");
}

on_every_engine! {
    async fn the_rail_shows_each_workspace_and_what_waits_in_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let (team, node) = (&town.team, &town.node);
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let rooms = town.get(&token, ROOMS).await.ok();
        assert_eq!(rooms["next"], Value::Null);
        let room = rooms["items"][0].clone();
        assert_eq!(room, json!({
            "id": team.workspace, "slug": "rooks", "name": "Rooks", "role": "member", "state": "active",
            "unread": 0, "mentions": 0,
        }));
        team.owner.says(node, team.general, "hello").await.expect("said");
        assert_eq!(waiting(&town, &token).await, (1, 0));
        let words = format!("{} and <!channel>", bob.mention());
        let called = number(&team.owner.says(node, team.general, &words).await.expect("said"));
        assert_eq!(waiting(&town, &token).await, (1, 1), "one message that does both calls once");
        let subject = team.general.to_string();
        let mute = async |value| node.service.keep(bob.by, PrivateKind::Mute, &subject, value).await.expect("kept");
        mute(Some("true".to_owned())).await;
        assert_eq!(waiting(&town, &token).await, (0, 1), "a muted channel is quiet, a name is not");
        reads_all(&town, bob, called).await;
        mute(None).await;
        assert_eq!(waiting(&town, &token).await, (0, 0));
        let slip = number(&team.owner.says(node, team.general, "slip").await.expect("said"));
        assert_eq!(waiting(&town, &token).await, (1, 0));
        let at = Address { channel: team.general, thread: 0, number: slip };
        node.service.delete(team.owner.by, node.new_key(), at).await.expect("deleted");
        assert_eq!(waiting(&town, &token).await, (0, 0), "what was deleted waits for nobody");
        let away = node.service.remove_from_channel(bob.by, node.new_key(), team.general, bob.account());
        away.await.expect("left");
        team.owner.says(node, team.general, "<!here>").await.expect("said");
        assert_eq!(waiting(&town, &token).await, (0, 0), "who left a channel waits for nothing there");
    }

    async fn the_rail_is_sent_again_only_where_it_changed(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let first = town.get(&token, ROOMS).await;
        let tag = first.headers["etag"].to_str().expect("a tag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let again = town.with(&token, ROOMS, ("if-none-match", &tag)).await;
        assert_eq!((again.status.as_u16(), again.body), (304, Value::Null));
        assert_eq!(again.headers["etag"], tag);
        town.team.owner.says(&town.node, town.team.general, "news").await.expect("said");
        let changed = town.with(&token, ROOMS, ("if-none-match", &tag)).await;
        assert_eq!(changed.status.as_u16(), 200);
        assert_ne!(changed.headers["etag"], tag);
    }

    async fn who_has_several_workspaces_opens_them_and_sees_them_page_by_page(ground: Ground) {
        let town = Town::on(&ground).await;
        let cleo = town.meets("Cleo").await;
        let token = town.token_of(cleo).await;
        assert_eq!(town.get(&token, ROOMS).await.ok()["items"], json!([]));
        let one = town.send("POST", &token, ROOMS, json!({ "name": "Crows" })).await.ok();
        assert_eq!((&one["slug"], &one["role"], &one["members"]), (&json!("crows"), &json!("owner"), &json!(1)));
        assert_eq!(one["default_channels"].as_array().map(Vec::len), Some(1));
        let two = town.send("POST", &token, ROOMS, json!({ "name": "Crows", "slug": "more-crows" })).await.ok();
        assert_eq!(two["slug"], "more-crows");
        let mut seen = Vec::new();
        let mut path = format!("{ROOMS}?limit=1");
        while seen.len() < 5 {
            let page = town.get(&token, &path).await.ok();
            seen.extend(page["items"].as_array().expect("items").iter().map(|room| room["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("{ROOMS}?limit=1&cursor={next}");
        }
        let mut expected = vec![one["id"].clone(), two["id"].clone()];
        expected.sort_by_key(ToString::to_string);
        assert_eq!(seen, expected);
        for nonsense in ["x", "%F0%9F", "bm9wZQ", "IlUwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwIg"] {
            let refused = town.get(&token, &format!("{ROOMS}?cursor={nonsense}")).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{nonsense}");
        }
        for limit in ["0", "201", "-1", "many"] {
            let refused = town.get(&token, &format!("{ROOMS}?limit={limit}")).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{limit}");
        }
        assert_eq!(town.get("rk_none", ROOMS).await.code(), "signed_out");
    }

    async fn a_workspace_needs_a_name_and_an_address_nobody_has(ground: Ground) {
        let town = Town::on(&ground).await;
        let cleo = town.meets("Cleo").await;
        let token = town.token_of(cleo).await;
        for (body, status, code) in [
            (json!({}), 422, "invalid"),
            (json!({ "name": 7 }), 422, "invalid"),
            (json!({ "name": "  " }), 422, "invalid"),
            (json!({ "name": "x".repeat(81) }), 422, "invalid"),
            (json!({ "name": "Crows", "slug": "A b" }), 422, "invalid"),
            (json!({ "name": "Crows", "slug": "api" }), 422, "invalid"),
            (json!({ "name": "Rooks" }), 409, "conflict"),
            (json!([]), 422, "invalid"),
        ] {
            let refused = town.send("POST", &token, ROOMS, body.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{body}");
        }
        assert_eq!(town.get(&token, ROOMS).await.ok()["items"], json!([]), "nothing is half done");
        let key = town.node.new_key().to_string();
        let first = town.keyed(&key, "POST", &token, ROOMS, json!({ "name": "Jays" })).await.ok();
        let again = town.keyed(&key, "POST", &token, ROOMS, json!({ "name": "Jays" })).await.ok();
        assert_eq!(first["id"], again["id"], "the same key makes the same workspace");
        let other = town.keyed(&key, "POST", &token, ROOMS, json!({ "name": "Magpies" })).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "key_reused"));
    }

    async fn a_workspace_is_shown_to_its_members_with_what_it_decided_and_to_nobody_else(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, gus] = [town.welcomes("Bob").await, town.welcomes_as("Gus", Role::Guest).await];
        let token = town.token_of(bob).await;
        let shown = town.get(&token, "/api/v1/workspaces/rooks").await.ok();
        assert_eq!(shown["id"], json!(town.team.workspace));
        assert_eq!(shown["settings"], json!({
            "edit_s": 900, "keep_deleted": false,
            "rights": { "create_channels": "members", "shout": "members", "invite": "admins", "make_bots": "admins" },
        }));
        assert_eq!(shown["default_channels"], json!([town.team.general]));
        assert_eq!((&shown["members"], &shown["channels"], &shown["role"]), (&json!(3), &json!(1), &json!("member")));
        assert!(shown["epoch"].is_string() && shown["position"].is_u64() && shown["changed"].is_u64(), "{shown}");
        let guest = town.get(&town.token_of(gus).await, &town.path("")).await.ok();
        let hidden = ["default_channels", "members", "channels"].map(|name| guest.get(name).is_none());
        assert_eq!((hidden, &guest["name"]), ([true; 3], &json!("Rooks")));
        let stranger = town.token_of(town.meets("Cleo").await).await;
        for path in [town.path(""), "/api/v1/workspaces/nowhere".into(), "/api/v1/workspaces/T0000000000000000000000000".into()] {
            let refused = town.get(&stranger, &path).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (404, "not_found"), "{path}");
        }
        let position = shown["position"].as_u64().expect("a position");
        let fresh = format!("?at_least={position}&epoch={}", shown["epoch"].as_str().expect("an epoch"));
        town.get(&token, &town.path(&fresh)).await.ok();
        let other = town.get(&token, &town.path(&format!("?at_least={position}&epoch=1"))).await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "other_epoch"));
    }

    async fn admins_change_the_workspace_and_owners_its_rights(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let ann = town.token_of(town.welcomes_as("Ann", Role::Admin).await).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let patch = async |token: &str, body: Value| town.send("PATCH", token, &town.path(""), body).await;
        let done = patch(&ann, json!({ "name": " Crows ", "settings": { "edit_s": 60, "keep_deleted": true }, "later": 1 })).await.ok();
        assert!(done["epoch"].is_string() && done["position"].is_u64(), "{done}");
        patch(&ada, json!({ "settings": { "rights": { "invite": "members" } } })).await.ok();
        patch(&ada, json!({ "settings": { "rights": { "shout": "owners" } } })).await.ok();
        let shown = town.get(&bob, &town.path("")).await.ok();
        assert_eq!((&shown["name"], &shown["slug"]), (&json!("Crows"), &json!("rooks")), "the address stays");
        assert_eq!(shown["settings"], json!({
            "edit_s": 60, "keep_deleted": true,
            "rights": { "create_channels": "members", "shout": "owners", "invite": "members", "make_bots": "admins" },
        }));
        for (token, body, status, about) in [
            (&bob, json!({ "name": "Mine" }), 403, "right"),
            (&ann, json!({ "settings": { "rights": { "invite": "owners" } } }), 403, "right"),
            (&ann, json!({ "slug": "crows" }), 422, "slug"),
            (&ann, json!({ "name": "" }), 422, "name"),
            (&ann, json!({ "settings": { "edit_s": 40_000_000 } }), 422, "edit_s"),
            (&ann, json!({ "settings": { "edit_s": -1 } }), 422, "body"),
            (&ann, json!({ "settings": { "keep_deleted": "yes" } }), 422, "body"),
            (&ada, json!({ "settings": { "rights": { "invite": "guests" } } }), 422, "body"),
        ] {
            let refused = patch(token, body.clone()).await;
            assert_eq!(refused.status.as_u16(), status, "{body}");
            assert!(refused.body["error"]["details"][about].is_string(), "{body} {}", refused.body);
        }
    }

    async fn an_archived_workspace_is_read_as_before_and_changed_by_nobody_until_an_owner_restores_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let ann = town.token_of(town.welcomes_as("Ann", Role::Admin).await).await;
        let post = async |token: &str, rest: &str| town.send("POST", token, &town.path(rest), json!({})).await;
        let refused = post(&ann, "/archive").await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]["details"]["right"]), (403, &json!("owner")));
        post(&ada, "/archive").await.ok();
        post(&ada, "/archive").await.ok();
        assert_eq!(town.get(&ann, &town.path("")).await.ok()["state"], "archived");
        assert_eq!(town.get(&ann, ROOMS).await.ok()["items"][0]["state"], "archived");
        let write = town.send("PATCH", &ann, &town.path(""), json!({ "name": "Other" })).await;
        assert_eq!((write.status.as_u16(), &write.body["error"]["details"]["right"]), (403, &json!("archived")));
        assert_eq!(post(&ann, "/restore").await.status.as_u16(), 403);
        post(&ada, "/restore").await.ok();
        town.send("PATCH", &ann, &town.path(""), json!({ "name": "Other" })).await.ok();
    }

    async fn who_must_sign_in_again_sees_that_in_the_rail_and_nothing_of_the_workspace(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let service = &town.node.service;
        town.team.owner.says(&town.node, town.team.general, "psst").await.expect("said");
        town.node.clock.advance(domain::Stamp::SECOND);
        service.require_sign_in(town.team.owner.by, town.node.new_key(), bob.account()).await.expect("asked");
        let room = town.get(&token, ROOMS).await.ok()["items"][0].clone();
        assert_eq!((&room["sign_in_again"], &room["unread"]), (&json!(true), &json!(0)));
        let shut = town.get(&token, &town.path("")).await;
        assert_eq!((shut.status.as_u16(), shut.code()), (401, "signed_out"));
        town.node.clock.advance(domain::Stamp::SECOND);
        let again = town.token_of(bob).await;
        assert_eq!(town.get(&again, ROOMS).await.ok()["items"][0]["unread"], 1);
    }

    async fn a_bots_token_knows_its_own_workspace_alone_and_opens_none(ground: Ground) {
        let town = Town::on(&ground).await;
        let owner = town.team.owner;
        let ada = town.token_of(owner).await;
        town.send("POST", &ada, ROOMS, json!({ "name": "Crows" })).await.ok();
        assert_eq!(town.get(&ada, ROOMS).await.ok()["items"].as_array().map(Vec::len), Some(2));
        let secret = Secret::mint();
        let bound = town.credential(owner, &secret, CredentialKind::Token, Some(town.team.workspace));
        town.node.service.begin_credential(owner.account(), town.node.new_key(), bound).await.expect("a token");
        let rooms = town.get(&secret.text(), ROOMS).await.ok();
        assert_eq!(rooms["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(rooms["items"][0]["name"], "Rooks");
        let refused = town.send("POST", &secret.text(), ROOMS, json!({ "name": "Jays" })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"));
    }
}
