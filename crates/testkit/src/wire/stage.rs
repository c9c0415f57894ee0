//! A line of its own to the database, and two workspaces nobody else writes.

use std::sync::Arc;
use std::time::Duration;

use domain::Key;
use domain::text::MessageText;
use domain::verbs::Send;
use futures_util::future::join_all;
use parking_lot::Mutex;
use store::pg::PoolConfig;
use store::{DigestKey, Done, Engine, Limits, NotDone, Order, Postgres, PostgresOptions, Store};
use tokio::time::timeout;

use super::{Asked, Case, Over, Tally};
use crate::clock::FakeClock;
use crate::ground::Ground;
use crate::ground::database::{PATIENCE, Witness};
use crate::ledger::Ledger;
use crate::proxy::{Proxy, Record};
use crate::team::{Person, Team, number};

/// After this a flight is given up. A machine so slow that a sound one takes longer costs a repetition, no more.
const FLIGHT_MAX: Duration = Duration::from_millis(300);
/// And after this whoever sent it asks again, as long as they are patient: for this machine to be slow is no mishap.
const SEND_MAX: Duration = Duration::from_secs(40);
/// How often a batch is sent again whose mishap did not come about.
const TRIES_MAX: usize = 20;

pub(super) struct Stage {
    number: usize,
    rounds: usize,
    kept: bool,
    proxy: Proxy,
    engine: Arc<dyn Engine>,
    witness: Witness,
    teams: [(Team, Person); 2],
    clock: FakeClock,
    ledger: Arc<Ledger>,
    /// What it is about just now.
    case: Option<Case>,
}

/// A message on its way, and what its author heard.
struct Sent {
    asked: Asked,
    key: Key,
    outcome: Result<Done, NotDone>,
}

impl Stage {
    pub async fn at(
        ground: &Ground,
        number: usize,
        teams: [(Team, Person); 2],
        kept: bool,
        over: Over,
        ledger: Arc<Ledger>,
    ) -> Self {
        let options = ground.options();
        let proxy = Proxy::before(&options.primary).await;
        let pool = PoolConfig {
            size: 1,
            overflow: 5,
            flight_max: FLIGHT_MAX,
            keeps_statements: kept,
            ..PoolConfig::default()
        };
        // One lane, so that a batch is one transaction.
        let options =
            PostgresOptions { primary: proxy.dsn(), pool, lanes: 1, commit_max: FLIGHT_MAX, ..options };
        let engine = over(Arc::new(Postgres::new(options)));
        let witness = Witness::of(&ground.database().direct()).await;
        Self {
            number,
            rounds: 0,
            kept,
            proxy,
            engine,
            witness,
            teams,
            clock: ground.clock.clone(),
            ledger,
            case: None,
        }
    }

    /// What passes of a batch on a good day.
    pub async fn record(&mut self) -> Record {
        let mut tally = Tally::default();
        for _ in 0..TRIES_MAX {
            self.proxy.watch();
            let sent = self.batch(&mut tally).await;
            let record = self.proxy.record();
            if sent.iter().all(|sent| matches!(&sent.outcome, Ok(done) if !done.again)) {
                return record;
            }
            self.settle(sent, &mut tally).await;
        }
        panic!("no batch went well on a good day");
    }

    /// A mishap costs the session; the next one parses, then names, and with its third batch has all it keeps.
    pub async fn warm(&mut self) {
        if self.kept {
            self.record().await;
            self.record().await;
        }
    }

    pub async fn run(&mut self, case: Case, tally: &Mutex<Tally>) {
        let mut mine = Tally::default();
        self.case = Some(case);
        for _ in 0..TRIES_MAX {
            self.warm().await;
            for begins in 0..case.times {
                self.proxy.plan(begins, case.place, case.mishap);
            }
            let sent = self.batch(&mut mine).await;
            let happened = self.proxy.clear();
            let same = sent.iter().map(|sent| (sent.asked.clone(), sent.key)).collect();
            self.settle(sent, &mut mine).await;
            self.repeat(same, &mut mine).await;
            // The second transaction may be another one than the first was: alone, and shorter.
            if happened > 0 {
                let mut tally = tally.lock();
                *tally.runs.entry(case.mishap).or_default() += 1;
                tally.acknowledged += mine.acknowledged;
                tally.found += mine.found;
                tally.asked_again += mine.asked_again;
                tally.not_durable += mine.not_durable;
                tally.failed += mine.failed;
                tally.not_found += mine.not_found;
                return;
            }
        }
        panic!("{case:?} never came about");
    }

    /// All at once, and their lanes only then: they are one transaction.
    async fn batch(&mut self, tally: &mut Tally) -> Vec<Sent> {
        self.rounds += 1;
        let [(team, bob), (neighbours, olga)] = self.teams;
        let line = |what: &str| format!("{what} {} of {}", self.rounds, self.number);
        let asked = [
            (team.owner, format!("{} {}", line("reply"), bob.mention()), 1),
            (bob, line("message"), 0),
            (neighbours.owner, line("next door"), 0),
            (olga, line("also next door"), 0),
        ];
        let asked = asked.map(|(person, text, thread)| (Asked { by: person.by, text, thread }, self.key()));
        // One in four is impatient, is told that the outcome is unknown, and asks again.
        let patience = if self.number.is_multiple_of(4) { FLIGHT_MAX } else { SEND_MAX };
        self.send(Vec::from(asked), patience, tally).await
    }

    fn key(&self) -> Key {
        store::clock::new_key(&self.clock)
    }

    async fn send(&mut self, asked: Vec<(Asked, Key)>, patience: Duration, tally: &mut Tally) -> Vec<Sent> {
        let limits = Limits { patience, ..Limits::default() };
        let store = Store::new(Arc::clone(&self.engine), DigestKey([7; 32]), limits);
        let lanes = join_all(store.lanes());
        let talk = async {
            let orders = asked.into_iter().map(|(asked, key)| self.order(&store, asked, key));
            let sent = join_all(orders).await;
            store.close();
            sent
        };
        let both = async { tokio::join!(talk, lanes, store.clone().watch_patience()) };
        let Ok((mut sent, _, ())) = timeout(PATIENCE, both).await else {
            let figures = (store.waiting(), store.is_shut(), store.load_figures());
            panic!("a batch never came to its end: {:?}, {figures:?}", self.case);
        };
        for sent in &mut sent {
            self.hear(sent, tally).await;
        }
        sent
    }

    async fn order(&self, store: &Store, asked: Asked, key: Key) -> Sent {
        let team = self.team(&asked);
        self.ledger.tries(&asked.text, key, team.workspace, team.general);
        let text = MessageText::new(asked.text.clone()).expect("a text");
        let mut send = Send::new(team.general, text).expect("a message");
        if asked.thread > 0 {
            send = send.in_thread(asked.thread, Some(team.owner.account()));
        }
        let outcome = store.execute(Order { by: asked.by, key, command: Box::new(send) }).await;
        Sent { asked, key, outcome }
    }

    fn team(&self, asked: &Asked) -> Team {
        let [(team, _), (neighbours, _)] = self.teams;
        if asked.by.workspace == team.workspace { team } else { neighbours }
    }

    /// An acknowledgement is held against the database at once, past the engine and its line.
    async fn hear(&mut self, sent: &Sent, tally: &mut Tally) {
        self.ledger.hears(&sent.asked.text, &sent.outcome);
        match &sent.outcome {
            Ok(done) => {
                tally.acknowledged += 1;
                tally.found += usize::from(done.again);
                let text = &sent.asked.text;
                let there = format!(
                    "SELECT number FROM message WHERE channel = $1 AND thread = {} AND text = '{text}'",
                    sent.asked.thread
                );
                let channel = self.team(&sent.asked).general;
                let found = self.witness.numbers(&there, channel.bytes()).await;
                if found != [number(done) as i64] {
                    println!("{:?}: {text} was told {} and is {found:?}", self.case, number(done));
                    tally.not_durable += 1;
                }
            }
            Err(NotDone::Failed(_) | NotDone::Refused(_)) => {
                println!("{:?}: {} was told {:?}", self.case, sent.asked.text, sent.outcome);
                tally.failed += 1;
            }
            Err(_) => {}
        }
    }

    /// The same under the same keys, once more: all of it is found, and answered as before.
    async fn repeat(&mut self, same: Vec<(Asked, Key)>, tally: &mut Tally) {
        for sent in self.send(same, SEND_MAX, tally).await {
            if !sent.outcome.as_ref().is_ok_and(|done| done.again) {
                println!("{:?}: {} was asked twice: {:?}", self.case, sent.asked.text, sent.outcome);
                tally.not_found += 1;
            }
        }
    }

    /// Who was told nothing asks again under the same key, as every client does.
    async fn settle(&mut self, sent: Vec<Sent>, tally: &mut Tally) {
        let mut open = sent;
        for _ in 0..TRIES_MAX {
            open.retain(|sent| {
                !matches!(sent.outcome, Ok(_) | Err(NotDone::Failed(_) | NotDone::Refused(_)))
            });
            if open.is_empty() {
                return;
            }
            tally.asked_again += open.len();
            let again = open.into_iter().map(|sent| (sent.asked, sent.key)).collect();
            open = self.send(again, SEND_MAX, tally).await;
        }
        panic!("asked again and again, and never answered");
    }
}
