//! The power goes: whatever was acknowledged was synced, and whatever was not synced is gone, or half there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::{Engine, Freshness, Query, Sqlite, SqliteOptions};
use testkit::powercut::Survivors;
use testkit::{Backend, FakeClock, Faulty, Ground, Ledger, Node, PowerCut, Team, Wrongs};

const SENDERS: usize = 4;
const SENDS_EACH: usize = 6;
/// A start and 24 sends with a checkpoint between them take about so many writes and syncs.
const STEPS_MAX: u64 = 200;

/// A team on a file of its own, and whoever keeps count.
struct Town {
    _folder: tempfile::TempDir,
    file: PathBuf,
    clock: FakeClock,
    team: Team,
    disk: PowerCut,
    ledger: Ledger,
    chance: StdRng,
    cuts_while_busy: usize,
}

impl Town {
    fn new(seed: u64, ground: &Ground, team: Team) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("rookery.db");
        std::fs::copy(ground.file(), &file).expect("a copy");
        Self {
            _folder: folder,
            file,
            clock: ground.clock.clone(),
            team,
            disk: PowerCut::new(seed),
            ledger: Ledger::default(),
            chance: StdRng::seed_from_u64(seed),
            cuts_while_busy: 0,
        }
    }

    fn engine(&self) -> Option<Arc<Sqlite>> {
        open(&self.file, &self.clock, self.disk.vfs())
    }

    /// From power to power cut; everything on one thread, so that a seed does the same again.
    async fn day(&mut self, number: usize, survivors: Survivors) {
        self.clock.advance(self.chance.random_range(1..2_000_000));
        self.disk.power_on();
        self.disk.cut_after(self.chance.random_range(0..STEPS_MAX), survivors);
        if let Some(engine) = self.engine() {
            let node = Node::start(Faulty::over(engine.clone()), self.clock.clone()).await;
            let checkpoint_at = self.chance.random_range(0..SENDS_EACH);
            let cut = async {
                while !self.disk.is_off() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = cut => {},
                () = self.talk(&node, &engine, number, checkpoint_at) => {},
            }
            node.die().await;
        }
        self.cuts_while_busy += usize::from(self.disk.is_off());
        self.disk.cut(survivors);
        assert!(self.disk.is_released(), "nobody holds a file of a machine that is off");
    }

    /// Whoever heard nothing asks again first; then all speak at once.
    async fn talk(&self, node: &Node, engine: &Sqlite, day: usize, checkpoint_at: usize) {
        self.ask_again(node).await;
        let senders = (0..SENDERS).map(|sender| async move {
            for line in 0..SENDS_EACH {
                let (text, key) = (format!("{day}.{sender}.{line}"), node.new_key());
                self.ledger.tries(&text, key, self.team.workspace, self.team.general);
                let outcome = self.team.owner.says_under(node, key, self.team.general, &text).await;
                self.ledger.hears(&text, &outcome);
                if sender == 0 && line == SENDS_EACH / 2 {
                    // Long enough for the mark beside the file to be due.
                    tokio::time::advance(Duration::from_secs(2)).await;
                }
                if sender == 0 && line == checkpoint_at {
                    // It may meet the power cut as well as anybody.
                    drop(engine.checkpoint());
                }
            }
        });
        join_all(senders).await;
    }

    async fn ask_again(&self, node: &Node) {
        for (text, entry) in self.ledger.unanswered() {
            let outcome = self.team.owner.says_under(node, entry.key, entry.channel, &text).await;
            self.ledger.hears(&text, &outcome);
        }
    }

    /// The next morning, on the file alone: everybody gets an answer, and it is held against the journal.
    async fn judge(&self) -> Wrongs {
        let engine = open(&self.file, &self.clock, None).expect("the file opens");
        let node = Node::start(Faulty::over(engine.clone()), self.clock.clone()).await;
        self.ask_again(&node).await;
        assert!(self.ledger.unanswered().is_empty(), "a retry is always answered");
        let wrongs = self.ledger.judge(engine.as_ref()).await;
        node.stop().await;
        wrongs
    }

    async fn epoch(&self) -> u64 {
        let engine = open(&self.file, &self.clock, None).expect("the file opens");
        let query = Query { sql: "SELECT 1", values: vec![] };
        engine.read(self.team.workspace, Freshness::Newest, &query).await.expect("a head").epoch.0
    }
}

async fn founded() -> (Ground, Team) {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    (ground, team)
}

/// Without threads of its own. `None` when it cannot be opened, as on a machine that is off.
fn open(file: &Path, clock: &FakeClock, vfs: Option<String>) -> Option<Arc<Sqlite>> {
    Sqlite::open(
        file,
        Arc::new(clock.clone()),
        &SqliteOptions { readers: 0, vfs, ..SqliteOptions::default() },
    )
    .map(Arc::new)
    .ok()
}

#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_survives_a_power_cut_at_any_write_or_sync() {
    let (ground, team) = founded().await;
    let mut busy = 0;
    for seed in 0..30 {
        let mut town = Town::new(seed, &ground, team);
        let epoch = town.epoch().await;
        for day in 0..10 {
            let survivors = if day % 2 == 0 { Survivors::Nothing } else { Survivors::SomeSectors };
            town.day(day, survivors).await;
        }
        assert_eq!(town.judge().await, Wrongs::default(), "seed {seed}");
        assert_eq!(town.epoch().await, epoch, "seed {seed}: no history was lost, so none begins");
        busy += town.cuts_while_busy;
    }
    assert!(busy > 200, "{busy} of 300 power cuts met a server at work");
}

/// The control: the same days on a disk that says it synced and did not.
#[tokio::test(start_paused = true)]
async fn a_disk_that_lies_about_its_syncs_loses_messages_and_the_mark_beside_the_file_tells() {
    let (ground, team) = founded().await;
    let mut lost = 0;
    for seed in 0..5 {
        let mut town = Town::new(seed, &ground, team);
        let epoch = town.epoch().await;
        town.disk.lies();
        for day in 0..10 {
            town.day(day, Survivors::Nothing).await;
        }
        lost += town.judge().await.lost;
        assert!(town.epoch().await > epoch, "seed {seed}: what was lost begins a new history");
    }
    assert!(lost > 0, "a test that cannot fail shows nothing");
}

async fn commits(engine: &dyn Engine) -> usize {
    let query = Query { sql: "SELECT value FROM origin WHERE name = 'commits'", values: vec![] };
    let (rows, _) = engine.run(&query).await.expect("the count reads");
    let count = rows.first().and_then(|row| row.text(0)).expect("a text");
    count.parse().expect("a number")
}

#[tokio::test(start_paused = true)]
async fn each_commit_syncs_the_log_once_and_a_batch_is_one_commit() {
    let (ground, team) = founded().await;
    let town = Town::new(1, &ground, team);
    let engine = town.engine().expect("the file opens");
    let node = Node::start(Faulty::over(engine.clone()), town.clock.clone()).await;
    let says = |text: String| {
        let (node, town) = (&node, &town);
        async move { town.team.owner.says(node, town.team.general, &text).await.expect("said") }
    };
    // The first write after the log was started over also syncs its beginning.
    says("warming up".into()).await;
    let (syncs, before) = (town.disk.syncs(), commits(engine.as_ref()).await);
    for line in 0..100 {
        says(format!("one by one, {line}")).await;
    }
    let alone = town.disk.syncs().log - syncs.log;
    assert_eq!(
        (alone, commits(engine.as_ref()).await - before),
        (100, 100),
        "syncs and commits of 100 sends"
    );

    let (syncs, before) = (town.disk.syncs(), commits(engine.as_ref()).await);
    join_all((0..1_000).map(|line| says(format!("all at once, {line}")))).await;
    let (together, after) = (town.disk.syncs().log - syncs.log, commits(engine.as_ref()).await - before);
    assert_eq!(together, after, "no more and no fewer syncs than commits");
    assert!(together < 20, "a thousand sends at once took {together} syncs");
    assert_eq!(town.disk.syncs().file, syncs.file, "only a checkpoint syncs the file");
    node.stop().await;
}
