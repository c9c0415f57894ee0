//! What happens in a schedule, drawn by its seed, one thing after another while all else goes on.

use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;

use crate::deed::{self, Cast, Deed};
use crate::ether::Weather;
use crate::stage::{APIS, Errand, GATEWAYS, Stage};
use testkit::fault::Fault;

const STEPS: usize = 60;
/// Everyone comes in before anything happens.
const BEGIN_MS: usize = 6;
/// Long enough for a hole to be filled, and for heads to be asked.
const PAUSES_MS: [u64; 3] = [60, 300, 2_200];

impl Stage {
    pub async fn plays(&mut self) {
        self.passes(BEGIN_MS, 1).await;
        for number in 0..STEPS {
            self.happens(number).await;
            let steps = self.chance.random_range(0..4);
            self.passes(steps, 1).await;
        }
    }

    async fn happens(&mut self, number: usize) {
        let at = self.chance.random_range(0..self.devices.len());
        match self.chance.random_range(0..100) {
            0..26 => self.says(at, number),
            26..40 => self.acts(at, number),
            40..58 => self.decides(at, number),
            58..66 => self.sends(at, number),
            66..72 => self.hangs_up(at),
            72..78 => self.looks_away(at),
            78..83 => self.looks(at),
            83..87 => {
                let place = self.chance.random_range(0..APIS + GATEWAYS);
                self.kills(place).await;
            }
            87..89 => {
                let number = self.chance.random_range(0..GATEWAYS);
                self.drains(number).await;
            }
            89..92 => self.plans_a_fault(),
            92..96 => {
                let weathers = [Weather::Rough, Weather::Rough, Weather::Calm, Weather::Silent];
                self.ground.ether.is(*weathers.choose(&mut self.chance).expect("a weather"));
            }
            _ => {
                let pause = *PAUSES_MS.choose(&mut self.chance).expect("a pause");
                self.passes((pause / 20) as usize, 20).await;
            }
        }
    }

    /// A message over the socket; also where there is none just now: then it waits to be sent.
    fn says(&mut self, at: usize, number: usize) {
        let team = self.places[at];
        let channel = *self.channels[team].choose(&mut self.chance).expect("a channel");
        let key = self.key();
        let device = &self.devices[at];
        if device.over {
            return;
        }
        let long = if self.chance.random_bool(0.2) { "x".repeat(1_500) } else { String::new() };
        let text = format!("{number} by device {at} {long}");
        let thread = if self.chance.random_bool(0.15) { self.chance.random_range(1..5) } else { 0 };
        self.ledger.tries(&text, key, device.person.by.workspace, channel);
        let body = json!({ "key": key.to_string(), "channel": channel, "thread": thread, "text": text });
        self.ask(at, key.to_string(), json!({ "send": body }), Some(text));
    }

    fn acts(&mut self, at: usize, number: usize) {
        if self.devices[at].over {
            return;
        }
        let (team, key) = (self.places[at], self.key().to_string());
        let (people, channels, old) = (&self.people[team], &self.channels[team], &self.old[team]);
        let cast = Cast { people, channels, old };
        let frame = deed::frame(&cast, &key, &format!("{number} by device {at}"), &mut self.chance);
        self.ask(at, key, frame, None);
    }

    fn ask(&mut self, at: usize, key: String, frame: serde_json::Value, text: Option<String>) {
        self.tally.commands += 1;
        self.turn += 1;
        self.devices[at].asks(key, frame, text, self.turn);
    }

    /// Something about who sits where and who is who, asked of an API node.
    fn decides(&mut self, at: usize, number: usize) {
        let (team, by) = (self.places[at], self.devices[at].person.by);
        // Mostly whoever may do it.
        let by = if self.chance.random_bool(0.6) { self.towns[team].team.owner.by } else { by };
        let (people, channels, old) = (&self.people[team], &self.channels[team], &self.old[team]);
        let cast = Cast { people, channels, old };
        let deed = Deed::any(&cast, by, &format!("said-{number}"), &mut self.chance);
        if let Some(whom) = deed.raises_or_lowers()
            && !self.changing.insert((team, whom))
        {
            return;
        }
        self.errand(by, deed, None);
    }

    fn sends(&mut self, at: usize, number: usize) {
        let (team, by) = (self.places[at], self.devices[at].person.by);
        let channel = *self.channels[team].choose(&mut self.chance).expect("a channel");
        let text = format!("{number} over http, as device {at}");
        self.errand(by, Deed::Send { channel, thread: 0, text: text.clone() }, Some(text));
    }

    fn errand(&mut self, by: domain::By, deed: Deed, text: Option<String>) {
        let key = self.key();
        if let (Some(text), Deed::Send { channel, .. }) = (&text, &deed) {
            self.ledger.tries(text, key, by.workspace, *channel);
        }
        self.tally.commands += 1;
        self.errands.push(Errand { by, key, deed, text, node: 0, task: None });
        self.sends_errand(self.errands.len() - 1);
    }

    fn hangs_up(&mut self, at: usize) {
        let away = *[0, 3, 40, 400].choose(&mut self.chance).expect("a while");
        let forgets = self.chance.random_bool(0.15);
        let device = &mut self.devices[at];
        if device.is_connected() {
            self.tally.hung_up += 1;
        }
        device.hangs_up();
        device.back_at = device.back_at.max(self.now + away);
        if forgets {
            device.forgets();
        }
    }

    fn looks_away(&mut self, at: usize) {
        let device = &mut self.devices[at];
        device.reads = !device.reads;
        self.tally.slow += usize::from(!device.reads);
    }

    fn looks(&mut self, at: usize) {
        let team = self.places[at];
        let channel = *self.channels[team].choose(&mut self.chance).expect("a channel");
        let whom = *self.people[team].choose(&mut self.chance).expect("somebody");
        let kind = self.chance.random_range(0..3);
        let upto: u64 = self.chance.random_range(1..6);
        let device = &mut self.devices[at];
        if !device.level {
            return;
        }
        match kind {
            0 => device.says(&json!({ "mark": { "channel": channel, "number": upto } })),
            1 => device.says(&json!({ "typing": { "channel": channel } })),
            _ => {
                self.truths[team].looked.insert((channel, device.person.account()));
                device.says(&json!({ "look": { "channels": [channel], "people": [whom] } }));
            }
        }
    }

    fn plans_a_fault(&mut self) {
        let place = self.chance.random_range(0..APIS + GATEWAYS);
        let fault = *Fault::ALL.choose(&mut self.chance).expect("a fault");
        let after = self.chance.random_range(0..2);
        if let Some(process) = &self.seat(place).process {
            process.faults.plan(after, fault);
        }
    }
}
