//! What a page costs: statements and round trips, counted where they reach the engine.

use domain::Role;
use serde_json::json;
use service::Address;
use testkit::{Ground, Town};

/// So many of each thing that is listed.
async fn town_with(many: usize) -> (Ground, Town) {
    let ground = Ground::quick();
    let town = Town::on(&ground).await;
    let (owner, general, node) = (town.team.owner, town.team.general, &town.node);
    let token = town.token_of(owner).await;
    for at in 0..many {
        let person = town.welcomes_as(&format!("P{at}"), Role::Member).await;
        let said = person.says(node, general, &owner.mention()).await.expect("said");
        let number = testkit::team::number(&said);
        let root = Address { channel: general, thread: 0, number: 1 };
        person.replies(node, root, "a reply").await.expect("said");
        node.service
            .react(person.by, node.new_key(), root, &format!(":e{at}:"), true)
            .await
            .expect("reacted");
        node.service.pin(person.by, node.new_key(), Address { number, ..root }, true).await.expect("pinned");
        for new in [
            json!({ "kind": "public", "name": format!("public {at}") }),
            json!({ "kind": "direct", "members": [person.account()] }),
        ] {
            town.send("POST", &token, &town.path("/channels"), new).await.ok();
        }
    }
    (ground, town)
}

/// Looks and statements of one answer, and how many items it has.
async fn cost(town: &Town, token: &str, path: &str) -> (usize, usize, usize) {
    let before = town.node.faults.looked();
    let answer = town.get(token, path).await.ok();
    let after = town.node.faults.looked();
    let items = ["items", "messages", "channels"].iter().find_map(|name| answer[name].as_array());
    (after.0 - before.0, after.1 - before.1, items.map_or(0, Vec::len))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_fifty_costs_the_statements_of_a_page_of_five() {
    let (_few_ground, few) = town_with(5).await;
    let (_many_ground, many) = town_with(45).await;
    let (general_of, mut table) = (|town: &Town| town.team.general.to_string(), Vec::new());
    let tokens = [few.token_of(few.team.owner).await, many.token_of(many.team.owner).await];
    for path in [
        "",
        "/channels",
        "/channels?mine=true",
        "/channels?prefix=public",
        "/channels/{c}",
        "/channels/{c}/members",
        "/channels/{c}/pins",
        "/channels/{c}/messages",
        "/channels/{c}/messages?around=unread",
        "/channels/{c}/messages/1",
        "/channels/{c}/messages/1/replies",
        "/channels/{c}/messages/1/reactions",
        "/members",
        "/members?prefix=p",
        "/me",
        "/changed",
    ] {
        let mut costs = Vec::new();
        for (town, token) in [&few, &many].into_iter().zip(&tokens) {
            let path = town.path(&path.replace("{c}", &general_of(town)));
            // The first asks who it is; that is remembered or asked alike.
            cost(town, token, &path).await;
            costs.push(cost(town, token, &path).await);
        }
        let [(looks, statements, items), (looks_many, statements_many, items_many)] = costs[..] else {
            panic!("two")
        };
        assert_eq!(
            (looks, statements),
            (looks_many, statements_many),
            "{path}: {items} and {items_many} items"
        );
        assert!(looks <= 3, "{path}: {looks} round trips");
        table.push(format!("{path:<40} {looks} looks, {statements} statements for {items} and {items_many}"));
    }
    println!("{}", table.join("\n"));
}
