//! What somebody may take with them.

use domain::CredentialKind;
use domain::verbs::PrivateKind;
use serde_json::{Value, json};
use service::{Address, Secret};
use testkit::team::number;
use testkit::{Ground, Town, on_every_engine};

const EXPORT: &str = "/api/v1/account/export";

/// The first page, and the messages of all of them.
async fn taken(town: &Town, token: &str) -> (Value, Vec<Value>) {
    let first = town.get(token, EXPORT).await.ok();
    let mut messages = first["messages"].as_array().expect("messages").clone();
    let mut next = first["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = town.get(token, &format!("{EXPORT}?cursor={cursor}")).await.ok();
        assert!(page.get("account").is_none(), "who they are stands on the first page");
        messages.extend(page["messages"].as_array().expect("messages").clone());
        next = page["next"].clone();
    }
    (first, messages)
}

on_every_engine! {
    async fn somebody_takes_with_them_what_is_theirs_and_nothing_of_others(ground: Ground) {
        let town = Town::on(&ground).await;
        let (team, node) = (&town.team, &town.node);
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let general = team.general;
        let root = number(&team.owner.says(node, general, "not yours").await.expect("said"));
        bob.says(node, general, "mine").await.expect("said");
        let slip = number(&bob.says(node, general, "taken back").await.expect("said"));
        let at = |number| Address { channel: general, thread: 0, number };
        node.service.delete(bob.by, node.new_key(), at(slip)).await.expect("deleted");
        bob.replies(node, at(root), "mine too").await.expect("said");
        node.service.keep(bob.by, PrivateKind::Draft, &general.to_string(), Some("\"later\"".into())).await.expect("kept");
        let (first, messages) = taken(&town, &token).await;
        let texts: Vec<_> = messages.iter().map(|message| message["text"].as_str().expect("a text")).collect();
        assert_eq!(texts, ["mine", "mine too"]);
        assert_eq!((&messages[1]["thread"], &messages[1]["workspace"]), (&json!(root), &json!(team.workspace)));
        assert!(messages[0]["at"].as_str().is_some_and(|at| at.ends_with('Z')));
        assert_eq!(first["account"]["id"], json!(bob.account()));
        assert_eq!(first["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(first["workspaces"][0]["member"]["name"], "Bob");
        assert_eq!(first["workspaces"][0]["channels"][0]["id"], json!(general));
        assert_eq!(first["workspaces"][0]["kept"], json!([{ "kind": "draft", "subject": general, "value": "later" }]));
        let all = first.to_string();
        assert!(!all.contains(&token) && !all.contains("hash") && !all.contains("not yours"), "{all}");
    }

    async fn an_export_goes_on_page_by_page_however_much_there_is(ground: Ground) {
        let town = Town::on(&ground).await;
        let (owner, token) = (town.team.owner, town.token_of(town.team.owner).await);
        for at in 0..55 {
            let channel = town.team.opens(&town.node, &format!("room {at}")).await;
            owner.says(&town.node, channel, &format!("in {at}")).await.expect("said");
        }
        let first = town.get(&token, EXPORT).await.ok();
        assert!(first["next"].is_string(), "one page looks into fifty channels");
        let (_, messages) = taken(&town, &token).await;
        let mut texts: Vec<_> = messages.iter().map(|message| message["text"].to_string()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!((texts.len(), messages.len()), (55, 55), "each once");
    }

    async fn more_seats_and_rows_than_a_page_holds_come_on_the_pages_after_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let (team, node) = (&town.team, &town.node);
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let (mut rooms, mut drafts) = (vec![team.general.to_string()], Vec::new());
        for at in 0..510 {
            let new = service::NewChannel { name: format!("room {at}"), ..service::NewChannel::default() };
            let made = node.service.create_channel(bob.by, node.new_key(), new).await.expect("made");
            let room = made.reply.read::<Value>().expect("an id")["id"].as_str().expect("an id").to_owned();
            node.service.keep(bob.by, PrivateKind::Draft, &room, Some("\"later\"".into())).await.expect("kept");
            rooms.push(room.clone());
            drafts.push(room);
        }
        let (mut seats, mut kept, mut next, mut pages) = (Vec::new(), Vec::new(), None::<String>, 0);
        loop {
            let path = next.map_or(EXPORT.to_owned(), |cursor| format!("{EXPORT}?cursor={cursor}"));
            let page = town.get(&token, &path).await.ok();
            for home in page["workspaces"].as_array().into_iter().flatten() {
                let ids = |list: &str, name: &str| -> Vec<String> {
                    let items = home[list].as_array().expect("a list").iter();
                    items.map(|item| item[name].as_str().expect("an id").to_owned()).collect()
                };
                seats.extend(ids("channels", "id"));
                kept.extend(ids("kept", "subject"));
            }
            pages += 1;
            next = page["next"].as_str().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        for (found, all) in [(&mut seats, &mut rooms), (&mut kept, &mut drafts)] {
            found.sort_unstable();
            all.sort_unstable();
            assert_eq!(found, all, "each once, over {pages} pages");
        }
    }

    async fn a_token_takes_nothing_and_nonsense_is_refused(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let token = town.token_of(bob).await;
        let secret = Secret::mint();
        let own = town.credential(bob, &secret, CredentialKind::Token, None);
        town.node.service.begin_credential(bob.account(), town.node.new_key(), own).await.expect("a token");
        assert_eq!(town.get(&secret.text(), EXPORT).await.code(), "not_allowed");
        assert_eq!(town.get("rk_none", EXPORT).await.code(), "signed_out");
        for cursor in ["x", "e30", "IlQi"] {
            let refused = town.get(&token, &format!("{EXPORT}?cursor={cursor}")).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{cursor}");
        }
        let away = town.send("DELETE", &token, &town.path("/members/me"), json!({})).await;
        away.ok();
        let (first, messages) = taken(&town, &token).await;
        assert_eq!((&first["workspaces"], messages.len()), (&json!([]), 0), "what was left is not theirs to read");
    }
}
