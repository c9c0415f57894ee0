//! What a channel keeps in sight.

use serde_json::{Value, json};
use service::Address;
use testkit::{Ground, Town, on_every_engine};

fn numbers(list: &Value) -> Vec<u64> {
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item["number"].as_u64().expect("a number")).collect()
}

on_every_engine! {
    async fn the_latest_pin_comes_first_page_by_page_with_its_people(ground: Ground) {
        let town = Town::on(&ground).await;
        let (owner, general, node) = (town.team.owner, town.team.general, &town.node);
        let bob = town.welcomes("Bob").await;
        let bobs = town.token_of(bob).await;
        let path = town.path(&format!("/channels/{general}/pins"));
        assert_eq!(town.get(&bobs, &path).await.ok()["items"], json!([]));
        for text in ["one", "two", "three", "four"] {
            owner.says(node, general, text).await.expect("said");
        }
        let at = |number| Address { channel: general, thread: 0, number };
        owner.replies(node, at(1), "a reply").await.expect("said");
        for number in [3, 1, 4] {
            node.service.pin(bob.by, node.new_key(), at(number), true).await.expect("pinned");
        }
        let reply = Address { thread: 1, ..at(1) };
        node.service.pin(bob.by, node.new_key(), reply, true).await.expect("pinned");
        let all = town.get(&bobs, &path).await.ok();
        assert_eq!((numbers(&all), &all["items"][0]["thread"]), (vec![1, 4, 1, 3], &json!(1)));
        assert!(all["items"].as_array().expect("items").iter().all(|item| item["pinned"] == true));
        assert_eq!(all["people"][owner.account().to_string()]["name"], "Ada");
        let (mut paged, mut next) = (Vec::new(), String::new());
        loop {
            let page = town.get(&bobs, &format!("{path}?limit=3{next}")).await.ok();
            paged.extend(numbers(&page));
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(paged, numbers(&all));
        node.service.pin(bob.by, node.new_key(), at(4), false).await.expect("unpinned");
        assert_eq!(numbers(&town.get(&bobs, &path).await.ok()), [1, 1, 3]);
        let stranger = town.token_of(town.meets("Sam").await).await;
        assert_eq!(town.get(&stranger, &path).await.code(), "not_found");
        assert_eq!(town.get(&bobs, &format!("{path}?limit=0")).await.status.as_u16(), 422);
        assert_eq!(town.get(&bobs, &format!("{path}?cursor=bm8")).await.status.as_u16(), 422);
    }
}
