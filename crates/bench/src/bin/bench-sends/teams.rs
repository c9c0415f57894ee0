//! The teams who write: workspaces with a few people and a few channels, and what each was told.

use std::sync::Arc;

use domain::text::{MessageText, Name};
use domain::verbs::{Admit, Found, Making, Send};
use domain::{AccountId, By, ChannelId, Command, Key, Role, WorkspaceId};
use load::counters::Counters;
use load::random::Random;
use load::run::Answer;
use load::zipf::{Picker, ZIPF_EXPONENT};
use serde::Deserialize;
use store::clock::{Clock, SystemClock};
use store::{NotDone, Order, Store};
use tokio::task::JoinSet;

use crate::ledger::{Ledger, REQUEST_DIGITS};
use crate::plan::Spread;
use crate::raw_sqlite::BODY_BYTES;
use crate::stored::Stored;
use load::trouble::Trouble;

const PEOPLE: usize = 4;
const CHANNELS: usize = 4;

struct Team {
    workspace: WorkspaceId,
    people: Vec<AccountId>,
    channels: Vec<ChannelId>,
    ledger: Ledger,
}

pub struct Teams {
    store: Store,
    all: Vec<Team>,
    picker: Picker,
    padding: String,
}

/// What a send is answered with.
#[derive(Deserialize)]
struct Sent {
    number: u64,
}

impl Teams {
    /// Founds them all, at once: the store gathers.
    pub async fn found(store: &Store, spread: Spread) -> Result<Arc<Self>, Trouble> {
        let mut founding = JoinSet::new();
        for number in 0..spread.workspaces {
            founding.spawn(Team::found(store.clone(), number));
        }
        let mut all = Vec::with_capacity(spread.workspaces);
        while let Some(founded) = founding.join_next().await {
            all.push(founded.map_err(Trouble::at("founding a team"))??);
        }
        let picker = if spread.zipf {
            Picker::zipf(spread.workspaces, ZIPF_EXPONENT)
        } else {
            Picker::uniform(spread.workspaces)
        };
        let padding = "x".repeat(BODY_BYTES - REQUEST_DIGITS);
        Ok(Arc::new(Self { store: store.clone(), all, picker, padding }))
    }

    /// One person says something somewhere; which, depends on the request's number alone.
    pub async fn send(&self, request: u64) -> Answer {
        let mut random = Random::seeded(request);
        let team = &self.all[self.picker.pick(&mut random)];
        let (channel, person) = (random.below(CHANNELS), random.below(PEOPLE));
        let text = format!("{request:0REQUEST_DIGITS$}{}", self.padding);
        let Ok(command) = MessageText::new(text).and_then(|text| Send::new(team.channels[channel], text))
        else {
            return Answer::Refused;
        };
        let order = team.order(person, random.number(), Box::new(command));
        let before = team.ledger.before();
        match self.store.execute(order).await {
            Ok(done) => {
                // An answer that cannot be read names number 0, which the check of the sums finds.
                let number = done.reply.read::<Sent>().map_or(0, |sent| sent.number);
                team.ledger.acknowledged(before, channel, request, number, done.position.0);
                Answer::Acknowledged
            }
            Err(NotDone::Unknown) => {
                team.ledger.unknown(channel);
                Answer::Unknown
            }
            Err(_) => Answer::Refused,
        }
    }

    /// Holds what the database has against what everyone was told.
    pub fn judge(&self, stored: &Stored) -> Counters {
        let mut counters = Counters::default();
        for team in &self.all {
            let channels: Vec<_> =
                team.channels.iter().map(|channel| stored.channel(channel.bytes())).collect();
            counters.merge(&team.ledger.judge(&stored.journal(team.workspace.bytes()), &channels));
        }
        counters
    }
}

impl Team {
    async fn found(store: Store, number: usize) -> Result<Self, Trouble> {
        let mut random = Random::seeded(number as u64);
        let mut fresh = || key(random.number());
        let people: Vec<AccountId> = (0..PEOPLE).map(|_| AccountId::new(fresh())).collect();
        let channels: Vec<ChannelId> = (0..CHANNELS).map(|_| ChannelId::new(fresh())).collect();
        let workspace = WorkspaceId::new(fresh());
        let team = Self { workspace, people, channels, ledger: Ledger::with_channels(CHANNELS) };
        let named =
            team.channels.iter().enumerate().map(|(place, id)| (*id, format!("channel {place}"))).collect();
        let making = Making {
            workspace,
            name: format!("team {number}"),
            owner: team.people[0],
            owner_name: "person 0".to_owned(),
            channels: named,
        };
        team.must(&store, 0, random.number(), Box::new(Found { making })).await?;
        for person in 1..PEOPLE {
            let name = Name::new(&format!("person {person}")).map_err(Trouble::at("naming a person"))?;
            let admit = Admit { name, role: Role::Member, channels: team.channels.clone() };
            team.must(&store, person, random.number(), Box::new(admit)).await?;
        }
        Ok(team)
    }

    fn order(&self, person: usize, chance: u64, command: Box<dyn Command>) -> Order {
        Order { by: By::new(self.workspace, self.people[person]), key: key(chance), command }
    }

    async fn must(
        &self,
        store: &Store,
        person: usize,
        chance: u64,
        command: Box<dyn Command>,
    ) -> Result<(), Trouble> {
        let name = command.name();
        store.execute(self.order(person, chance, command)).await.map(drop).map_err(Trouble::at(name))
    }
}

/// Made now, as a client would; `chance` is unique in a run.
fn key(chance: u64) -> Key {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&chance.to_be_bytes());
    Key::new(SystemClock.now(), random)
}
