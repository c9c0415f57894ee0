//! The world of one schedule, and how its time goes by.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::{AccountId, By, ChannelId, Key, Stamp};
use live::Hall;
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use store::clock::Clock;
use store::{Done, NotDone};
use tokio::task::JoinHandle;

use crate::Mistake;
use crate::deed::Deed;
use crate::device::Device;
use crate::ether::Ether;
use crate::node::{Ground, Process};
use crate::scene::{self, Scene};
use crate::tally::Tally;
use crate::truth::Truth;
use testkit::clock::FakeClock;
use testkit::fault::Faulty;
use testkit::ledger::Ledger;
use testkit::node::Node;
use testkit::team::Person;
use testkit::town::Town;

pub(crate) const APIS: usize = 2;
pub(crate) const GATEWAYS: usize = 2;

/// A place for a process, which may be dead.
pub(crate) struct Seat {
    pub process: Option<Process>,
    pub back_at: u64,
}

/// Asked of an API node.
pub(crate) struct Errand {
    pub by: By,
    pub key: Key,
    pub deed: Deed,
    /// Of a message: what the ledger knows it by.
    pub text: Option<String>,
    /// Where it was asked last; nothing runs where there is no task.
    pub node: usize,
    pub task: Option<JoinHandle<()>>,
}

pub(crate) type Outcomes = Arc<Mutex<Vec<(Key, Result<Done, NotDone>)>>>;

pub(crate) struct Stage {
    pub chance: StdRng,
    pub ground: Ground,
    pub mistake: Option<Mistake>,
    pub apis: Vec<Seat>,
    pub gateways: Vec<Seat>,
    /// Drained, and not at their end.
    pub leaving: Vec<Process>,
    /// What HTTP answers in each of the two workspaces; behind a balancer, so it never dies.
    pub towns: [Town; 2],
    pub devices: Vec<Device>,
    /// Of each device: in which of the two workspaces.
    pub places: Vec<usize>,
    pub truths: [Truth; 2],
    pub people: [Vec<AccountId>; 2],
    pub channels: [Vec<ChannelId>; 2],
    /// Those that were there before.
    pub old: [Vec<ChannelId>; 2],
    pub ledger: Ledger,
    pub errands: Vec<Errand>,
    pub outcomes: Outcomes,
    /// Whose rights are being changed: one such change at a time.
    pub changing: BTreeSet<(usize, AccountId)>,
    /// Milliseconds since it began.
    pub now: u64,
    pub turn: u64,
    pub tally: Tally,
}

impl Stage {
    pub async fn open(seed: u64, scene: &Scene, folder: &Path, mistake: Option<Mistake>) -> Self {
        let clock = FakeClock::default();
        clock.set(scene.begins.plus(Stamp::SECOND));
        let engine = scene::open(&scene.copied_to(folder), &clock);
        let ether = Arc::new(Ether::new(seed, mistake == Some(Mistake::EverythingForEveryone)));
        let ground = Ground {
            engine,
            clock,
            ether,
            hall: Arc::new(Hall::default()),
            seed,
            repairs: Arc::default(),
            deaf: mistake == Some(Mistake::NobodyLooks),
        };
        let mut towns = Vec::new();
        for team in scene.teams {
            let engine = Faulty::over(Arc::clone(&ground.engine));
            towns.push(Town::behind(Node::start(engine, ground.clock.clone()).await, team));
        }
        let (mut apis, mut gateways) = (Vec::new(), Vec::new());
        for _ in 0..APIS {
            apis.push(Seat { process: Some(Process::api(&ground).await), back_at: 0 });
        }
        for _ in 0..GATEWAYS {
            gateways.push(Seat { process: Some(Process::gateway(&ground).await), back_at: 0 });
        }
        let owners = scene.owners.iter();
        let (places, devices) =
            owners.map(|(team, who, token)| (*team, Device::of(*who, token.clone()))).unzip();
        Self {
            chance: StdRng::seed_from_u64(seed),
            ground,
            mistake,
            apis,
            gateways,
            leaving: Vec::new(),
            towns: towns.try_into().unwrap_or_else(|_| unreachable!("two teams")),
            devices,
            places,
            truths: scene.teams.map(|team| Truth::of(team.owner.account())),
            people: scene.people.clone().map(|people| people.iter().map(Person::account).collect()),
            channels: scene.channels.clone(),
            old: scene.channels.clone(),
            ledger: Ledger::default(),
            errands: Vec::new(),
            outcomes: Outcomes::default(),
            changing: BTreeSet::new(),
            now: 0,
            turn: 0,
            tally: Tally { schedules: 1, ..Tally::default() },
        }
    }

    pub fn key(&mut self) -> Key {
        Key::new(self.ground.clock.now(), self.chance.random())
    }

    /// Time goes on, a step after the other: everyone does what they can do, then the clocks move.
    pub async fn passes(&mut self, steps: usize, millis: u64) {
        for _ in 0..steps {
            self.turns();
            // The clock that stands still goes on when nobody has anything to do before it.
            tokio::time::sleep(Duration::from_millis(millis)).await;
            self.ground.clock.advance(millis as i64 * 1_000);
            self.now += millis;
            self.turns();
            self.replaces_the_dead().await;
            self.connects();
            self.hears().await;
            if self.collects() {
                self.learns().await;
            }
            self.asks_again();
        }
    }

    fn turns(&mut self) {
        for seat in &mut self.gateways {
            if let Some(process) = &mut seat.process {
                process.turn();
            }
        }
    }

    /// Whoever met their end is taken away; who was taken away comes back as another.
    async fn replaces_the_dead(&mut self) {
        // Backwards, so that the rest keeps its place.
        for at in (0..self.leaving.len()).rev() {
            if !self.leaving[at].turn() {
                let ended = self.leaving.remove(at);
                ended.dies(&self.ground.ether).await;
            }
        }
        for at in 0..APIS + GATEWAYS {
            let is_over = self.seat(at).process.as_ref().is_some_and(Process::met_its_end);
            if is_over {
                self.kills(at).await;
            }
            let now = self.now;
            let seat = self.seat(at);
            if seat.process.is_none() && seat.back_at <= now {
                let ground = self.ground.clone();
                let fresh = match at < APIS {
                    true => Process::api(&ground).await,
                    false => Process::gateway(&ground).await,
                };
                self.seat(at).process = Some(fresh);
            }
        }
    }

    /// API nodes first, then gateways.
    pub fn seat(&mut self, at: usize) -> &mut Seat {
        match at.checked_sub(APIS) {
            None => &mut self.apis[at],
            Some(number) => &mut self.gateways[number],
        }
    }

    pub async fn kills(&mut self, at: usize) {
        let back_at = self.now + self.chance.random_range(1..60);
        let seat = self.seat(at);
        seat.back_at = back_at;
        let Some(process) = seat.process.take() else { return };
        self.tally.store_faults += process.faults.happened().len();
        match at < APIS {
            true => self.tally.apis_killed += 1,
            false => self.tally.gateways_killed += 1,
        }
        process.dies(&self.ground.ether).await;
        // Whoever asked it hears nothing any more.
        for errand in self.errands.iter_mut().filter(|errand| errand.node == at) {
            errand.task.take().iter().for_each(JoinHandle::abort);
        }
    }

    /// Told to go: its place is another's at once.
    pub async fn drains(&mut self, number: usize) {
        let Some(process) = self.gateways[number].process.take() else { return };
        process.drain();
        self.tally.store_faults += process.faults.happened().len();
        self.leaving.push(process);
        self.tally.drained += 1;
        self.gateways[number].process = Some(Process::gateway(&self.ground).await);
    }

    /// Whoever has no line and may have one, at any gateway there is.
    fn connects(&mut self) {
        for at in 0..self.devices.len() {
            let device = &self.devices[at];
            if device.is_connected() || device.over || device.back_at > self.now {
                continue;
            }
            let alive: Vec<usize> =
                (0..GATEWAYS).filter(|number| self.gateways[*number].process.is_some()).collect();
            let Some(number) = alive.choose(&mut self.chance).copied() else { continue };
            let by_ticket = self.chance.random_bool(0.5);
            let dialled = self.gateways[number].process.as_mut().and_then(Process::dial);
            let device = &mut self.devices[at];
            if device.place.is_none() {
                device.forgets();
            }
            if self.mistake == Some(Mistake::OldPlace)
                && let Some(place) = &mut device.place
            {
                place.position = place.position.saturating_sub(1).max(1);
            }
            match dialled {
                Some(line) => device.connects(line, number, by_ticket),
                None => device.back_at = self.now + 1,
            }
        }
    }

    /// Rows are read as they are, so what changes somebody's rights is looked at before the next such change.
    pub async fn learns(&mut self) {
        for (truth, town) in self.truths.iter_mut().zip(&self.towns) {
            truth.reads_on(&town.node.service, town.team.workspace).await;
        }
    }

    /// What API nodes answered; whether any did.
    fn collects(&mut self) -> bool {
        let outcomes = std::mem::take(&mut *self.outcomes.lock());
        let any = !outcomes.is_empty();
        for (key, outcome) in outcomes {
            let Some(at) = self.errands.iter().position(|errand| errand.key == key) else { continue };
            let text = self.errands[at].text.clone();
            self.tally.traces(u64::from(outcome.is_ok()));
            if let Some(text) = text {
                self.ledger.hears(&text, &outcome);
            }
            match &outcome {
                Ok(done) => {
                    self.tally.acknowledged += 1;
                    self.learns_of_a_channel(at, done);
                }
                Err(NotDone::Refused(_)) => self.tally.refused += 1,
                Err(_) => {
                    self.errands[at].task = None;
                    continue;
                }
            }
            let errand = self.errands.remove(at);
            if let Some(whom) = errand.deed.raises_or_lowers() {
                self.changing.remove(&(self.team_of(errand.by), whom));
            }
        }
        any
    }

    /// Whoever got no answer asks again, under the same key.
    fn asks_again(&mut self) {
        for at in 0..self.errands.len() {
            if self.errands[at].task.is_none() && self.chance.random_bool(0.05) {
                self.tally.retried += 1;
                self.sends_errand(at);
            }
        }
    }

    fn learns_of_a_channel(&mut self, errand: usize, done: &Done) {
        let Errand { by, deed: Deed::Open { .. }, .. } = &self.errands[errand] else { return };
        let team = self.team_of(*by);
        let made: Option<ChannelId> =
            done.reply.read::<serde_json::Value>().and_then(|reply| reply["id"].as_str()?.parse().ok());
        self.channels[team].extend(made);
    }

    pub fn team_of(&self, by: By) -> usize {
        usize::from(by.workspace != self.towns[0].team.workspace)
    }

    /// Asks an API node that lives; where none does, later.
    pub fn sends_errand(&mut self, at: usize) {
        let alive: Vec<usize> = (0..APIS).filter(|at| self.apis[*at].process.is_some()).collect();
        let Some(node) = alive.choose(&mut self.chance) else { return };
        let Some(process) = &self.apis[*node].process else { return };
        let (service, outcomes) = (process.node.service.clone(), Arc::clone(&self.outcomes));
        let Errand { by, key, deed, task, node: asked, .. } = &mut self.errands[at];
        let (by, key, deed) = (*by, *key, deed.clone());
        *asked = *node;
        *task = Some(tokio::spawn(async move {
            let outcome = deed.done_by(service, by, key).await;
            outcomes.lock().push((key, outcome));
        }));
    }

    pub async fn close(self) -> Tally {
        let Self { apis, gateways, leaving, towns, mut tally, ground, errands, .. } = self;
        for errand in errands {
            errand.task.iter().for_each(JoinHandle::abort);
        }
        for process in apis.into_iter().chain(gateways).filter_map(|seat| seat.process).chain(leaving) {
            tally.store_faults += process.faults.happened().len();
            process.dies(&ground.ether).await;
        }
        for town in towns {
            town.node.die().await;
        }
        tally.mishaps = ground.ether.mishaps();
        tally.repairs = ground.repairs.load(Ordering::Relaxed);
        tally
    }
}
