//! Being told of what calls one.

use std::time::Duration;

use domain::Stamp;
use serde_json::{Value, json};
use testkit::team::number;
use testkit::{Ground, Town, on_every_engine};
use worker::{Settings, Share, Worker};

/// Everything a worker does by now.
async fn works(town: &Town) {
    town.node.clock.advance(Stamp::SECOND);
    let holder = town.node.new_key();
    let settings = Settings { holder, share: Share::Alone, concurrency: 10, notify_after: Duration::ZERO };
    let worker = Worker::new(&town.node.service, &settings);
    worker.followings[0].level().await.expect("the database answers");
    worker.runners[0].drain().await.expect("the database answers");
}

/// Kind and number of what stands in a page.
fn listed(page: &Value) -> Vec<(String, u64)> {
    let items = page["items"].as_array().expect("items");
    let one = |item: &Value| {
        let kind = item["kind"].as_str().expect("a kind").to_owned();
        (kind, item["message"]["number"].as_u64().expect("a number"))
    };
    items.iter().map(one).collect()
}

fn seen(page: &Value) -> Vec<bool> {
    page["items"].as_array().expect("items").iter().map(|item| item["seen"] == json!(true)).collect()
}

on_every_engine! {
    async fn what_calls_me_is_told_newest_first_and_seen_when_i_say_so(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        ada.says(node, general, "nothing to anybody").await.expect("said");
        ada.says(node, general, &bob.mention()).await.expect("said");
        ada.says(node, general, "<!channel> lunch").await.expect("said");
        let last = ada.says(node, general, &format!("<!here> {}", bob.mention())).await.expect("said");
        let direct = node.service.create_direct(ada.by, node.new_key(), vec![bob.account()]).await.expect("made");
        let pair = testkit::town::id(&direct.reply.read::<Value>().expect("an answer")["id"]);
        ada.says(node, pair, "psst").await.expect("said");
        let (token, path) = (town.token_of(bob).await, town.path("/notifications"));

        let before = town.get(&token, &path).await.ok();
        assert_eq!(listed(&before), [("here".into(), 4), ("channel".into(), 3)], "a call to everyone waits for no job");
        works(&town).await;
        let told = town.get(&token, &path).await.ok();
        let expected = [("direct", 1), ("mention", 4), ("channel", 3), ("mention", 2)];
        assert_eq!(listed(&told), expected.map(|(kind, number)| (kind.to_owned(), number)), "by name before with everyone");
        assert_eq!(told["people"][ada.account().to_string()]["name"], "Ada");
        assert!(told["epoch"].is_string() && told["next"].is_null(), "{told}");
        let adas = town.get(&town.token_of(ada).await, &path).await.ok();
        assert_eq!(listed(&adas), [], "nobody is told of their own words");

        let page = town.get(&token, &format!("{path}?limit=2")).await.ok();
        assert_eq!(listed(&page).len(), 2);
        let next = page["next"].as_str().expect("more");
        let rest = town.get(&token, &format!("{path}?limit=2&cursor={next}")).await.ok();
        assert_eq!(listed(&rest), [("channel".to_owned(), 3), ("mention".to_owned(), 2)]);

        assert_eq!(seen(&told), [false; 4]);
        let body = json!({ "position": last.position.0 });
        for _ in 0..2 {
            town.send("PUT", &token, &format!("{path}/seen"), body.clone()).await.ok();
        }
        let after = town.get(&token, &path).await.ok();
        assert_eq!(seen(&after), [false, true, false, true], "a call to everyone is seen by reading it");
    }

    async fn what_i_have_read_muted_or_may_not_see_any_more_is_not_told(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let node = &town.node;
        let new = service::NewChannel { name: "secret".into(), private: true, ..service::NewChannel::default() };
        let made = node.service.create_channel(ada.by, node.new_key(), new).await.expect("made");
        let secret = testkit::town::id(&made.reply.read::<Value>().expect("an answer")["id"]);
        node.service.add_to_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("added");
        let told = ada.says(node, secret, &format!("<!channel> {}", bob.mention())).await.expect("said");
        let read = ada.says(node, town.team.general, &bob.mention()).await.expect("said");
        let at = service::Address { channel: town.team.general, thread: 0, number: number(&read) };
        bob.reads_to(node, at).await.expect("read");
        works(&town).await;
        let (token, path) = (town.token_of(bob).await, town.path("/notifications"));
        assert_eq!(listed(&town.get(&token, &path).await.ok()), [("mention".to_owned(), number(&told))]);

        ada.says(node, town.team.general, "<!channel> lunch").await.expect("said");
        assert_eq!(listed(&town.get(&token, &path).await.ok())[0].0, "channel");
        let mute = town.path(&format!("/me/mute/{}", town.team.general));
        town.send("PUT", &token, &mute, json!({ "value": true })).await.ok();
        assert_eq!(listed(&town.get(&token, &path).await.ok()).len(), 1, "muted");
        node.service.remove_from_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("removed");
        assert_eq!(listed(&town.get(&token, &path).await.ok()), [], "nothing of a channel one was removed from");
    }

    async fn nonsense_and_strangers_are_refused(ground: Ground) {
        let town = Town::on(&ground).await;
        let (token, path) = (town.token_of(town.team.owner).await, town.path("/notifications"));
        assert_eq!(town.get("rk_none", &path).await.code(), "signed_out");
        assert_eq!(town.get(&token, &format!("{path}?cursor=%21")).await.code(), "invalid");
        assert_eq!(town.get(&token, &format!("{path}?limit=201")).await.code(), "invalid");
        let wrong = town.send("PUT", &token, &format!("{path}/seen"), json!({ "position": "one" })).await;
        assert_eq!(wrong.code(), "invalid");
        let stranger = town.send("PUT", "rk_none", &format!("{path}/seen"), json!({ "position": 1 })).await;
        assert_eq!(stranger.code(), "signed_out");
        let huge = town.send("PUT", &token, &format!("{path}/seen"), json!({ "position": u64::MAX })).await;
        assert_eq!(huge.code(), "invalid");
        let elsewhere = "/api/v1/workspaces/T0000000000000000000000001/notifications";
        assert_eq!(town.get(&token, elsewhere).await.code(), "not_found");
    }
}
