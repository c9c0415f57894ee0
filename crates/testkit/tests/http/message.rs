//! One message: mended, taken back, pinned, saved, followed, read.

use domain::verbs::ChangeWorkspace;
use serde_json::{Value, json};
use testkit::town::Answer;
use testkit::{Ground, Person, Town, on_every_engine};

const MINUTE: i64 = 60_000_000;

struct Actor<'a> {
    town: &'a Town,
    token: String,
}

impl<'a> Actor<'a> {
    async fn of(town: &'a Town, who: Person) -> Self {
        Self { town, token: town.token_of(who).await }
    }
    fn path(&self, rest: &str) -> String {
        self.town.path(&format!("/channels/{}/messages{rest}", self.town.team.general))
    }
    async fn does(&self, method: &str, rest: &str, body: Value) -> Answer {
        self.town.send(method, &self.token, &self.path(rest), body).await
    }
    async fn says(&self, rest: &str, text: &str) -> Value {
        self.does("POST", rest, json!({ "text": text })).await.ok()
    }
    async fn sees(&self, rest: &str) -> Value {
        self.town.get(&self.token, &self.path(rest)).await.ok()
    }
    async fn is_refused(&self, method: &str, rest: &str, body: Value, (status, code): (u16, &str)) {
        let refused = self.does(method, rest, body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{method} {rest}");
    }
}

fn texts(history: &Value) -> Vec<&str> {
    history["items"].as_array().expect("items").iter().filter_map(|past| past["text"].as_str()).collect()
}

on_every_engine! {
    async fn an_author_mends_a_text_for_fifteen_minutes(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        bob.says("", "helo").await;
        bob.says("/1/replies", "reply").await;
        let mended = bob.does("PATCH", "/1", json!({ "text": "hello" })).await.ok();
        assert_eq!((&mended["text"], mended["edited"].is_string()), (&json!("hello"), true));
        assert_eq!(mended["changed"], mended["position"]);
        assert_eq!(bob.does("PATCH", "/1/replies/1", json!({ "text": "a reply" })).await.ok()["text"], "a reply");
        ada.is_refused("PATCH", "/1", json!({ "text": "mine" }), (403, "not_allowed")).await;
        bob.is_refused("PATCH", "/9", json!({ "text": "where?" }), (404, "not_found")).await;
        bob.is_refused("PATCH", "/01", json!({ "text": "where?" }), (404, "not_found")).await;
        bob.is_refused("PATCH", "/1", json!({ "text": " " }), (422, "invalid")).await;
        bob.is_refused("PATCH", "/1", json!({ "text": "x".repeat(16 * 1024 + 1) }), (413, "too_large")).await;
        ground.clock.advance(15 * MINUTE + 30_000_000);
        bob.is_refused("PATCH", "/1", json!({ "text": "too late" }), (403, "not_allowed")).await;
        assert_eq!(bob.sees("/1").await["text"], "hello");
    }

    async fn earlier_texts_are_read_by_their_author_and_by_who_looks_after_the_channel(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        let cleo = Actor::of(&town, town.welcomes("Cleo").await).await;
        bob.says("", "one").await;
        for text in ["two", "three", "four"] {
            bob.does("PATCH", "/1", json!({ "text": text })).await.ok();
        }
        for reader in [&ada, &bob] {
            assert_eq!(texts(&reader.sees("/1/history").await), ["three", "two", "one"]);
        }
        let first = bob.sees("/1/history?limit=2").await;
        let next = first["next"].as_str().expect("another page");
        let rest = bob.sees(&format!("/1/history?limit=2&cursor={next}")).await;
        assert_eq!((texts(&first), texts(&rest)), (vec!["three", "two"], vec!["one"]));
        assert_eq!((&rest["next"], &rest["items"][0]["version"]), (&Value::Null, &json!(1)));
        cleo.is_refused("GET", "/1/history", Value::Null, (403, "not_allowed")).await;
        bob.is_refused("GET", "/2/history", Value::Null, (404, "not_found")).await;
        bob.is_refused("GET", "/1/history?cursor=nonsense", Value::Null, (422, "invalid")).await;
        bob.does("DELETE", "/1", Value::Null).await.ok();
        bob.is_refused("GET", "/1/history", Value::Null, (403, "not_allowed")).await;
        assert_eq!(texts(&ada.sees("/1/history").await), [] as [&str; 0], "nothing was kept");
    }

    async fn what_an_audit_keeps_of_a_deleted_message_only_admins_read(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        let keep = ChangeWorkspace { keep_deleted: Some(true), ..ChangeWorkspace::default() };
        town.node.execute(town.team.owner.by, town.node.new_key(), keep).await.expect("changed");
        bob.says("", "said in anger").await;
        bob.does("DELETE", "/1", Value::Null).await.ok();
        assert_eq!(ada.sees("/1").await["text"], "");
        assert_eq!(texts(&ada.sees("/1/history").await), ["said in anger"]);
        bob.is_refused("GET", "/1/history", Value::Null, (403, "not_allowed")).await;
    }

    async fn an_author_takes_back_their_own_and_a_moderator_any(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        ada.says("", "an order").await;
        bob.says("", "a joke").await;
        bob.says("", "a bad joke").await;
        bob.is_refused("DELETE", "/1", Value::Null, (403, "not_allowed")).await;
        bob.does("DELETE", "/2", Value::Null).await.ok();
        ada.does("DELETE", "/3", Value::Null).await.ok();
        ada.does("DELETE", "/3", Value::Null).await.ok();
        for gone in ["/2", "/3"] {
            let seen = bob.sees(gone).await;
            assert_eq!((&seen["text"], seen["deleted"].is_string()), (&json!(""), true), "{gone}");
        }
        for (method, rest) in [("PATCH", "/2"), ("PUT", "/2/reactions/%F0%9F%91%8D"), ("PUT", "/2/pin"), ("PUT", "/2/saved"), ("PUT", "/2/follow")] {
            bob.is_refused(method, rest, json!({ "text": "again" }), (404, "not_found")).await;
        }
        ada.is_refused("POST", "/2/replies", json!({ "text": "what was it?" }), (404, "not_found")).await;
    }

    async fn a_pin_is_everyones_and_comes_off_again(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        ada.says("", "the rules").await;
        ada.says("/1/replies", "the exception").await;
        let channel = town.path(&format!("/channels/{}", town.team.general));
        for rest in ["/1", "/1/replies/1"] {
            bob.does("PUT", &format!("{rest}/pin"), Value::Null).await.ok();
            assert_eq!(ada.sees(rest).await["pinned"], true);
        }
        assert_eq!(town.get(&ada.token, &channel).await.ok()["pins"], 2);
        bob.does("DELETE", "/1/pin", Value::Null).await.ok();
        bob.does("DELETE", "/1/pin", Value::Null).await.ok();
        assert_eq!((ada.sees("/1").await.get("pinned"), &town.get(&ada.token, &channel).await.ok()["pins"]), (None, &json!(1)));
        bob.is_refused("PUT", "/9/pin", Value::Null, (404, "not_found")).await;
    }

    async fn what_one_saves_is_ones_own(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        ada.says("", "worth keeping").await;
        ada.says("/1/replies", "this too").await;
        for rest in ["/1/saved", "/1/saved", "/1/replies/1/saved"] {
            bob.does("PUT", rest, Value::Null).await.ok();
        }
        let kept = |mine: Value| {
            let items = mine["items"].as_array().expect("items").clone();
            items.into_iter().filter(|item| !item["value"].is_null()).map(|item| item["subject"].clone()).collect::<Vec<_>>()
        };
        let general = town.team.general;
        let mine = town.get(&bob.token, &town.path("/me")).await.ok();
        assert_eq!(kept(mine), [json!(format!("{general}.1")), json!(format!("{general}.1.1"))]);
        assert_eq!(kept(town.get(&ada.token, &town.path("/me")).await.ok()), [] as [Value; 0]);
        bob.does("DELETE", "/1/saved", Value::Null).await.ok();
        assert_eq!(kept(town.get(&bob.token, &town.path("/me")).await.ok()).len(), 1);
        bob.is_refused("PUT", "/7/saved", Value::Null, (404, "not_found")).await;
    }

    async fn a_thread_is_followed_or_left_alone(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        ada.says("", "a long story").await;
        ada.says("/1/replies", "part one").await;
        assert_eq!(bob.sees("/1/replies?around=unread").await.get("read"), None, "not followed");
        bob.does("PUT", "/1/follow", Value::Null).await.ok();
        ada.says("/1/replies", "part two").await;
        let page = bob.sees("/1/replies?around=unread").await;
        assert_eq!((&page["read"], &page["target"]), (&json!(1), &json!(2)), "what was there before is read");
        bob.does("DELETE", "/1/follow", Value::Null).await.ok();
        assert_eq!(bob.sees("/1/replies?around=unread").await.get("read"), None);
        bob.is_refused("PUT", "/9/follow", Value::Null, (404, "not_found")).await;
        let lobby = town.team.opens(&town.node, "lobby").await;
        town.team.owner.says(&town.node, lobby, "root").await.expect("said");
        let path = town.path(&format!("/channels/{lobby}/messages/1/follow"));
        let refused = town.send("PUT", &bob.token, &path, Value::Null).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_allowed"), "without a seat");
    }

    async fn a_mark_only_grows_unless_one_goes_back_on_purpose(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (Actor::of(&town, town.team.owner).await, Actor::of(&town, town.welcomes("Bob").await).await);
        for turn in 0..5 {
            ada.says("", &format!("turn {turn}")).await;
        }
        let path = town.path(&format!("/channels/{}/read", town.team.general));
        let read = async |body: Value| {
            town.send("PUT", &bob.token, &path, body).await.ok();
            bob.sees("?around=unread").await["read"].clone()
        };
        assert_eq!(read(json!({ "number": 3 })).await, 3);
        assert_eq!(read(json!({ "number": 2 })).await, 3);
        assert_eq!(read(json!({ "number": u64::MAX })).await, 5, "not beyond the end");
        assert_eq!(read(json!({ "number": 2, "back": 0 })).await, 5, "decided on an older mark");
        assert_eq!(read(json!({ "number": 2, "back": i64::MAX })).await, 1, "unread from 2 on");
        for (body, status) in [(json!({}), 422), (json!({ "number": -1 }), 422), (json!({ "number": "5" }), 422), (json!({ "number": 1, "thread": 9 }), 404)] {
            let refused = town.send("PUT", &bob.token, &path, body.clone()).await;
            assert_eq!(refused.status.as_u16(), status, "{body}");
        }
    }

    async fn sending_moves_the_senders_mark_a_little_later_and_never_back(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = Actor::of(&town, town.welcomes("Bob").await).await;
        let ada = Actor::of(&town, town.team.owner).await;
        ada.says("", "hello").await;
        bob.says("", "hi").await;
        bob.says("/1/replies", "and in the thread").await;
        assert_eq!(bob.sees("?around=unread").await["read"], 0);
        town.node.service.write_marks().await;
        assert_eq!(bob.sees("?around=unread").await["read"], 2, "what stood before counts as read");
        assert_eq!(bob.sees("/1/replies?around=unread").await["read"], 1);
        assert_eq!(ada.sees("?around=unread").await["read"], 1);
        town.node.service.write_marks().await;
        assert_eq!(bob.sees("?around=unread").await["read"], 2, "nothing is left to write");
    }
}
