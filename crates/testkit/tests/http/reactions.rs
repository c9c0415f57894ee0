//! Reactions, and who made them.

use domain::limits::REACTIONS_MAX;
use serde_json::{Value, json};
use testkit::{Ground, Town, on_every_engine};

fn who(list: &Value) -> Vec<(String, String)> {
    let word = |item: &Value, name: &str| item[name].as_str().expect("a word").to_owned();
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| (word(item, "emoji"), word(item, "account")))
        .collect()
}

on_every_engine! {
    async fn a_reaction_comes_once_and_goes_again_on_messages_and_on_replies(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        town.send("POST", &ada, &path, json!({ "text": "ship it" })).await.ok();
        town.send("POST", &ada, &format!("{path}/1/replies"), json!({ "text": "shipped" })).await.ok();
        for at in ["/1", "/1/replies/1"] {
            for emoji in ["%F0%9F%8E%89", ":party:", ":party:"] {
                town.send("PUT", &ada, &format!("{path}{at}/reactions/{emoji}"), Value::Null).await.ok();
            }
            let shown = town.get(&ada, &format!("{path}{at}")).await.ok();
            let me = town.team.owner.account();
            assert_eq!(shown["reactions"], json!([
                { "emoji": ":party:", "count": 1, "people": [me], "mine": true },
                { "emoji": "🎉", "count": 1, "people": [me], "mine": true },
            ]));
            for emoji in ["%F0%9F%8E%89", ":party:", ":party:"] {
                town.send("DELETE", &ada, &format!("{path}{at}/reactions/{emoji}"), Value::Null).await.ok();
            }
            assert_eq!(town.get(&ada, &format!("{path}{at}")).await.ok().get("reactions"), None);
        }
    }

    async fn who_reacted_is_listed_page_by_page_at_all_or_with_one_emoji(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        town.send("POST", &ada, &path, json!({ "text": "vote" })).await.ok();
        let at = service::Address { channel: town.team.general, thread: 0, number: 1 };
        let mut expected = Vec::new();
        for turn in 0..6 {
            let person = town.welcomes(&format!("Person {turn}")).await;
            for emoji in if turn % 2 == 0 { vec!["👍"] } else { vec!["👍", "👎"] } {
                let key = town.node.new_key();
                town.node.service.react(person.by, key, at, emoji, true).await.expect("reacted");
                expected.push((emoji.to_owned(), person.account().to_string()));
            }
        }
        expected.sort();
        let mut listed = Vec::new();
        let mut next = String::new();
        loop {
            let page = town.get(&ada, &format!("{path}/1/reactions?limit=4{next}")).await.ok();
            listed.extend(who(&page));
            let people = page["people"].as_object().expect("people");
            assert!(who(&page).iter().all(|(_, account)| people.contains_key(account)));
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(listed, expected);
        let down = town.get(&ada, &format!("{path}/1/reactions/%F0%9F%91%8E?limit=2")).await.ok();
        let rest = down["next"].as_str().expect("one more");
        let last = town.get(&ada, &format!("{path}/1/reactions/%F0%9F%91%8E?limit=2&cursor={rest}")).await.ok();
        let against: Vec<_> = expected.iter().filter(|(emoji, _)| emoji == "👎").cloned().collect();
        assert_eq!([who(&down), who(&last)].concat(), against);
        assert_eq!(who(&town.get(&ada, &format!("{path}/1/reactions/nobody")).await.ok()), []);
        for (rest, status) in [("/1/reactions?cursor=x", 422), ("/1/reactions?limit=0", 422), ("/2/reactions", 404)] {
            assert_eq!(town.get(&ada, &format!("{path}{rest}")).await.status.as_u16(), status, "{rest}");
        }
    }

    async fn a_message_takes_a_hundred_different_reactions_and_no_more(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        town.send("POST", &ada, &path, json!({ "text": "all of them" })).await.ok();
        let at = service::Address { channel: town.team.general, thread: 0, number: 1 };
        for turn in 0..REACTIONS_MAX {
            let emoji = format!(":e{turn}:");
            let key = town.node.new_key();
            town.node.service.react(town.team.owner.by, key, at, &emoji, true).await.expect("reacted");
        }
        for (emoji, status, code) in [
            (":one_more:", 409, "conflict"), ("%00", 422, "invalid"), ("a%20b", 422, "invalid"),
            (&"x".repeat(65), 422, "invalid"), ("%FF", 404, "not_found"),
        ] {
            let refused = town.send("PUT", &ada, &format!("{path}/1/reactions/{emoji}"), Value::Null).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{emoji}");
        }
        town.send("PUT", &ada, &format!("{path}/1/reactions/:e7:"), Value::Null).await.ok();
        let missing = town.send("PUT", &ada, &format!("{path}/2/reactions/:e7:"), Value::Null).await;
        assert_eq!((missing.status.as_u16(), missing.code()), (404, "not_found"));
    }
}
