//! People at sockets hear what happens while it happens, each only what is theirs.

use serde_json::json;
use testkit::{Ground, Plaza, at_every_door};

at_every_door! {
    async fn ada_says_and_bob_sees(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let general = plaza.town.team.general;
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let mut bob = plaza.enters(bob).await;
        let done = ada.says(general, "hello").await;
        assert_eq!(done["number"], 1, "{done}");
        assert_eq!(bob.hears().await, "hello");
        assert_eq!(ada.hears().await, "hello", "one's own comes too, after `done`");
        bob.says(general, "hi").await;
        assert_eq!(ada.hears().await, "hi");
    }

    async fn done_comes_before_the_event_it_caused(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let general = plaza.town.team.general;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        for _ in 0..20 {
            ada.says_under(&ada.key(), general, "quick").await;
        }
        let (mut done, mut seen) = (Vec::new(), Vec::new());
        while seen.len() < 20 {
            let testkit::Heard::Frame(frame) = ada.phone.next().await else { panic!("frames") };
            if let Some(position) = frame["done"]["position"].as_u64() {
                done.push(position);
            }
            if let Some(position) = frame["event"]["position"].as_u64() {
                assert!(done.contains(&position), "{position} before its own answer");
                seen.push(position);
            }
        }
        assert!(done.is_sorted() && seen.is_sorted());
    }

    async fn who_is_not_in_a_channel_hears_nothing_of_it(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let secret = team.opens(node, "secret").await;
        let change = service::ChannelChange { private: true, ..service::ChannelChange::default() };
        node.service.change_channel(team.owner.by, node.new_key(), secret, change).await.expect("closed");
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        let mut bob = plaza.enters(bob).await;
        ada.says(secret, "psst").await;
        ada.says(team.general, "aloud").await;
        assert_eq!(bob.hears().await, "aloud");
        assert!(bob.phone.until_now().await.is_empty());
    }

    async fn who_makes_a_channel_hears_what_is_said_there(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (owner, node) = (plaza.town.team.owner, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(owner).await;
        for private in [true, false] {
            let name = format!("cellar-{private}");
            let new = service::NewChannel { name, private, ..service::NewChannel::default() };
            let made = node.service.create_channel(owner.by, node.new_key(), new).await.expect("made");
            let cellar = made.reply.read::<serde_json::Value>().expect("an answer")["id"].clone();
            assert_eq!(ada.phone.event("channel.created").await["channel"], cellar);
            let cellar = serde_json::from_value(cellar).expect("an id");
            node.service.add_to_channel(owner.by, node.new_key(), cellar, bob.account()).await.expect("added");
            bob.says(node, cellar, "down here").await.expect("said");
            assert_eq!(ada.hears().await, "down here");
        }
    }

    async fn a_removed_member_stops_receiving_messages(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let person = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        let mut bob = plaza.enters(person).await;
        let gone = node.service.remove_from_channel(team.owner.by, node.new_key(), team.general, person.account());
        gone.await.expect("removed");
        let left = bob.phone.event("seat.left").await;
        assert_eq!(left["account"], json!(person.account()));
        ada.says(team.general, "just us").await;
        assert!(bob.phone.until_now().await.is_empty());
        // Let in again, what is said from then on is theirs again.
        let back = node.service.add_to_channel(team.owner.by, node.new_key(), team.general, person.account());
        back.await.expect("added");
        let joined = bob.phone.event("seat.joined").await;
        assert_eq!(joined["image"]["channel"]["name"], "general", "being added needs no request");
        ada.says(team.general, "welcome back").await;
        assert_eq!(bob.hears().await, "welcome back");
    }

    async fn who_leaves_the_workspace_is_told_so_and_goes(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let person = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        let mut bob = plaza.enters(person).await;
        node.service.remove_member(team.owner.by, node.new_key(), person.account(), false).await.expect("removed");
        bob.phone.event("member.left").await;
        let goodbye = bob.phone.hears("goodbye").await;
        assert_eq!((&goodbye["code"], &goodbye["again"]), (&json!(2), &json!("never")));
        assert_eq!(bob.phone.closed().await, Some(4002));
        ada.phone.event("member.left").await;
    }

    async fn marks_and_other_private_things_reach_all_devices_of_their_owner_alone(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let general = plaza.town.team.general;
        let person = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let mut phone = plaza.enters(person).await;
        let mut laptop = plaza.enters(person).await;
        ada.says(general, "hello").await;
        phone.hears().await;
        phone.phone.say(&json!({ "mark": { "channel": general, "number": 1 } })).await;
        for device in [&mut phone, &mut laptop] {
            let private = device.phone.hears("private").await;
            assert_eq!(private["items"][0]["kind"], "read", "{private}");
            assert_eq!(private["items"][0]["value"], 1);
        }
        let done = laptop.does("put", json!({ "kind": "star", "subject": general, "value": true })).await;
        assert!(done["position"].is_u64());
        assert_eq!(phone.phone.hears("private").await["items"][0]["kind"], "star");
        ada.hears().await;
        assert!(ada.phone.until_now().await.is_empty(), "nothing of it is for others");
    }

    async fn every_verb_of_a_socket_does_what_it_says(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let team = plaza.town.team;
        let mut ada = plaza.enters(team.owner).await;
        ada.says(team.general, "hello").await;
        let at = |more: serde_json::Value| {
            let mut at = json!({ "channel": team.general, "number": 1 });
            at.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            at
        };
        for (verb, what, kind) in [
            ("edit", at(json!({ "text": "hello!" })), "message.edited"),
            ("react", at(json!({ "emoji": "👍" })), "reaction.added"),
            ("unreact", at(json!({ "emoji": "👍" })), "reaction.removed"),
            ("pin", at(json!({})), "message.pinned"),
            ("unpin", at(json!({})), "message.unpinned"),
            ("delete", at(json!({})), "message.deleted"),
        ] {
            ada.does(verb, what).await;
            ada.phone.event(kind).await;
        }
        let (bob, plans) = (plaza.town.welcomes("Bob").await, team.opens(&plaza.town.node, "plans").await);
        let mut bob = plaza.enters(bob).await;
        bob.does("join", json!({ "channel": plans })).await;
        bob.phone.event("seat.joined").await;
        bob.does("leave", json!({ "channel": plans })).await;
        bob.phone.event("seat.left").await;
        bob.says(team.general, "a root").await;
        for verb in ["follow", "unfollow"] {
            bob.does(verb, json!({ "channel": team.general, "number": 2 })).await;
        }
    }

    async fn a_refusal_says_what_to_do(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let key = ada.key();
        ada.says_under(&key, plaza.town.team.general, " ").await;
        let refused = ada.phone.hears("refused").await;
        assert_eq!((&refused["key"], &refused["code"]), (&json!(key), &json!("invalid")));
        let key = ada.key();
        ada.phone.say(&json!({ "send": { "key": key, "channel": 7, "text": "hi" } })).await;
        assert_eq!(ada.phone.hears("refused").await["code"], "invalid");
        let key = ada.key();
        ada.phone.say(&json!({ "do": { "key": key, "join": { "channel": "C0000000000000000000000000" } } })).await;
        assert_eq!(ada.phone.hears("refused").await["code"], "not_found");
        // The same key answers the same.
        let key = ada.key();
        ada.says_under(&key, plaza.town.team.general, "once").await;
        ada.says_under(&key, plaza.town.team.general, "once").await;
        let (one, other) = (ada.phone.hears("done").await, ada.phone.hears("done").await);
        assert_eq!(one, other);
        ada.says(plaza.town.team.general, "the end").await;
        assert_eq!((ada.hears().await, ada.hears().await), ("once".into(), "the end".into()));
    }
}
