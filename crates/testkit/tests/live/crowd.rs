//! Reactions where a crowd hears them: few images are told, the last of them is right, and a position claims none that was not.

use std::sync::Arc;
use std::time::Duration;

use gateway::Limits;
use live::InProcess;
use serde_json::{Value, json};
use service::Address;
use testkit::{Device, Ground, Plaza, Team, at_every_door};

/// More than three are a crowd, and what waits is told by what comes after it alone.
const PATIENT: Duration = Duration::from_hours(1);

async fn plaza(ground: &Ground, crowd: usize, crowd_every: Duration) -> Plaza {
    let limits = Limits { crowd, crowd_every, ..Limits::default() };
    Plaza::with(ground, limits, Arc::new(InProcess::default())).await
}

/// Bob, Cleo, Dan and Eve; Ada, who owns it all, is at no socket. There is one message, and an image of it was told.
async fn four(plaza: &Plaza) -> [Device; 4] {
    let mut devices = Vec::new();
    for name in ["Bob", "Cleo", "Dan", "Eve"] {
        let person = plaza.town.welcomes(name).await;
        devices.push(plaza.enters(person).await);
    }
    // With the first not every core knows how many the others have.
    for (number, text) in [(1, "something else"), (2, "a message")] {
        says(plaza, text).await;
        reacts_to(plaza, Address { number, ..message(plaza) }, "👍", true).await;
        for device in &mut devices {
            device.phone.event("reaction.added").await;
        }
    }
    devices.try_into().unwrap_or_else(|_| panic!("four"))
}

fn message(plaza: &Plaza) -> Address {
    Address { channel: plaza.town.team.general, thread: 0, number: 2 }
}

/// Ada does, and this gateway knows; where that stands.
async fn reacts_to(plaza: &Plaza, message: Address, emoji: &str, on: bool) -> u64 {
    let (Team { owner, workspace, .. }, node) = (plaza.town.team, &plaza.town.node);
    let done = node.service.react(owner.by, node.new_key(), message, emoji, on).await.expect("reacted");
    plaza.has_heard(&done, workspace).await;
    done.position.0
}

async fn reacts(plaza: &Plaza, emoji: &str, on: bool) -> u64 {
    reacts_to(plaza, message(plaza), emoji, on).await
}

/// The first and the last position of so many, of which the last adds a horn.
async fn reacts_often(plaza: &Plaza, times: usize) -> (u64, u64) {
    let mut first = None;
    for time in 1..times {
        let position = reacts(plaza, "👍", time % 2 == 0).await;
        first.get_or_insert(position);
    }
    let last = reacts(plaza, "📯", true).await;
    (first.unwrap_or(last), last)
}

async fn says(plaza: &Plaza, text: &str) {
    let Team { owner, general, .. } = plaza.town.team;
    owner.says(&plaza.town.node, general, text).await.expect("said");
}

/// Every event up to a message, and what it is: kind and position.
pub async fn until(device: &mut Device, text: &str) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        let event = device.phone.hears("event").await;
        let is_last = event["image"]["message"]["text"] == text;
        events.push(event);
        if is_last {
            assert!(events.is_sorted_by_key(|event| event["position"].as_u64()), "{events:?}");
            return events;
        }
    }
}

pub fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().expect("a kind")).collect()
}

/// How often each emoji stands in an image.
fn shown(message: &Value) -> Value {
    let all = message["reactions"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| json!([one["emoji"], one["count"]])).collect()
}

/// No event; where it is it may be told at any time.
async fn hears_nothing(device: &mut Device) -> bool {
    device.phone.until_now().await.iter().all(|frame| frame.get("event").is_none())
}

async fn at(device: &mut Device) -> u64 {
    device.phone.say(&json!({ "ping": {} })).await;
    device.phone.hears("at").await["position"].as_u64().expect("a position")
}

at_every_door! {
    async fn of_a_hundred_reactions_a_crowd_is_told_the_last(ground: Ground) {
        let plaza = plaza(&ground, 3, PATIENT).await;
        let mut devices = four(&plaza).await;
        let (first, last) = reacts_often(&plaza, 100).await;
        for device in &mut devices {
            assert!(hears_nothing(device).await, "of it yet");
            assert!(at(device).await < first, "nor does it claim that");
        }
        says(&plaza, "the end").await;
        for device in &mut devices {
            let events = until(device, "the end").await;
            assert_eq!(kinds(&events), ["reaction.added", "message.sent"]);
            assert_eq!(events[0]["position"], last);
            assert_eq!(shown(&events[0]["image"]["message"]), json!([["📯", 1]]));
            assert!(hears_nothing(device).await);
        }
    }

    async fn what_waits_is_told_within_its_time_by_nothing_else(ground: Ground) {
        let plaza = plaza(&ground, 3, Duration::from_millis(30)).await;
        let mut devices = four(&plaza).await;
        let (_, last) = reacts_often(&plaza, 50).await;
        for device in &mut devices {
            let mut position = 0;
            while position < last {
                let event = device.phone.hears("event").await;
                assert!(event["position"].as_u64() > Some(position), "{event}");
                position = event["position"].as_u64().expect("a position");
                if position == last {
                    assert_eq!(shown(&event["image"]["message"]), json!([["📯", 1]]));
                }
            }
            while at(device).await < last {}
            assert!(hears_nothing(device).await, "twice");
        }
    }

    async fn four_where_five_are_a_crowd_are_told_each(ground: Ground) {
        let plaza = plaza(&ground, 4, PATIENT).await;
        let mut devices = four(&plaza).await;
        reacts_often(&plaza, 20).await;
        says(&plaza, "the end").await;
        for device in &mut devices {
            assert_eq!(until(device, "the end").await.len(), 21);
        }
    }

    async fn who_drops_off_meanwhile_is_brought_what_was_not_told(ground: Ground) {
        // Without Bob, too.
        let plaza = plaza(&ground, 2, PATIENT).await;
        let [mut bob, mut cleo, _dan, _eve] = four(&plaza).await;
        let (first, _) = reacts_often(&plaza, 6).await;
        let left = at(&mut bob).await;
        assert!(left < first);
        let (token, epoch) = (bob.token.clone(), bob.welcome["epoch"].clone());
        drop(bob);
        let place = json!({ "epoch": epoch, "position": left, "private": 0 });
        let last = reacts(&plaza, "🚀", true).await;
        let expected = json!([["📯", 1], ["🚀", 1]]);

        let mut bob = plaza.enters_with(&token, place.clone()).await;
        let missed: Vec<_> = bob.opening.iter().filter_map(|frame| frame.get("event")).collect();
        assert_eq!(missed.last().expect("events")["position"], last);
        assert_eq!(shown(&missed.last().expect("events")["image"]["message"]), expected);

        // Another gateway, which saw nothing of it.
        let other = plaza.another().await;
        let back = plaza.enters_at(other.address, &token, place).await;
        let changed = back.opening.iter().find_map(|frame| frame.get("changed")).expect("brought by the state");
        let general = plaza.town.team.general;
        assert!(changed["channels"].as_array().expect("a list").iter().any(|one| one["channel"] == json!(general)));
        let path = format!("/channels/{general}/messages?from=1&to=9&since={left}&epoch={}", epoch.as_str().expect("one"));
        let page = plaza.town.get(&token, &plaza.town.path(&path)).await.ok();
        assert_eq!(shown(&page["messages"][0]), expected);

        says(&plaza, "the end").await;
        assert_eq!(kinds(&until(&mut bob, "the end").await), ["message.sent"], "nothing twice");
        assert_eq!(kinds(&until(&mut cleo, "the end").await), ["reaction.added", "message.sent"]);
    }

    async fn who_leaves_meanwhile_hears_what_was_before_and_nothing_after(ground: Ground) {
        let plaza = plaza(&ground, 2, PATIENT).await;
        let (Team { owner, general, .. }, node) = (plaza.town.team, &plaza.town.node);
        let [mut bob, mut cleo, _dan, _eve] = four(&plaza).await;
        let account = serde_json::from_value(cleo.welcome["me"].clone()).expect("an id");
        let (_, before) = reacts_often(&plaza, 4).await;
        node.service.remove_from_channel(owner.by, node.new_key(), general, account).await.expect("removed");
        let events = [cleo.phone.hears("event").await, cleo.phone.hears("event").await];
        assert_eq!((kinds(&events), &events[0]["position"]), (vec!["reaction.added", "seat.left"], &json!(before)));
        reacts(&plaza, "🚀", true).await;
        reacts(&plaza, "🚀", false).await;
        node.service.add_to_channel(owner.by, node.new_key(), general, account).await.expect("added");
        reacts(&plaza, "🎈", true).await;
        let last = reacts(&plaza, "🎈", false).await;
        says(&plaza, "the end").await;
        let events = until(&mut cleo, "the end").await;
        assert_eq!(kinds(&events), ["seat.joined", "reaction.removed", "message.sent"], "{events:?}");
        assert_eq!(events[1]["position"], last);
        let all = ["reaction.added", "seat.left", "reaction.removed", "seat.joined", "reaction.removed", "message.sent"];
        assert_eq!(kinds(&until(&mut bob, "the end").await), all);
    }

    async fn who_reacts_hears_it_at_once_behind_its_answer(ground: Ground) {
        let plaza = plaza(&ground, 3, PATIENT).await;
        let [mut bob, mut cleo, _dan, _eve] = four(&plaza).await;
        let mut beside = plaza.enters_with(&bob.token, json!({})).await;
        reacts(&plaza, "🚀", true).await;
        let mut position = Value::Null;
        for emoji in ["🎈", "📯"] {
            let target = json!({ "channel": plaza.town.team.general, "number": 2, "emoji": emoji });
            position = bob.does("react", target).await["position"].clone();
            for device in [&mut bob, &mut beside] {
                let mut event = device.phone.event("reaction.added").await;
                while event["actor"] != device.welcome["me"] {
                    event = device.phone.event("reaction.added").await;
                }
                assert_eq!(event["body"], emoji);
            }
        }
        assert!(hears_nothing(&mut cleo).await);
        says(&plaza, "the end").await;
        let events = until(&mut cleo, "the end").await;
        assert_eq!((kinds(&events), &events[0]["position"]), (vec!["reaction.added", "message.sent"], &position));
        assert_eq!(kinds(&until(&mut bob, "the end").await), ["message.sent"]);
    }

    async fn what_waits_says_nothing_that_was_taken_back(ground: Ground) {
        let plaza = plaza(&ground, 3, PATIENT).await;
        let mut devices = four(&plaza).await;
        reacts_often(&plaza, 4).await;
        let (Team { owner, .. }, node) = (plaza.town.team, &plaza.town.node);
        node.service.delete(owner.by, node.new_key(), message(&plaza)).await.expect("deleted");
        says(&plaza, "the end").await;
        for device in &mut devices {
            let events = until(device, "the end").await;
            assert_eq!(kinds(&events), ["reaction.added", "message.deleted", "message.sent"]);
            assert!(!events[..2].iter().any(|event| event.to_string().contains("a message")), "{events:?}");
        }
    }

    async fn who_looks_elsewhere_is_told_first_what_waits(ground: Ground) {
        let plaza = plaza(&ground, 3, PATIENT).await;
        let (Team { general, .. }, node) = (plaza.town.team, &plaza.town.node);
        let _others = four(&plaza).await;
        let finn = plaza.town.welcomes("Finn").await;
        node.service.remove_from_channel(finn.by, node.new_key(), general, finn.account()).await.expect("left");
        let mut finn = plaza.enters(finn).await;
        finn.phone.say(&json!({ "look": { "channels": [general] } })).await;
        finn.phone.hears("faces").await;
        let (_, last) = reacts_often(&plaza, 4).await;
        // Until its core has heard it all: one looks around once a second.
        loop {
            finn.phone.say(&json!({ "look": { "channels": [general] } })).await;
            if finn.phone.hears("faces").await["position"].as_u64() >= Some(last) {
                break;
            }
        }
        let kept = finn.phone.kept();
        let told = kept.iter().filter_map(|frame| frame.get("event")).next_back().expect("what waited");
        assert_eq!(told["position"], last);
        assert_eq!(shown(&told["image"]["message"]), json!([["📯", 1]]));
    }
}
