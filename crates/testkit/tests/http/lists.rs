//! Lists across channels: what calls me, what I follow, what I saved.

use domain::ChannelId;
use serde_json::{Value, json};
use service::{Address, Draft};
use testkit::{Ground, Person, Team, Town, on_every_engine};

/// What stands in a list, by channel, thread and number.
fn listed(page: &Value, field: &str) -> Vec<(String, u64, u64)> {
    let items = page["items"].as_array().expect("items");
    let place = |item: &Value| {
        let message = &item[field];
        let number = |name: &str| message[name].as_u64().expect("a number");
        (message["channel"].as_str().expect("a channel").to_owned(), number("thread"), number("number"))
    };
    items.iter().map(place).collect()
}

fn numbers(page: &Value) -> Vec<u64> {
    listed(page, "message").into_iter().map(|(.., number)| number).collect()
}

async fn opens_private(town: &Town, person: Person, name: &str) -> ChannelId {
    let new = service::NewChannel { name: name.into(), private: true, ..service::NewChannel::default() };
    let done = town.node.service.create_channel(person.by, town.node.new_key(), new).await.expect("made");
    testkit::town::id(&done.reply.read::<Value>().expect("an answer")["id"])
}

on_every_engine! {
    async fn what_calls_me_is_listed_newest_first_and_for_a_program_oldest_first(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        ada.says(node, general, "nothing").await.expect("said");
        let first = ada.says(node, general, &bob.mention()).await.expect("said");
        for text in ["<!channel> all".to_owned(), "nothing".into(), format!("<!here> {}", bob.mention())] {
            ada.says(node, general, &text).await.expect("said");
        }
        bob.says(node, general, "<!channel> mine").await.expect("said");
        let token = town.token_of(bob).await;
        let all = town.get(&token, &town.path("/mentions")).await.ok();
        assert_eq!(numbers(&all), [5, 3, 2]);
        assert_eq!((&all["items"][0]["all"], &all["items"][2]["all"]), (&json!("here"), &Value::Null));
        assert_eq!(all["people"][ada.account().to_string()]["name"], "Ada");
        assert_eq!(all["items"][0]["seen"], false);
        bob.reads_to(node, Address { channel: general, thread: 0, number: 3 }).await.expect("read");
        let seen = town.get(&token, &town.path("/mentions")).await.ok();
        let seen: Vec<_> = seen["items"].as_array().expect("items").iter().map(|item| item["seen"].clone()).collect();
        assert_eq!(seen, [json!(false), json!(true), json!(true)]);

        let epoch = first.epoch.0;
        let after = town.path(&format!("/mentions?after={}&epoch={epoch}", first.position));
        assert_eq!(numbers(&town.get(&token, &after).await.ok()), [3, 5], "oldest first");
        let from_the_beginning = town.get(&token, &town.path("/mentions?after=0&limit=2")).await.ok();
        assert_eq!(numbers(&from_the_beginning), [2, 3]);
        let next = from_the_beginning["next"].as_str().expect("more");
        let rest = town.get(&token, &town.path(&format!("/mentions?after=0&limit=2&cursor={next}"))).await.ok();
        assert_eq!((numbers(&rest), &rest["next"]), (vec![5], &Value::Null));
    }

    async fn calls_page_without_a_gap_between_names_and_shouts(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let node = &town.node;
        let elsewhere = town.team.opens(node, "elsewhere").await;
        for round in 0..6 {
            ada.says(node, town.team.general, &bob.mention()).await.expect("said");
            ada.says(node, elsewhere, "<!channel> not to Bob").await.expect("said");
            if round % 2 == 0 {
                ada.says(node, town.team.general, "<!here> all").await.expect("said");
            }
        }
        let token = town.token_of(bob).await;
        for (way, mut expected) in [("", (1..=9).rev().collect::<Vec<u64>>()), ("after=0&", (1..=9).collect())] {
            let mut cursor = String::new();
            let mut all = Vec::new();
            for _ in 0..20 {
                let page = town.get(&token, &town.path(&format!("/mentions?{way}limit=2{cursor}"))).await.ok();
                all.extend(numbers(&page));
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            expected.dedup();
            assert_eq!(all, expected, "{way}");
        }
    }

    async fn what_i_may_no_longer_see_calls_me_no_longer(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let node = &town.node;
        let secret = opens_private(&town, ada, "secret").await;
        node.service.add_to_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("brought in");
        ada.says(node, secret, &format!("<!here> {}", bob.mention())).await.expect("said");
        let token = town.token_of(bob).await;
        assert_eq!(numbers(&town.get(&token, &town.path("/mentions")).await.ok()), [1]);
        let saved = town.path(&format!("/me/saved/{secret}.1"));
        town.send("PUT", &token, &saved, json!({ "value": true })).await.ok();
        assert_eq!(numbers(&town.get(&token, &town.path("/saved")).await.ok()), [1]);
        node.service.remove_from_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("sent away");
        for list in ["/mentions", "/saved"] {
            let page = town.get(&token, &town.path(list)).await.ok();
            assert_eq!((numbers(&page), &page["people"]), (Vec::<u64>::new(), &json!({})), "{list}");
        }
    }

    async fn what_i_saved_is_listed_by_when_i_saved_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, node, general) = (town.team.owner, &town.node, town.team.general);
        for text in ["one", "two", "three"] {
            ada.says(node, general, text).await.expect("said");
        }
        let root = Address { channel: general, thread: 0, number: 1 };
        ada.replies(node, root, "a reply").await.expect("replied");
        let token = town.token_of(ada).await;
        for subject in ["3", "1.1", "2"] {
            let path = town.path(&format!("/me/saved/{general}.{subject}"));
            town.send("PUT", &token, &path, json!({ "value": { "note": subject } })).await.ok();
            town.send("PUT", &token, &town.path(&format!("/me/draft/{general}")), json!({ "value": subject })).await.ok();
        }
        node.service.react(ada.by, node.new_key(), Address { number: 2, ..root }, "🎉", true).await.expect("reacted");
        let all = town.get(&token, &town.path("/saved")).await.ok();
        let general = general.to_string();
        let expected = [(general.clone(), 0, 2), (general.clone(), 1, 1), (general, 0, 3)];
        assert_eq!(listed(&all, "message"), expected);
        assert_eq!(all["items"][0]["value"], json!({ "note": "2" }));
        assert_eq!(all["items"][0]["message"]["reactions"][0]["mine"], true);
        town.send("DELETE", &token, &town.path(&format!("/me/saved/{}.2", town.team.general)), Value::Null).await.ok();
        let page = town.get(&token, &town.path("/saved?limit=1")).await.ok();
        assert_eq!(numbers(&page), [1]);
        let next = page["next"].as_str().expect("more");
        assert_eq!(numbers(&town.get(&token, &town.path(&format!("/saved?limit=1&cursor={next}"))).await.ok()), [3]);
    }

    async fn threads_i_follow_are_listed_by_their_newest_reply(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        for text in ["one", "two", "three"] {
            bob.says(node, general, text).await.expect("said");
        }
        let root = |number| Address { channel: general, thread: 0, number };
        for number in [3, 1, 2, 1] {
            ada.replies(node, root(number), "an answer").await.expect("replied");
        }
        node.service.follow(bob.by, node.new_key(), general, 3, false).await.expect("left alone");
        bob.reads_to(node, Address { thread: 2, ..root(1) }).await.expect("read");
        let token = town.token_of(bob).await;
        let all = town.get(&token, &town.path("/threads")).await.ok();
        let roots: Vec<_> = listed(&all, "root").into_iter().map(|(.., number)| number).collect();
        assert_eq!(roots, [1, 2]);
        let told = |at: usize| (all["items"][at]["last"]["number"].clone(), all["items"][at]["unread"].clone());
        assert_eq!((told(0), told(1)), ((json!(2), json!(2)), (json!(1), json!(0))));
        assert_eq!(all["items"][0]["last"]["text"], "an answer");
        let page = town.get(&token, &town.path("/threads?limit=1")).await.ok();
        let next = page["next"].as_str().expect("more");
        let rest = town.get(&token, &town.path(&format!("/threads?limit=1&cursor={next}"))).await.ok();
        assert_eq!((listed(&rest, "root")[0].2, &rest["next"]), (2, &Value::Null));
        let draft = Draft { channel: general, thread: 3, text: "<!here> all".into(), in_channel: false };
        node.service.send(ada.by, node.new_key(), draft).await.expect("said");
        let calls = town.get(&token, &town.path("/mentions")).await.ok();
        assert_eq!(numbers(&calls), [0; 0], "who left a thread is not called there");
    }

    async fn lists_are_refused_to_strangers_and_with_nonsense(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let elsewhere = Team::another(&town.node, "Elsewhere").await;
        for list in ["mentions", "threads", "saved"] {
            let stranger = town.get(&bob, &format!("/api/v1/workspaces/{}/{list}", elsewhere.workspace)).await;
            assert_eq!((stranger.status.as_u16(), stranger.code()), (404, "not_found"), "{list}");
            for asked in ["cursor=nonsense", "limit=0", "limit=201"] {
                let refused = town.get(&bob, &town.path(&format!("/{list}?{asked}"))).await;
                assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{list} {asked}");
            }
        }
        for (asked, status, code) in
            [("after=x", 422, "invalid"), ("after=1&epoch=x", 422, "invalid"), ("after=1&epoch=1", 409, "other_epoch")]
        {
            let refused = town.get(&bob, &town.path(&format!("/mentions?{asked}"))).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{asked}");
        }
    }
}
