//! What reaches the devices, held against what the journal says, and what they make of it.

use serde_json::Value;

use crate::Mistake;
use crate::device::{Came, Place};
use crate::stage::Stage;
use testkit::client::{apply, look};
use testkit::ledger::Told;

/// Goodbye for good, until somebody lets them back in.
const SIGNED_OUT: u64 = 1;
const NOT_A_MEMBER: u64 = 2;
/// Nothing a device does here is a reason for these.
const OUR_FAULT: [u64; 4] = [6, 7, 8, 9];
/// Not done for now: under the same key again.
const LATER: [&str; 4] = ["busy", "read_only", "slow_down", "failed"];
const ASKS_AGAIN_AFTER: u64 = 200;

/// Who sits down or gets up reads from another place.
fn is_seat(kind: &str) -> bool {
    matches!(kind, "seat.joined" | "seat.left")
}

impl Stage {
    pub async fn hears(&mut self) {
        for at in 0..self.devices.len() {
            for came in self.devices[at].hears() {
                match came {
                    Came::Gone => {
                        let back_at = self.now + rand::Rng::random_range(&mut self.chance, 0..30);
                        let device = &mut self.devices[at];
                        device.back_at = device.back_at.max(back_at);
                    }
                    Came::Frame(frame) => self.heard(at, frame).await,
                }
            }
            if self.devices[at].ask_again_at.is_some_and(|due| due <= self.now) {
                self.devices[at].ask_again_at = None;
                self.tally.retried += self.devices[at].asks_again();
            }
        }
    }

    async fn heard(&mut self, at: usize, frame: Value) {
        let Some((kind, body)) = frame.as_object().and_then(|frame| frame.iter().next()) else { return };
        let position = body["position"].as_u64().unwrap_or(0);
        self.tally.traces((at as u64) << 56 | (kind.len() as u64) << 48 | position);
        match kind.as_str() {
            "welcome" => self.welcomed(at, body),
            "event" => self.told(at, body).await,
            "changed" => self.moved(at, body).await,
            "private" => self.kept(at, body),
            "at" => self.placed(at, body),
            "done" => self.done(at, body),
            "refused" => self.refused(at, body),
            "goodbye" => self.sent_away(at, body),
            _ => {}
        }
    }

    fn welcomed(&mut self, at: usize, body: &Value) {
        let device = &mut self.devices[at];
        device.epoch = body["epoch"].as_str().and_then(|epoch| epoch.parse().ok()).expect("an epoch");
        device.ticket = body["ticket"].as_str().map(str::to_owned);
        device.opening = true;
        for happened in body["done"].as_array().into_iter().flatten() {
            self.done(at, happened);
        }
        self.tally.retried += self.devices[at].asks_again();
    }

    async fn told(&mut self, at: usize, event: &Value) {
        self.tally.events += 1;
        let (team, position) = (self.places[at], event["position"].as_u64().unwrap_or(0));
        let Self { devices, truths, towns, tally, .. } = self;
        let (device, truth, town) = (&mut devices[at], &mut truths[team], &towns[team]);
        if truth.head() < position {
            truth.reads_on(&town.node.service, town.team.workspace).await;
        }
        if !truth.could_see(device.person.account(), event) {
            tally.wrong(|wrongs| &mut wrongs.leaked, format!("device {at} was told {event}"));
        }
        let before = device.place.map_or(0, |place| place.position);
        let words = || format!("device {at}, at {before}, was told {event}");
        if device.seen.contains(&position) {
            tally.wrong(|wrongs| &mut wrongs.doubled, words());
        } else if position <= before {
            tally.wrong(|wrongs| &mut wrongs.reordered, words());
        }
        device.seen.insert(position);
        let text = event["image"]["message"]["text"].as_str();
        let mine = event["kind"] == "message.sent" && event["actor"] == device.state.me.as_str();
        if mine && device.asked.values().any(|asked| asked.first_here && asked.text.as_deref() == text) {
            let words = format!("device {at} was told of what it was not answered: {event}");
            tally.wrong(|wrongs| &mut wrongs.reordered, words);
        }
        if let Some(place) = &mut device.place {
            place.position = place.position.max(position);
        }
        device.state = apply(std::mem::take(&mut device.state), event);
        device.is_narrow();
        let own = event["account"] == device.state.me.as_str();
        if own && event["kind"] == "member.left" {
            // What it held is gone, so it is nowhere any more, should it be let in again.
            device.place = None;
        }
        if own && event["kind"].as_str().is_some_and(is_seat) {
            device.unmarks(event["channel"].as_str().unwrap_or_default());
        }
        self.opens_what_came(at).await;
    }

    /// A channel that came by an event is opened.
    pub async fn opens_what_came(&mut self, at: usize) {
        let town = &self.towns[self.places[at]];
        let device = &mut self.devices[at];
        let partly = device.state.channels.iter().filter(|(_, held)| !held.whole);
        for id in partly.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            look::open(town, &device.token, &id, &mut device.state).await;
        }
    }

    async fn moved(&mut self, at: usize, changed: &Value) {
        let team = self.places[at];
        let Self { devices, truths, towns, tally, .. } = self;
        let (device, truth, town) = (&mut devices[at], &mut truths[team], &towns[team]);
        match (std::mem::take(&mut device.opening), device.resumes) {
            (true, true) => tally.by_changed += 1,
            (true, false) => tally.snapshots += 1,
            (false, _) => tally.fell_behind += 1,
        }
        truth.reads_on(&town.node.service, town.team.workspace).await;
        let position = changed["position"].as_u64().unwrap_or(0);
        for told in changed["channels"].as_array().into_iter().flatten() {
            let channel = told["channel"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            if truth.seat(channel, device.person.account(), position).is_none() {
                tally.wrong(
                    |wrongs| &mut wrongs.leaked,
                    format!("device {at} was told of {channel}: {changed}"),
                );
            }
        }
        let before = device.place.map_or(0, |place| place.position);
        if position < before {
            let words = format!("device {at}, at {before}, was brought back to {position}");
            tally.wrong(|wrongs| &mut wrongs.reordered, words);
        }
        for gone in changed["left"].as_array().into_iter().flatten() {
            device.unmarks(gone.as_str().unwrap_or_default());
        }
        for told in changed["channels"].as_array().into_iter().flatten() {
            device.marks(told["channel"].as_str().unwrap_or_default(), &told["read"]);
        }
        look::catch_up(town, &device.token, changed, &mut device.state).await;
        device.is_narrow();
        let private = device.place.map_or(0, |place| place.private);
        device.place = Some(Place { epoch: device.epoch, position, private });
    }

    /// Rows of its own, each the newest by its version.
    fn kept(&mut self, at: usize, body: &Value) {
        let device = &mut self.devices[at];
        let taken = body["items"].as_array().filter(|_| self.mistake != Some(Mistake::OwnPassesBy));
        for item in taken.into_iter().flatten() {
            let word = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let version = item["version"].as_u64().unwrap_or(0);
            let known = device.private.entry((word("kind"), word("subject"))).or_default();
            if known.1 <= version {
                *known = (item["value"].clone(), version);
            }
        }
        if let (Some(place), Some(version)) = (&mut device.place, body["version"].as_u64()) {
            place.private = place.private.max(version);
        }
    }

    fn placed(&mut self, at: usize, body: &Value) {
        let device = &mut self.devices[at];
        let position = body["position"].as_u64().unwrap_or(0);
        let private = body["private"].as_u64().unwrap_or(0);
        if std::mem::take(&mut device.opening) {
            self.tally.by_tail += 1;
        }
        (device.level, device.pinged) = (true, false);
        let place = device.place.get_or_insert(Place { epoch: device.epoch, position, private });
        (place.position, place.private) = (place.position.max(position), place.private.max(private));
        if let Some(ticket) = body["ticket"].as_str() {
            device.ticket = Some(ticket.to_owned());
        }
    }

    fn done(&mut self, at: usize, body: &Value) {
        let key = body["key"].as_str().unwrap_or_default();
        let Some(asked) = self.devices[at].asked.remove(key) else { return };
        self.tally.acknowledged += 1;
        if let (Some(text), Some(number)) = (asked.text, body["number"].as_u64()) {
            self.ledger.told(&text, Told::Sent(number));
        }
    }

    fn refused(&mut self, at: usize, body: &Value) {
        let key = body["key"].as_str().unwrap_or_default();
        if body["code"].as_str().is_some_and(|code| LATER.contains(&code)) {
            let device = &mut self.devices[at];
            device.ask_again_at = Some(self.now + ASKS_AGAIN_AFTER);
            // That was its answer. Where the outcome was not known, it may have happened, and is told whenever that comes.
            if let Some(asked) = device.asked.get_mut(key) {
                asked.first_here = false;
            }
            return;
        }
        let Some(asked) = self.devices[at].asked.remove(key) else { return };
        self.tally.refused += 1;
        // A refusal leaves no receipt: of what was said more than once, another may still be on its way, and be done.
        if let Some(text) = asked.text.filter(|_| asked.said == 1) {
            self.ledger.told(&text, Told::Refused);
        }
    }

    fn sent_away(&mut self, at: usize, body: &Value) {
        let code = body["code"].as_u64().unwrap_or(0);
        assert!(!OUR_FAULT.contains(&code), "device {at} did nothing wrong: {body}");
        let device = &mut self.devices[at];
        device.back_at = self.now + body["again"]["after_ms"].as_u64().unwrap_or(0);
        if [SIGNED_OUT, NOT_A_MEMBER].contains(&code) {
            device.over = true;
            device.forgets();
        }
    }
}
