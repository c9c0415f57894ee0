//! A bus that loses, doubles and turns around what is said on it: for each who listens by another throw of the dice.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Audience, Commit, WorkspaceId};
use futures_util::stream::BoxStream;
use live::{Bus, BusError, Heard, InProcess};
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weather {
    #[default]
    Calm,
    /// Each commit has its own fate at each ear.
    Rough,
    /// Nobody hears anything.
    Silent,
}

/// What became of commits on their way, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mishaps {
    pub lost: usize,
    pub doubled: usize,
    pub reordered: usize,
}

/// One place where the nodes of a fleet hear each other.
pub struct Ether(Mutex<Air>);

struct Air {
    chance: StdRng,
    weather: Weather,
    ears: BTreeMap<usize, Ear>,
    next: usize,
    mishaps: Mishaps,
    /// A mistake on purpose: everybody may hear everything.
    shouts: bool,
}

#[derive(Default)]
struct Ear {
    bus: Arc<InProcess>,
    /// Comes after what follows it.
    held: Vec<Arc<Commit>>,
}

/// So many wait for what follows them; then all come, the last one first.
const HELD_MAX: usize = 3;

impl Ether {
    pub fn new(seed: u64, shouts: bool) -> Self {
        let (weather, ears, mishaps) = (Weather::Calm, BTreeMap::new(), Mishaps::default());
        Self(Mutex::new(Air { chance: StdRng::seed_from_u64(seed), weather, ears, next: 0, mishaps, shouts }))
    }

    /// Somebody hears from now on; until they are forgotten, by this number.
    pub fn ear(&self) -> (usize, Arc<InProcess>) {
        let mut air = self.0.lock();
        let (number, ear) = (air.next, Ear::default());
        let bus = Arc::clone(&ear.bus);
        air.next += 1;
        air.ears.insert(number, ear);
        (number, bus)
    }

    pub fn forgets(&self, number: usize) {
        self.0.lock().ears.remove(&number);
    }

    pub fn is(&self, weather: Weather) {
        let mut air = self.0.lock();
        air.weather = weather;
        if weather == Weather::Calm {
            air.release();
        }
    }

    pub fn mishaps(&self) -> Mishaps {
        self.0.lock().mishaps
    }
}

impl Air {
    fn carry(&mut self, commit: &Arc<Commit>) {
        let Self { chance, weather, ears, mishaps, .. } = self;
        for ear in ears.values_mut() {
            // Drawn in any weather, so that it changes nothing but what it is about.
            let fate = chance.random_range(0..100);
            match (*weather, fate) {
                (Weather::Silent, _) | (Weather::Rough, 0..15) => mishaps.lost += 1,
                (Weather::Rough, 15..30) if ear.held.len() < HELD_MAX => ear.held.push(Arc::clone(commit)),
                (Weather::Rough, 30..40) => {
                    mishaps.doubled += 1;
                    ear.hears(commit);
                    ear.hears(commit);
                }
                _ => {
                    ear.hears(commit);
                    mishaps.reordered += ear.held.len();
                    ear.release();
                }
            }
        }
    }

    fn release(&mut self) {
        self.ears.values_mut().for_each(Ear::release);
    }
}

impl Ear {
    fn hears(&self, commit: &Arc<Commit>) {
        self.bus.tell(&Heard::Commit(Arc::clone(commit)));
    }
    fn release(&mut self) {
        while let Some(commit) = self.held.pop() {
            self.hears(&commit);
        }
    }
}

/// As if it had been meant for all.
fn shouted(commit: &Commit) -> Arc<Commit> {
    let mut commit = commit.clone();
    commit.events.iter_mut().for_each(|(event, _)| event.audience = Audience::Everyone);
    Arc::new(commit)
}

#[async_trait]
impl Bus for Ether {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        let mut air = self.0.lock();
        match air.shouts {
            true => air.carry(&shouted(commit)),
            false => air.carry(commit),
        }
        Ok(())
    }

    async fn subscribe(&self, _workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError> {
        Err(BusError("whoever hears has an ear of their own".into()))
    }
}
