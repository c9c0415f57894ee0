//! The end of a schedule: the weather clears, everyone comes back, and what each device holds is held against a fresh look.

use std::collections::BTreeMap;

use domain::AccountId;
use serde_json::Value;

use crate::device::{Device, Own, Place};
use crate::ether::Weather;
use crate::stage::{APIS, GATEWAYS, Stage};
use testkit::client::{State, look, parting};
use testkit::town::Town;

/// Rounds of waiting until everyone is level; each is a fifth of a second.
const ROUNDS_MAX: usize = 60;

impl Stage {
    pub async fn settles(&mut self) {
        self.ground.ether.is(Weather::Calm);
        for place in 0..APIS + GATEWAYS {
            self.seat(place).process.iter().for_each(|process| process.faults.clear());
        }
        self.devices.iter_mut().for_each(|device| device.reads = true);
        for at in 0..self.errands.len() {
            if self.errands[at].task.is_none() {
                self.sends_errand(at);
            }
        }
        self.comes_to_rest().await;
        if self.devices.iter().any(|device| device.over) {
            // Whoever was sent away may have been let in since.
            self.comes_to_rest().await;
        }
        // Whoever would be told something twice is told it now.
        self.passes(10, 20).await;
        for at in 0..self.devices.len() {
            self.opens_what_came(at).await;
        }
        self.judges().await;
    }

    async fn comes_to_rest(&mut self) {
        self.devices.iter_mut().for_each(|device| device.over = false);
        for _ in 0..ROUNDS_MAX {
            self.passes(10, 20).await;
            if self.is_settled().await {
                return;
            }
            self.devices.iter_mut().filter(|device| device.level).for_each(Device::pings);
        }
    }

    /// Everybody knows everything, as far as they can say.
    async fn is_settled(&mut self) -> bool {
        self.learns().await;
        let heads = [self.truths[0].head(), self.truths[1].head()];
        let versions = [self.versions(0).await, self.versions(1).await];
        let level = |(device, team): (&Device, &usize)| {
            let version = versions[*team].get(&device.person.account());
            let knows = |place: Place| place.position == heads[*team] && Some(&place.private) == version;
            device.over || (device.level && device.place.is_some_and(knows) && device.asked.is_empty())
        };
        self.errands.is_empty() && self.devices.iter().zip(&self.places).all(level)
    }

    /// Of everyone's private rows.
    async fn versions(&self, team: usize) -> BTreeMap<AccountId, u64> {
        let (service, workspace) = (&self.towns[team].node.service, self.towns[team].team.workspace);
        let versions = service.private_versions(workspace, &self.people[team]).await;
        versions.expect("they read").into_iter().collect()
    }

    async fn judges(&mut self) {
        let mut fresh: BTreeMap<(usize, String), (State, Own)> = BTreeMap::new();
        for at in 0..self.devices.len() {
            let (device, team) = (&mut self.devices[at], self.places[at]);
            let key = (team, device.state.me.clone());
            if !fresh.contains_key(&key) {
                let town = &self.towns[team];
                let now = look::look(town, &device.token, &device.state.me).await;
                fresh.insert(key.clone(), (now, own(town, &device.token).await));
            }
            let (now, mine) = &fresh[&key];
            if let Some(parting) = device.parts_from(mine) {
                self.tally.wrong(|wrongs| &mut wrongs.diverged, format!("device {at}, its own {parting}"));
                continue;
            }
            let narrow =
                device.is_narrow() || now.people.get(&now.me).is_some_and(|me| me["role"] == "guest");
            let (mut told, mut now) = (device.state.clone(), now.clone());
            if narrow {
                // A guest is told of whom they look at, and here they look at few.
                told.people.retain(|id, _| *id == now.me);
                now.people.retain(|id, _| *id == now.me);
            }
            if let Some(parting) = parting(&told, &now, narrow) {
                let (head, place) = (self.truths[team].head(), device.place);
                let state = format!("level {}, over {}, at {place:?} of {head}", device.level, device.over);
                let words = format!("device {at} ({state}), {parting}");
                self.tally.wrong(|wrongs| &mut wrongs.diverged, words);
            } else if !device.over && !device.asked.is_empty() {
                let words = format!("device {at} was never answered: {:?}", device.asked);
                self.tally.wrong(|wrongs| &mut wrongs.diverged, words);
            }
        }
        let journal = self.ledger.judge(self.ground.engine.as_ref()).await;
        self.tally.wrongs.of_the_journal(journal);
    }
}

/// What is somebody's own, read anew: nothing, for who may not enter.
async fn own(town: &Town, token: &str) -> Own {
    let [kept, changed] = ["/me", "/changed"].map(|path| town.path(path));
    let (kept, changed) = (town.get(token, &kept).await.body, town.get(token, &changed).await.body);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let kept = list(&kept["items"]).into_iter();
    let kept = kept.map(|row| ((word(&row, "kind"), word(&row, "subject")), row["value"].clone()));
    let marks = list(&changed["channels"]).into_iter();
    let marks = marks.map(|told| (("read".to_owned(), word(&told, "channel")), told["read"].clone()));
    kept.chain(marks).collect()
}
