//! One seeded schedule: people talk, things fail, servers die, clocks jump; on one thread, so that the same seed
//! does the same again.

use std::path::Path;
use std::sync::Arc;

use domain::text::{Emoji, MessageText};
use domain::verbs::{Delete, Edit, Mark, React, Send};
use domain::{By, ChannelId, Command, Key, Stamp, WorkspaceId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::clock::Clock;
use store::{DigestKey, Limits, NotDone, Order, Sqlite, SqliteOptions, Store};

use crate::clock::FakeClock;
use crate::fault::{Fault, Faults, Faulty};
use crate::kill::killed_after;
use crate::ledger::{Ledger, Wrongs};
use crate::team::Team;

/// What happened in some schedules, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub schedules: usize,
    pub commands: usize,
    pub retries: usize,
    pub kills: usize,
    pub jumps: usize,
    /// By fault, in the order of `Fault::ALL`.
    pub faults: Vec<usize>,
    pub acknowledged: usize,
    pub refused: usize,
    pub wrongs: Wrongs,
    /// What became of every command, in order: two runs of a seed are the same when this is.
    pub trace: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        self.commands += other.commands;
        self.retries += other.retries;
        self.kills += other.kills;
        self.jumps += other.jumps;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.wrongs.lost += other.wrongs.lost;
        self.wrongs.doubled += other.wrongs.doubled;
        self.wrongs.reordered += other.wrongs.reordered;
        self.wrongs.holes += other.wrongs.holes;
        self.faults.resize(Fault::ALL.len(), 0);
        self.faults.iter_mut().zip(&other.faults).for_each(|(sum, more)| *sum += more);
    }
    fn trace(&mut self, step: u64) {
        self.trace = (self.trace ^ step).wrapping_mul(0x0100_0000_01B3);
    }
}

/// The world of one schedule.
struct Stage<'a> {
    chance: StdRng,
    clock: FakeClock,
    file: &'a Path,
    teams: [Team; 2],
    faults: Faults,
    ledger: Ledger,
    /// What was sent before: retried, edited, deleted.
    said: Vec<(By, ChannelId, String, Key)>,
    tally: Tally,
}

/// One thing somebody asks for.
struct Asked {
    by: By,
    key: Key,
    command: Box<dyn Command>,
    /// Of a message: what the ledger knows it by.
    text: Option<String>,
}

const ROUNDS: usize = 6;
const PER_ROUND: usize = 6;

/// `file` is a fresh copy of a place where both teams exist.
pub async fn run(seed: u64, file: &Path, teams: [Team; 2], clock: FakeClock) -> Tally {
    let chance = StdRng::seed_from_u64(seed);
    let tally = Tally { schedules: 1, faults: vec![0; Fault::ALL.len()], ..Tally::default() };
    let (faults, ledger, said) = (Faults::default(), Ledger::default(), Vec::new());
    let mut stage = Stage { chance, clock, file, teams, faults, ledger, said, tally };
    for round in 0..ROUNDS {
        stage.round(seed, round).await;
    }
    stage.settle(seed).await;
    for fault in stage.faults.happened() {
        let at = Fault::ALL.iter().position(|known| *known == fault).unwrap_or(0);
        stage.tally.faults[at] += 1;
    }
    stage.tally
}

impl Stage<'_> {
    fn store(&self, seed: u64) -> Store {
        let options = SqliteOptions { readers: 0, ..SqliteOptions::default() };
        let engine = Sqlite::open(self.file, Arc::new(self.clock.clone()), &options).expect("the file opens");
        let faulty = Faulty::over(Arc::new(engine)).with(self.faults.clone());
        let limits = Limits { seed: Some(seed), ..Limits::default() };
        Store::new(Arc::new(faulty), DigestKey([7; 32]), limits)
    }

    /// A server starts, people ask for things all at once, and it stops, or dies at some await.
    async fn round(&mut self, seed: u64, round: usize) {
        self.jump();
        self.faults.clear();
        if self.chance.random_bool(0.7) {
            let fault = Fault::ALL[self.chance.random_range(0..Fault::ALL.len())];
            self.faults.plan(self.chance.random_range(0..3), fault);
        }
        let store = self.store(seed ^ round as u64);
        let asked: Vec<Asked> = (0..PER_ROUND).map(|at| self.ask(round, at)).collect();
        self.tally.commands += asked.len();
        let polls = if self.chance.random_bool(0.4) { self.chance.random_range(1..40) } else { usize::MAX };
        let outcomes = parking_lot::Mutex::new(Vec::new());
        let lives = life(&store, asked, &outcomes);
        let dies = dies(&self.faults);
        let ended = killed_after(polls, async {
            tokio::select! { biased; () = lives => true, () = dies => false }
        });
        let ended = ended.await == Some(true);
        self.tally.kills += usize::from(!ended);
        let outcomes = std::mem::take(&mut *outcomes.lock());
        for (text, outcome) in outcomes {
            self.hear(text.as_deref(), &outcome);
        }
    }

    fn hear(&mut self, text: Option<&str>, outcome: &Result<store::Done, NotDone>) {
        match outcome {
            Ok(done) => {
                self.tally.acknowledged += 1;
                self.tally.trace(done.position.0 << 8 | done.stamp.0 as u64 & 0xFF);
            }
            Err(NotDone::Refused(_)) => self.tally.refused += 1,
            Err(_) => {}
        }
        self.tally.trace(u64::from(outcome.is_ok()));
        if let Some(text) = text {
            self.ledger.hears(text, outcome);
        }
    }

    /// Time passes; now and then it jumps, also back. Never so far that a client's key expires.
    fn jump(&mut self) {
        if self.chance.random_bool(0.3) {
            let hours = self.chance.random_range(-1..=1);
            self.clock.advance(hours * Stamp::HOUR);
            self.tally.jumps += 1;
        } else {
            self.clock.advance(self.chance.random_range(0..Stamp::SECOND));
        }
    }

    fn key(&mut self) -> Key {
        // Clients go by the server's last word, not by its clock.
        Key::new(self.clock.now(), self.chance.random())
    }

    fn ask(&mut self, round: usize, at: usize) -> Asked {
        let team = self.teams[self.chance.random_range(0..2)];
        let (by, channel) = (team.owner.by, team.general);
        let number = self.chance.random_range(1..12);
        let text = format!("{round}.{at} from {}", by.workspace);
        let kind = if self.said.is_empty() { 0 } else { self.chance.random_range(0..10) };
        let command: Box<dyn Command> = match kind {
            0..=3 => return self.say(by, channel, &text),
            4 => return self.retry(),
            5 => {
                let text = MessageText::new(format!("{text}, edited")).expect("a text");
                // A message that is not there is refused.
                Box::new(Edit::new(channel, 1, number, text).expect("an edit"))
            }
            6 => Box::new(React {
                channel,
                thread: 0,
                number,
                emoji: Emoji::new("🎉").expect("an emoji"),
                on: self.chance.random_bool(0.7),
            }),
            7 => Box::new(Mark { channel, thread: 0, number, back: None }),
            8 => Box::new(Delete { channel, thread: 1, number }),
            _ => {
                let text = MessageText::new(format!("{text}, in reply")).expect("a text");
                Box::new(Send::new(channel, text).expect("a reply").in_thread(1, Some(by.account)))
            }
        };
        Asked { by, key: self.key(), command, text: None }
    }

    fn say(&mut self, by: By, channel: ChannelId, text: &str) -> Asked {
        let key = self.key();
        self.ledger.tries(text, key, by.workspace, channel);
        self.said.push((by, channel, text.into(), key));
        Asked { by, key, command: message(channel, text), text: Some(text.into()) }
    }

    fn retry(&mut self) -> Asked {
        self.tally.retries += 1;
        let (by, channel, text, key) = self.said[self.chance.random_range(0..self.said.len())].clone();
        Asked { by, key, command: message(channel, &text), text: Some(text) }
    }

    /// Whoever heard nothing asks again; then the journals are held against what was told.
    async fn settle(&mut self, seed: u64) {
        self.faults.clear();
        let store = self.store(seed);
        let asked: Vec<_> =
            self.ledger.unanswered().into_iter().map(|(text, entry)| self.again(text, &entry)).collect();
        self.tally.retries += asked.len();
        let outcomes = parking_lot::Mutex::new(Vec::new());
        life(&store, asked, &outcomes).await;
        for (text, outcome) in outcomes.into_inner() {
            self.hear(text.as_deref(), &outcome);
        }
        self.tally.wrongs = self.ledger.judge(store.engine().as_ref()).await;
        self.tally.wrongs.lost += self.ledger.unanswered().len();
        self.tally.wrongs.holes +=
            crate::ledger::holes(store.engine().as_ref(), WorkspaceId::INSTALLATION).await;
    }

    fn again(&self, text: String, entry: &crate::ledger::Entry) -> Asked {
        let said = self.said.iter().find(|(_, _, known, _)| *known == text);
        let by = said.map_or(self.teams[0].owner.by, |(by, ..)| *by);
        Asked { by, key: entry.key, command: message(entry.channel, &text), text: Some(text) }
    }
}

fn message(channel: ChannelId, text: &str) -> Box<dyn Command> {
    let text = MessageText::new(text).expect("a text");
    Box::new(Send::new(channel, text).expect("a message"))
}

type Outcomes = parking_lot::Mutex<Vec<(Option<String>, Result<store::Done, NotDone>)>>;

/// Everything a server does, in one future: its lanes, and those who ask.
async fn life(store: &Store, asked: Vec<Asked>, outcomes: &Outcomes) {
    let lanes = futures_util::future::join_all(store.lanes());
    let patience = store.clone().watch_patience();
    let talk = async {
        let orders = asked.into_iter().map(|Asked { by, key, command, text }| async move {
            let outcome = store.execute(Order { by, key, command }).await;
            outcomes.lock().push((text, outcome));
        });
        futures_util::future::join_all(orders).await;
        store.close();
    };
    tokio::join!(talk, lanes, patience);
}

/// Ends when a planned death was met.
async fn dies(faults: &Faults) {
    while !faults.happened().last().is_some_and(|fault| fault.kills()) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
