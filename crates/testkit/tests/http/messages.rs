//! Pages of what was said: of a channel, of a thread, around what is unread and at a date.

use serde_json::{Value, json};
use testkit::{Ground, Person, Team, Town, on_every_engine};

/// Says so many things at once; their order is the journal's.
async fn says_many(town: &Town, who: Person, count: usize) {
    let all = (1..=count).map(|turn| async move {
        who.says(&town.node, town.team.general, &format!("message {turn}")).await.expect("said")
    });
    futures_util::future::join_all(all).await;
}

fn numbers(page: &Value) -> Vec<u64> {
    let messages = page["messages"].as_array().expect("messages");
    messages.iter().map(|message| message["number"].as_u64().expect("a number")).collect()
}

struct Reader<'a> {
    town: &'a Town,
    token: String,
    path: String,
}

impl<'a> Reader<'a> {
    async fn of(town: &'a Town, who: Person) -> Self {
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        Self { town, token: town.token_of(who).await, path }
    }
    async fn page(&self, query: &str) -> Value {
        self.town.get(&self.token, &format!("{}{query}", self.path)).await.ok()
    }
    async fn post(&self, rest: &str, body: Value) -> Value {
        self.town.send("POST", &self.token, &format!("{}{rest}", self.path), body).await.ok()
    }
    async fn delete(&self, rest: &str) -> Value {
        self.town.send("DELETE", &self.token, &format!("{}{rest}", self.path), Value::Null).await.ok()
    }
}

on_every_engine! {
    async fn an_empty_channel_has_an_empty_page_whichever_way_it_is_asked(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        for query in ["", "?before=5", "?after=0", "?around=3", "?around=unread", "?at=2027-01-01"] {
            let page = ada.page(query).await;
            assert_eq!((numbers(&page), &page["last"]), (vec![], &json!(0)), "{query}");
            assert_eq!((page.get("target"), &page["people"]), (None, &json!({})), "{query}");
        }
    }

    async fn a_page_goes_back_and_forth_and_knows_the_ends(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        says_many(&town, town.team.owner, 9).await;
        for (query, expected) in [
            ("?limit=3", vec![7, 8, 9]),
            ("?before=7&limit=3", vec![4, 5, 6]),
            ("?before=2", vec![1]),
            ("?before=1", vec![]),
            ("?after=7", vec![8, 9]),
            ("?after=2&limit=2", vec![3, 4]),
            ("?after=18446744073709551615", vec![]),
            ("?around=5&limit=4", vec![3, 4, 5, 6]),
            ("?around=5&limit=1", vec![5]),
            ("?around=1&limit=4", vec![1, 2]),
            ("?around=9&limit=5", vec![7, 8, 9]),
            ("?around=40&limit=4", vec![8, 9]),
        ] {
            let page = ada.page(query).await;
            assert_eq!(numbers(&page), expected, "{query}");
            assert_eq!((&page["first"], &page["last"]), (&json!(1), &json!(9)), "{query}");
        }
        assert_eq!(ada.page("?around=5").await["target"], 5);
        assert_eq!(ada.page("?around=40").await.get("target"), None, "it is not there");
    }

    async fn what_was_deleted_keeps_its_number_and_loses_its_text(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        says_many(&town, town.team.owner, 6).await;
        for gone in [1, 3, 4] {
            ada.delete(&format!("/{gone}")).await;
        }
        let page = ada.page("").await;
        assert_eq!(numbers(&page), [1, 2, 3, 4, 5, 6], "no number is missing");
        let gone: Vec<_> = (0..6).filter(|at| page["messages"][at]["deleted"].is_string()).collect();
        assert_eq!(gone, [0, 2, 3]);
        assert_eq!(page["messages"][0]["text"], "");
        let second = page["messages"][1]["text"].as_str().expect("a text");
        assert!(second.starts_with("message "), "{second}");
    }

    async fn a_thousand_messages_are_read_page_by_page_each_once(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        says_many(&town, town.team.owner, 1_000).await;
        let (mut before, mut read) = (u64::MAX, Vec::new());
        loop {
            let page = numbers(&ada.page(&format!("?before={before}&limit=200")).await);
            let Some(first) = page.first() else { break };
            before = *first;
            read.splice(0..0, page);
        }
        assert_eq!(read, (1..=1_000).collect::<Vec<_>>());
        let middle = ada.page("?around=500&limit=200").await;
        assert_eq!(numbers(&middle), (400..600).collect::<Vec<_>>());
    }

    async fn a_page_around_what_is_unread_begins_with_what_was_read_before(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let (ada, reader) = (Reader::of(&town, town.team.owner).await, Reader::of(&town, bob).await);
        says_many(&town, town.team.owner, 9).await;
        let read = town.path(&format!("/channels/{}/read", town.team.general));
        town.send("PUT", &reader.token, &read, json!({ "number": 4 })).await.ok();
        let page = reader.page("?around=unread&limit=4").await;
        assert_eq!(numbers(&page), [3, 4, 5, 6]);
        assert_eq!((&page["target"], &page["read"]), (&json!(5), &json!(4)));

        town.send("PUT", &reader.token, &read, json!({ "number": 8 })).await.ok();
        let page = reader.page("?around=unread&limit=4").await;
        assert_eq!((numbers(&page), &page["target"]), (vec![6, 7, 8, 9], &json!(9)), "the page is filled");
        town.send("PUT", &reader.token, &read, json!({ "number": 9 })).await.ok();
        let page = reader.page("?around=unread&limit=4").await;
        assert_eq!((numbers(&page), page.get("target")), (vec![6, 7, 8, 9], None), "all is read: the newest");
        assert_eq!(page["read"], 9);

        town.node.service.write_marks().await;
        let page = ada.page("?around=unread").await;
        assert_eq!((&page["read"], page.get("target")), (&json!(9), None), "what one says oneself is read");
    }

    async fn who_only_looks_at_a_public_channel_has_read_nothing_and_sees_the_newest(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = Reader::of(&town, town.welcomes("Bob").await).await;
        let lobby = town.team.opens(&town.node, "lobby").await;
        town.team.owner.says(&town.node, lobby, "anyone?").await.expect("said");
        let path = town.path(&format!("/channels/{lobby}/messages?around=unread"));
        let page = town.get(&bob.token, &path).await.ok();
        assert_eq!((numbers(&page), page.get("read"), page.get("target")), (vec![1], None, None));
    }

    async fn a_page_at_a_date_begins_half_a_page_before_the_first_message_since_then(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        let mut stamps = Vec::new();
        for turn in 0..20 {
            ground.clock.advance(3_600_000_000);
            let said = ada.post("", json!({ "text": format!("hour {turn}") })).await;
            stamps.push((said["stamp"].as_str().expect("a stamp").to_owned(), said["at"].clone()));
        }
        for (number, (stamp, at)) in (1..).zip(&stamps) {
            for moment in [stamp.as_str(), at.as_str().expect("a time")] {
                let page = ada.page(&format!("?at={moment}&limit=4")).await;
                assert_eq!(page["target"], number, "{moment}");
                assert!(numbers(&page).contains(&number), "{moment}");
            }
        }
        let page = ada.page(&format!("?at={}&limit=4", stamps[9].0)).await;
        assert_eq!(numbers(&page), [8, 9, 10, 11]);
        assert_eq!(ada.page("?at=1999-12-31").await["target"], 1, "long before: the first");
        let late = ada.page("?at=2400-01-01T00:00:00%2B02:00&limit=4").await;
        assert_eq!((&late["target"], numbers(&late)), (&json!(20), vec![19, 20]), "never since: the last");
    }

    async fn only_what_changed_since_comes_again(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        says_many(&town, town.team.owner, 8).await;
        let known = ada.page("").await;
        let (epoch, since) = (known["epoch"].as_str().expect("one"), known["position"].as_u64().expect("one"));
        let asks = |from: u64, to: u64, since: u64| format!("?from={from}&to={to}&since={since}&epoch={epoch}");
        assert_eq!(numbers(&ada.page(&asks(1, 8, since)).await), [] as [u64; 0]);
        ada.delete("/3").await;
        ada.town.send("PATCH", &ada.token, &format!("{}/5", ada.path), json!({ "text": "mended" })).await.ok();
        ada.town.send("PUT", &ada.token, &format!("{}/7/pin", ada.path), Value::Null).await.ok();
        ada.post("/8/replies", json!({ "text": "a reply", "in_channel": true })).await;
        let page = ada.page(&asks(1, 9, since)).await;
        assert_eq!(numbers(&page), [3, 5, 7, 8, 9], "deleted, mended, pinned, replied to, new");
        assert_eq!(numbers(&ada.page(&asks(4, 6, since)).await), [5]);
        let (later, reply) = (page["position"].as_u64().expect("one"), "/8/replies/1/reactions/%F0%9F%8E%89");
        ada.town.send("PUT", &ada.token, &format!("{}{reply}", ada.path), Value::Null).await.ok();
        assert_eq!(numbers(&ada.page(&asks(1, 9, later)).await), [9], "a reaction to what the row shows");
        for (query, status, code) in [
            (asks(1, 201, since), 422, "invalid"),
            (asks(5, 4, since), 422, "invalid"),
            ("?from=1&to=2".to_owned(), 422, "invalid"),
            ("?from=1&to=2&since=1".to_owned(), 422, "invalid"),
            (format!("?from=1&to=2&since={since}&epoch=1"), 409, "other_epoch"),
        ] {
            let refused = town.get(&ada.token, &format!("{}{query}", ada.path)).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{query}");
        }
    }

    async fn a_thread_is_paged_like_a_channel_and_comes_with_its_root(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let (ada, reader) = (Reader::of(&town, town.team.owner).await, Reader::of(&town, bob).await);
        ada.post("", json!({ "text": "what do you think?" })).await;
        for turn in 1..=5 {
            let shown = turn == 5;
            reader.post("/1/replies", json!({ "text": format!("thought {turn}"), "in_channel": shown })).await;
        }
        let page = ada.page("/1/replies?before=4&limit=2").await;
        assert_eq!((numbers(&page), &page["last"]), (vec![2, 3], &json!(5)));
        let root = &page["root"];
        assert_eq!((&root["text"], &root["replies"]["count"]), (&json!("what do you think?"), &json!(5)));
        assert_eq!(root["replies"]["people"], json!([bob.account()]));
        let page = ada.page("/1/replies?around=unread").await;
        assert_eq!((&page["read"], &page["target"]), (&json!(0), &json!(1)), "who wrote the root follows");

        let timeline = ada.page("").await;
        let row = &timeline["messages"][1];
        assert_eq!((numbers(&timeline), &row["of"]), (vec![1, 2], &json!({ "thread": 1, "number": 5 })));
        assert_eq!((&row["reply"]["text"], &row["reply"]["in_channel"]), (&json!("thought 5"), &json!(2)));
        assert_eq!((&row["text"], &row["author"]), (&json!(""), &json!(bob.account())));
        reader.delete("/1/replies/5").await;
        let row = ada.page("").await["messages"][1].clone();
        assert!(row["deleted"].is_string() && row["reply"]["deleted"].is_string(), "both are gone: {row}");
        for (path, status) in [("/2/replies", 404), ("/99/replies", 404), ("/0/replies", 404), ("/x/replies", 404)] {
            let refused = town.get(&ada.token, &format!("{}{path}", ada.path)).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, "not_found"), "{path}");
        }
    }

    async fn a_page_names_its_people_once_and_a_reader_their_own_reactions(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        ada.post("", json!({ "text": "lunch?" })).await;
        let mut last = None;
        for turn in 0..12 {
            let person = town.welcomes(&format!("Person {turn}")).await;
            let at = service::Address { channel: town.team.general, thread: 0, number: 1 };
            town.node.service.react(person.by, town.node.new_key(), at, "🍜", true).await.expect("reacted");
            last = Some(person);
        }
        let last = Reader::of(&town, last.expect("twelve came")).await;
        for (reader, mine) in [(&ada, None), (&last, Some(&json!(true)))] {
            let page = reader.page("").await;
            let reacted = &page["messages"][0]["reactions"][0];
            assert_eq!((&reacted["emoji"], &reacted["count"]), (&json!("🍜"), &json!(12)));
            assert_eq!(reacted["people"].as_array().map(Vec::len), Some(10), "the first ten");
            assert_eq!(reacted.get("mine"), mine);
            assert_eq!(page["people"].as_object().map(serde_json::Map::len), Some(11), "each once");
            assert_eq!(page["people"][town.team.owner.account().to_string()]["name"], "Ada");
            assert_eq!(reader.page("/1").await["reactions"][0].get("mine"), mine, "alone too");
        }
    }

    async fn who_may_not_see_a_channel_reads_nothing_of_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let new = service::NewChannel { name: "secret".into(), private: true, ..Default::default() };
        let done = town.node.service.create_channel(town.team.owner.by, town.node.new_key(), new).await;
        let id = done.expect("created").reply.read::<Value>().expect("an id")["id"].clone();
        let secret = testkit::town::id(&id);
        town.team.owner.says(&town.node, secret, "hush").await.expect("said");
        for rest in ["", "?around=unread", "/1", "/1/replies", "/1/history", "/1/reactions", "/1/reactions/x"] {
            let refused = town.get(&bob, &town.path(&format!("/channels/{secret}/messages{rest}"))).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (404, "not_found"), "{rest}");
        }
        let elsewhere = Team::another(&town.node, "Elsewhere").await;
        let path = format!("/api/v1/workspaces/{}/channels/{}/messages", elsewhere.workspace, town.team.general);
        let ada = town.token_of(town.team.owner).await;
        assert_eq!(town.get(&ada, &path).await.status.as_u16(), 404, "not through another workspace");
        assert_eq!(town.get("rk_none", &town.path("/channels/x/messages")).await.status.as_u16(), 401);
    }

    async fn a_page_that_makes_no_sense_is_refused_with_what_to_do(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = Reader::of(&town, town.team.owner).await;
        for query in [
            "?before=1&after=2", "?around=x", "?around=-1", "?before=x", "?limit=0", "?limit=201", "?at=soon",
            "?at=-1", "?around=1&at=2027-01-01", "?before=1&before=2", "?at_least=5",
        ] {
            let refused = town.get(&ada.token, &format!("{}{query}", ada.path)).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{query}");
        }
        let nowhere = town.get(&ada.token, &town.path("/channels/nowhere/messages")).await;
        assert_eq!(nowhere.status.as_u16(), 404);
    }
}
