//! Those who take slowly, not at all, or are gone without a word, and a bus that has bad days.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use gateway::Limits;
use live::InProcess;
use serde_json::{Value, json};
use service::PrivateKind;
use testkit::bus::{Mood, MoodyBus};
use testkit::{Ground, Heard, Plaza, at_every_door};

at_every_door! {
    async fn who_falls_behind_gets_one_changed_and_is_level_again(ground: Ground) {
        let limits = Limits {
            queue_bytes_max: 16 * 1024,
            commands_per_s: 10_000,
            // However long a busy machine takes to say all that: patience is another test's.
            stuck_max: Duration::from_hours(1),
            ..Limits::default()
        };
        let plaza = Plaza::with(&ground, limits, Arc::new(InProcess::default())).await;
        let general = plaza.town.team.general;
        let person = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let mut bob = plaza.enters(person).await;
        let star = json!({ "kind": "star", "subject": general });
        bob.does("put", json!({ "kind": "star", "subject": general, "value": true })).await;
        assert_eq!(bob.phone.hears("private").await["items"][0]["value"], true);
        bob.phone.reads(false);
        // More than the kernel and the queue hold for one who takes nothing.
        let long = "long ".repeat(3_000);
        for _ in 0..600 {
            ada.says(general, &long).await;
        }
        plaza.enters(person).await.does("remove", star).await;
        let last = ada.says(general, "the last").await["position"].as_u64().expect("a position");
        bob.phone.reads(true);
        let (mut changed, mut at, mut own) = (Vec::new(), 0, Vec::new());
        let mut positions: Vec<u64> = Vec::new();
        while at < last {
            match bob.phone.next().await {
                Heard::Frame(frame) => {
                    positions.extend(frame["event"]["position"].as_u64());
                    at = frame["at"]["position"].as_u64().unwrap_or(at).max(positions.last().copied().unwrap_or(0));
                    changed.extend(frame.get("changed").cloned());
                    own.extend(frame.get("private").cloned());
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(positions.is_sorted_by(|one, other| one < other), "each once, in order");
        // However much the kernels held meanwhile: it was brought level once it had taken that, and not before.
        assert_eq!(changed.len(), 1, "once, and not once an event");
        assert_eq!(changed[0]["channels"][0]["last_number"], 601);
        assert_eq!(own.last().map(|own| &own["items"][0]["value"]), Some(&Value::Null), "what was removed, too");
        ada.says(general, "and on").await;
        assert_eq!(bob.hears().await, "and on");
    }

    async fn who_has_much_of_their_own_and_a_slow_line_comes_in_all_the_same(ground: Ground) {
        let limits = Limits {
            queue_bytes_max: 16 * 1024,
            commands_per_s: 10_000,
            stuck_max: Duration::from_hours(1),
            ..Limits::default()
        };
        let plaza = Plaza::with(&ground, limits, Arc::new(InProcess::default())).await;
        let general = plaza.town.team.general;
        let person = plaza.town.welcomes("Bob").await;
        // More frames than one, and more bytes than the kernel holds.
        let (service, value) = (&plaza.town.node.service, json!("much ".repeat(800)).to_string());
        let keep = |number: usize| {
            let (value, subject) = (Some(value.clone()), format!("p{number}"));
            async move { service.keep(person.by, PrivateKind::Preference, &subject, value).await.expect("kept") }
        };
        stream::iter(0..600).map(keep).buffer_unordered(50).for_each(|_| async {}).await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        ada.phone.say(&json!({ "look": { "people": [person.account()] } })).await;
        ada.phone.hears("faces").await;
        let mut bob = plaza.dials().await;
        bob.reads(false);
        let (workspace, token) = (plaza.town.team.workspace, plaza.town.token_of(person).await);
        bob.say(&json!({ "hello": { "workspace": workspace, "token": token } })).await;
        assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "here"]]));
        let long = "long ".repeat(3_000);
        for _ in 0..5 {
            ada.says(general, &long).await;
        }
        ada.says(general, "the last").await;
        bob.reads(true);
        bob.hears("welcome").await;
        let opened = bob.hears("at").await;
        let own = |frame: &Value| frame["private"]["items"].as_array().map_or(0, Vec::len);
        assert_eq!(bob.kept().iter().map(own).sum::<usize>(), 600, "all of it, at {opened}");
        assert_eq!(bob.hears("changed").await["channels"][0]["last_number"], 6);
    }

    async fn who_takes_nothing_for_long_is_let_go(ground: Ground) {
        let limits = Limits {
            queue_bytes_max: 16 * 1024,
            stuck_max: Duration::from_secs(1),
            ..Limits::default()
        };
        let plaza = Plaza::with(&ground, limits, Arc::new(InProcess::default())).await;
        let (owner, general, node) = (plaza.town.team.owner, plaza.town.team.general, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        // Nobody else is at a socket, who might be kept waiting as long by a busy machine.
        let mut bob = plaza.enters(bob).await;
        bob.phone.reads(false);
        let long = "long ".repeat(3_000);
        for _ in 0..600 {
            owner.says(node, general, &long).await.expect("said");
        }
        while plaza.gateway.sockets() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bob.phone.reads(true);
        while !matches!(bob.phone.next().await, Heard::Gone) {}
    }

    async fn who_is_gone_without_a_word_leaves_nothing_behind(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        for _ in 0..20 {
            drop(plaza.enters(plaza.town.team.owner).await);
            drop(plaza.dials().await);
        }
        while plaza.gateway.sockets() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        ada.says(plaza.town.team.general, "the room is still there").await;
        assert_eq!(ada.hears().await, "the room is still there");
    }

    async fn whatever_the_bus_does_everyone_hears_everything_once_and_in_order(ground: Ground) {
        let bus = Arc::new(MoodyBus::default());
        let plaza = Plaza::with(&ground, Limits::default(), Arc::clone(&bus) as Arc<dyn live::Bus>).await;
        let general = plaza.town.team.general;
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let mut bob = plaza.enters(bob).await;
        let mut number = 0;
        for mood in [Mood::Doubling, Mood::Reordering, Mood::Silent, Mood::Gone, Mood::Well] {
            bus.is(mood);
            for _ in 0..5 {
                number += 1;
                ada.says(general, &number.to_string()).await;
            }
        }
        for expected in 1..=number {
            assert_eq!(bob.hears().await, expected.to_string());
        }
        assert_eq!(bob.phone.until_now().await, Vec::<Value>::new());
    }

    async fn garbage_ends_the_one_who_sends_it_and_nobody_else(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let mut seed = 7u32;
        for _ in 0..50 {
            let mut eve = plaza.dials().await;
            let bytes: Vec<u8> = (0..200)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            eve.say_bytes(&bytes).await;
        }
        ada.says(plaza.town.team.general, "unmoved").await;
        assert_eq!(ada.hears().await, "unmoved");
    }

    async fn faces_and_typing_reach_who_looks(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (general, owner) = (plaza.town.team.general, plaza.town.team.owner);
        let person = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(owner).await;
        ada.phone.say(&json!({ "look": { "channels": [general], "people": [person.account()] } })).await;
        let faces = ada.phone.hears("faces").await;
        assert_eq!(faces["people"], json!([[person.account(), "off"]]));
        assert!(faces["position"].is_u64());
        let mut bob = plaza.enters(person).await;
        assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "here"]]));
        bob.phone.say(&json!({ "typing": { "channel": general } })).await;
        assert_eq!(ada.phone.hears("faces").await["typing"], json!([[general, 0, person.account()]]));
        bob.phone.say(&json!({ "look": { "idle": true } })).await;
        assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "away"]]));
        drop(bob);
        assert_eq!(ada.phone.hears("faces").await["people"], json!([[person.account(), "off"]]));
    }

    async fn who_looks_at_a_public_channel_hears_it_without_a_seat(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let plans = team.opens(node, "plans").await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        let mut bob = plaza.enters(bob).await;
        ada.says(plans, "before").await;
        bob.phone.say(&json!({ "look": { "channels": [plans, "C0000000000000000000000000"] } })).await;
        let from = bob.phone.hears("faces").await["position"].as_u64().expect("a position");
        ada.says(plans, "looked at").await;
        let mut event = bob.phone.event("message.sent").await;
        if event["image"]["message"]["text"] == "before" {
            // On its way to this gateway still, as it was looked at from.
            assert!(event["position"].as_u64() > Some(from), "{event}");
            event = bob.phone.event("message.sent").await;
        }
        assert_eq!(event["image"]["message"]["text"], "looked at");
        let change = service::ChannelChange { private: true, ..service::ChannelChange::default() };
        node.service.change_channel(team.owner.by, node.new_key(), plans, change).await.expect("closed");
        bob.phone.event("channel.hidden").await;
        ada.says(plans, "hidden").await;
        assert!(bob.phone.until_now().await.is_empty());
    }
}
