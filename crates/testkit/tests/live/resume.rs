//! Coming back: from the tail or from the state, one ends up where one would be had one stayed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use service::Address;
use testkit::{Device, Ground, Person, Plaza, Team, at_every_door, team};

/// What a client holds of a workspace: rows by name, each the newest it was told of.
#[derive(Debug, Clone, PartialEq, Default)]
struct Held {
    messages: BTreeMap<String, Value>,
    channels: BTreeMap<String, Value>,
    people: BTreeMap<String, Value>,
    /// Where I sit.
    seats: BTreeSet<String>,
}

fn keep(rows: &mut BTreeMap<String, Value>, key: String, row: &Value) {
    let newer = |known: &Value| known["changed"].as_u64() < row["changed"].as_u64();
    if rows.get(&key).is_none_or(newer) {
        rows.insert(key, row.clone());
    }
}

/// Without what only an answer of a read has.
fn plain(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(members) = message.as_object_mut() {
        members.remove("reply");
        for reaction in members.get_mut("reactions").and_then(Value::as_array_mut).into_iter().flatten() {
            reaction.as_object_mut().expect("a reaction").remove("mine");
        }
    }
    message
}

fn key_of(message: &Value) -> String {
    format!("{}/{}/{}", message["channel"], message["thread"], message["number"])
}

impl Held {
    fn message(&mut self, message: &Value) {
        keep(&mut self.messages, key_of(message), &plain(message));
    }

    fn drop_channel(&mut self, channel: &str) {
        self.channels.remove(channel);
        self.seats.remove(channel);
        self.messages.retain(|_, message| message["channel"] != channel);
    }

    fn apply(&mut self, event: &Value, me: &Value) {
        let (kind, image) = (event["kind"].as_str().expect("a kind"), &event["image"]);
        let channel = event["channel"].as_str();
        match (kind, channel) {
            ("seat.left", Some(channel)) if event["account"] == *me => return self.drop_channel(channel),
            ("channel.hidden", Some(channel)) if !self.seats.contains(channel) => {
                return self.drop_channel(channel);
            }
            ("seat.joined", Some(channel)) if event["account"] == *me => {
                self.seats.insert(channel.to_owned());
                keep(&mut self.channels, channel.to_owned(), &image["channel"]);
            }
            ("seat.left", Some(channel)) => {
                let left = &image["channel"];
                if let Some(known) = self.channels.get_mut(channel)
                    && known["changed"].as_u64() < left["changed"].as_u64()
                {
                    known["members"] = left["members"].clone();
                    known["changed"] = left["changed"].clone();
                }
            }
            (_, Some(channel)) if image["channel"].is_object() => {
                keep(&mut self.channels, channel.to_owned(), &image["channel"]);
            }
            _ => {}
        }
        for name in ["message", "row"] {
            if image[name].is_object() {
                self.message(&image[name]);
            }
        }
        if let (Some(root), Some(channel)) = (image["root"].as_object(), channel) {
            let key = key_of(&json!({ "channel": channel, "thread": 0, "number": root["number"] }));
            if let Some(known) = self.messages.get_mut(&key)
                && known["changed"].as_u64() < root["changed"].as_u64()
            {
                known["replies"] = root.get("replies").cloned().unwrap_or(Value::Null);
                known["changed"] = root["changed"].clone();
            }
        }
        if let Some(account) = image["member"]["account"].as_str() {
            keep(&mut self.people, account.to_owned(), &image["member"]);
        }
    }

    /// What the first load, or a later one, tells.
    fn load(&mut self, changed: &Value) {
        for gone in changed["left"].as_array().expect("a list") {
            self.drop_channel(gone.as_str().expect("an id"));
        }
        for moved in changed["channels"].as_array().expect("a list") {
            let channel = moved["channel"].as_str().expect("an id");
            self.seats.insert(channel.to_owned());
            if moved["image"].is_object() {
                keep(&mut self.channels, channel.to_owned(), &moved["image"]);
            }
        }
        for (account, person) in changed["people"].as_object().expect("people") {
            let mut person = person.clone();
            person["account"] = json!(account);
            keep(&mut self.people, account.clone(), &person);
        }
    }

    fn of(opening: &[Value]) -> Self {
        let mut held = Self::default();
        opening.iter().filter_map(|frame| frame.get("changed")).for_each(|changed| held.load(changed));
        held
    }

    fn hear(&mut self, frames: &[Value], me: &Value) {
        frames.iter().filter_map(|frame| frame.get("event")).for_each(|event| self.apply(event, me));
    }
}

async fn does_a_bit_of_everything(plaza: &Plaza, bob: Person) {
    let (Team { owner, general, .. }, node) = (plaza.town.team, &plaza.town.node);
    let at = |channel, thread, number| Address { channel, thread, number };
    let service = &node.service;
    for text in ["one", "two", "three"] {
        owner.says(node, general, text).await.expect("said");
    }
    let plans = plaza.town.team.opens(node, "plans").await;
    service.join(bob.by, node.new_key(), plans).await.expect("joined");
    let root = team::number(&owner.says(node, plans, "a root").await.expect("said"));
    owner.replies(node, at(plans, 0, root), "a reply").await.expect("replied");
    bob.replies(node, at(plans, 0, root), "another").await.expect("replied");
    service.edit(owner.by, node.new_key(), at(general, 0, 2), "two, better").await.expect("edited");
    service.react(bob.by, node.new_key(), at(general, 0, 1), "👍", true).await.expect("reacted");
    service.remove_from_channel(bob.by, node.new_key(), plans, bob.account()).await.expect("left");
    owner.says(node, plans, "while he is away").await.expect("said");
    service.join(bob.by, node.new_key(), plans).await.expect("joined again");
    owner.says(node, plans, "welcome back").await.expect("said");
    service.delete(owner.by, node.new_key(), at(general, 0, 3)).await.expect("deleted");
    service.pin(bob.by, node.new_key(), at(general, 0, 1), true).await.expect("pinned");
    let named = service::ChannelChange { name: Some("plots".into()), ..service::ChannelChange::default() };
    service.change_channel(owner.by, node.new_key(), plans, named).await.expect("renamed");
    let secret = plaza.town.team.opens(node, "secret").await;
    let closed = service::ChannelChange { private: true, ..service::ChannelChange::default() };
    service.change_channel(owner.by, node.new_key(), secret, closed).await.expect("closed");
    owner.says(node, secret, "not for bob").await.expect("said");
    plaza.town.welcomes("Cleo").await;
    service.remove_from_channel(bob.by, node.new_key(), plans, bob.account()).await.expect("left");
    owner.says(node, general, "the end").await.expect("said");
}

/// Every event a device heard since it was level, and where the last one stands.
async fn record(device: &mut Device) -> Vec<Value> {
    let mut frames = Vec::new();
    loop {
        let event = device.phone.hears("event").await;
        let is_last = event["image"]["message"]["text"] == "the end";
        frames.push(json!({ "event": event }));
        if is_last {
            return frames;
        }
    }
}

fn position(frame: &Value) -> u64 {
    frame["event"]["position"].as_u64().expect("an event")
}

at_every_door! {
    async fn resume_from_any_position_equals_never_having_left(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut stayed = plaza.enters(bob).await;
        does_a_bit_of_everything(&plaza, bob).await;
        let heard = record(&mut stayed).await;
        let (me, begin) = (stayed.welcome["me"].clone(), stayed.at["position"].as_u64().expect("a place"));
        let end = position(heard.last().expect("something was heard"));
        let mut whole = Held::of(&stayed.opening);
        whole.hear(&heard, &me);
        assert!(whole.messages.len() >= 4 && heard.len() > 15, "{}", heard.len());
        for left in begin..=end {
            let mut held = Held::of(&stayed.opening);
            let before: Vec<_> = heard.iter().filter(|frame| position(frame) <= left).cloned().collect();
            held.hear(&before, &me);
            let place = json!({ "epoch": stayed.welcome["epoch"], "position": left, "private": 0 });
            let back = plaza.enters_with(&stayed.token, place).await;
            assert!(back.opening.iter().all(|frame| frame.get("changed").is_none()), "the tail reaches back");
            let missed: Vec<_> = back.opening.iter().filter(|frame| frame.get("event").is_some()).collect();
            assert!(missed.is_sorted_by(|one, other| position(one) < position(other)));
            assert!(missed.iter().all(|frame| position(frame) > left), "nothing twice");
            held.hear(&back.opening, &me);
            assert_eq!(held, whole, "from {left}");
            assert_eq!(back.at["position"], json!(end));
        }
    }

    async fn who_was_away_longer_than_the_tail_is_brought_level_by_what_changed(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut stayed = plaza.enters(bob).await;
        does_a_bit_of_everything(&plaza, bob).await;
        let heard = record(&mut stayed).await;
        let (me, begin) = (stayed.welcome["me"].clone(), stayed.at["position"].as_u64().expect("a place"));
        let end = position(heard.last().expect("something was heard"));
        let mut whole = Held::of(&stayed.opening);
        whole.hear(&heard, &me);
        // Another gateway, which saw nothing of it.
        let other = plaza.another().await;
        for left in begin..end {
            let place = json!({ "epoch": stayed.welcome["epoch"], "position": left, "private": 0 });
            let back = plaza.enters_at(other.address, &stayed.token, place).await;
            let changed = back.opening.iter().find_map(|frame| frame.get("changed")).expect("brought by the state");
            assert_eq!(changed["position"], json!(end));
            let mut held = Held::of(&stayed.opening);
            let before: Vec<_> = heard.iter().filter(|frame| position(frame) <= left).cloned().collect();
            held.hear(&before, &me);
            held.load(changed);
            for moved in changed["channels"].as_array().expect("a list") {
                let channel = moved["channel"].as_str().expect("an id");
                let path = format!("/channels/{channel}/messages?from=1&to=200&since={left}&epoch={}",
                    stayed.welcome["epoch"].as_str().expect("an epoch"));
                let page = plaza.town.get(&stayed.token, &plaza.town.path(&path)).await.ok();
                page["messages"].as_array().expect("a list").iter().for_each(|message| held.message(message));
            }
            assert_eq!((&held.messages, &held.channels, &held.seats), (&whole.messages, &whole.channels, &whole.seats), "from {left}");
        }
    }

    async fn a_place_of_another_history_or_of_the_future_starts_from_the_state(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let ada = plaza.enters(plaza.town.team.owner).await;
        let (epoch, position) = (ada.welcome["epoch"].clone(), ada.at["position"].as_u64().expect("a place"));
        for place in [
            json!({ "epoch": epoch, "position": position + 1_000 }),
            json!({ "epoch": "7", "position": position }),
            json!({}),
        ] {
            let back = plaza.enters_with(&ada.token, place).await;
            let changed = back.opening.iter().find_map(|frame| frame.get("changed")).expect("from the state");
            assert_eq!(changed["channels"][0]["image"]["name"], "general", "all of it");
        }
    }

    async fn a_lost_acknowledgement_is_told_with_the_welcome(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let general = plaza.town.team.general;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let (sent, never) = (ada.key(), ada.key());
        ada.says_under(&sent, general, "was it heard?").await;
        ada.hears().await;
        let mut place = ada.place();
        place["waiting"] = json!([never, sent]);
        let token = ada.token.clone();
        drop(ada);
        let mut back = plaza.enters_with(&token, place).await;
        let done = back.welcome["done"].as_array().expect("a list");
        assert_eq!(done.len(), 1, "{done:?}");
        assert_eq!((&done[0]["key"], &done[0]["number"]), (&json!(sent), &json!(1)));
        back.says_under(&never, general, "now").await;
        assert_eq!(back.phone.hears("done").await["number"], 2);
    }
}
