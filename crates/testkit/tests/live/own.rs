//! What is somebody's own reaches all their devices, whatever becomes of it on its way.

use std::sync::Arc;
use std::time::Duration;

use gateway::Limits;
use serde_json::{Value, json};
use service::Address;
use testkit::bus::{Mood, MoodyBus};
use testkit::{Ground, Plaza, at_every_door};

/// What a device was told of its own when it came in.
fn own(opening: &[Value]) -> &Value {
    opening.iter().find_map(|frame| frame.get("private")).expect("it is told")
}

at_every_door! {
    async fn a_star_that_was_lost_on_its_way_comes_with_the_next_heartbeat(ground: Ground) {
        let bus = Arc::new(MoodyBus::default());
        let limits = Limits { heartbeat: Duration::from_secs(1), ..Limits::default() };
        let plaza = Plaza::with(&ground, limits, Arc::clone(&bus) as Arc<dyn live::Bus>).await;
        let (general, bob) = (plaza.town.team.general, plaza.town.welcomes("Bob").await);
        let (mut here, mut there) = (plaza.enters(bob).await, plaza.enters(bob).await);
        let star = json!({ "kind": "star", "subject": general, "value": true });
        bus.is(Mood::Silent);
        here.does("put", star.clone()).await;
        for device in [&mut here, &mut there] {
            let told = device.phone.hears("private").await;
            assert_eq!(told["items"][0]["subject"], star["subject"], "and nothing else happened");
            assert_eq!((&told["version"], &told["items"][0]["value"]), (&json!(1), &json!(true)));
        }
        here.does("remove", json!({ "kind": "star", "subject": general })).await;
        for device in [&mut here, &mut there] {
            assert_eq!(device.phone.hears("private").await["items"][0]["value"], Value::Null);
        }
    }

    async fn what_a_lost_commit_did_for_one_alone_comes_soon_after_its_events(ground: Ground) {
        let bus = Arc::new(MoodyBus::default());
        let plaza = Plaza::with(&ground, Limits::default(), Arc::clone(&bus) as Arc<dyn live::Bus>).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        ada.says(team.general, "a root").await;
        let mut device = plaza.enters(bob).await;
        bus.is(Mood::Silent);
        let root = Address { channel: team.general, thread: 0, number: 1 };
        team.owner.replies(node, root, &format!("come here, {}", bob.mention())).await.expect("said");
        bus.is(Mood::Well);
        ada.says(team.general, "and on").await;
        while device.hears().await != "and on" {}
        // Long before a heartbeat.
        let told = device.phone.hears("private").await;
        let follow = json!({ "kind": "follow", "subject": format!("{}.1", team.general), "value": {}, "version": 1 });
        assert_eq!(told["items"][0], follow);
    }

    async fn what_was_read_and_followed_while_a_device_was_away_is_so_on_it_too(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (general, bob) = (plaza.town.team.general, plaza.town.welcomes("Bob").await);
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        for text in ["one", "two", "three"] {
            ada.says(general, text).await;
        }
        let away = plaza.enters(bob).await;
        let (token, place) = (away.token.clone(), away.place());
        drop(away);
        let mut here = plaza.enters(bob).await;
        here.phone.say(&json!({ "mark": { "channel": general, "number": 2 } })).await;
        assert_eq!(here.phone.hears("private").await["items"][0]["value"], 2);
        here.does("follow", json!({ "channel": general, "number": 1 })).await;
        here.phone.hears("private").await;
        let back = plaza.enters_with(&token, place).await;
        let subject = format!("{general}.1");
        let expected = json!({ "version": 2, "items": [
            { "kind": "read", "subject": general, "value": 2, "version": 1 },
            { "kind": "follow", "subject": subject, "value": {}, "version": 2 },
            { "kind": "read", "subject": subject, "value": 0, "version": 2 },
        ] });
        assert_eq!(*own(&back.opening), expected);
        let again = plaza.enters_with(&token, back.place()).await;
        assert_eq!(*own(&again.opening), json!({ "version": 2, "items": [] }), "and is told once");
        here.does("unfollow", json!({ "channel": general, "number": 1 })).await;
        here.phone.hears("private").await;
        let last = plaza.enters_with(&token, again.place()).await;
        let left = json!({ "kind": "follow", "subject": subject, "value": null, "version": 3 });
        assert_eq!(own(&last.opening)["items"], json!([left]));
    }
}
