//! Files put back from copies: what was acknowledged since is gone, and nobody takes the new history for the old one.

use std::path::{Path, PathBuf};

use domain::{Epoch, Position};
use store::{Engine, Freshness, Query, Sqlite, SqliteOptions};
use testkit::team::number;
use testkit::{Backend, FakeClock, Ground, Ledger, Node, Team, Wrongs};

const MARK: &str = "rookery.db.mark";
const FILES: [&str; 2] = ["rookery.db", MARK];

fn copy(files: &[&str], from: &Path, to: &Path) {
    for name in files {
        std::fs::copy(from.join(name), to.join(name)).expect("a copy");
    }
}

struct Day {
    ground: Ground,
    team: Team,
    copy: tempfile::TempDir,
    copied: Epoch,
}

impl Day {
    /// Two messages, then a copy of everything, then a third that is on no copy.
    async fn passes() -> Self {
        let ground = Ground::on(Backend::Sqlite).await;
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        for text in ["one", "two"] {
            team.owner.says(&node, team.general, text).await.expect("said");
        }
        close(node, &ground).await;
        let copied = tempfile::tempdir().expect("a folder");
        copy(&FILES, &folder(&ground), copied.path());
        let node = ground.node().await;
        let third = team.owner.says(&node, team.general, "three").await.expect("said");
        close(node, &ground).await;
        Self { ground, team, copy: copied, copied: third.epoch }
    }

    async fn moment(&self, engine: &dyn Engine) -> (Epoch, Position, Epoch, Position) {
        let history = "SELECT epoch, coalesce(epoch_before, 0), epoch_from FROM head WHERE workspace = $1";
        let values = vec![domain::cell::Value::of(&self.team.workspace)];
        let query = Query { sql: history, values };
        let seen = engine.read(self.team.workspace, Freshness::Newest, &query).await.expect("a head");
        let row = seen.value.first().expect("a head");
        let int = |at: usize| row.int(at).unwrap_or(0) as u64;
        (seen.epoch, seen.position, Epoch(int(1)), Position(int(2)))
    }

    /// Whoever goes on now goes on in a history of its own that says where the two part.
    async fn goes_on_apart(&self, node: Node) {
        let (epoch, at, before, from) = self.moment(node.store.engine().as_ref()).await;
        assert!(epoch > self.copied, "a new epoch");
        assert_eq!((before, from), (self.copied, at), "the old one is shared up to where the copy stood");
        let ledger = Ledger::default();
        let key = node.new_key();
        ledger.tries("another three", key, self.team.workspace, self.team.general);
        let outcome = self.team.owner.says_under(&node, key, self.team.general, "another three").await;
        ledger.hears("another three", &outcome);
        let done = outcome.expect("said");
        assert_eq!((done.epoch, number(&done), done.position.0), (epoch, 3, at.0 + 1));
        assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default());
        node.stop().await;
    }
}

fn folder(ground: &Ground) -> PathBuf {
    ground.file().parent().expect("a folder").into()
}

/// A clean stop: the log is in the file, and the mark is exact.
async fn close(node: Node, ground: &Ground) {
    node.stop().await;
    let options = SqliteOptions { readers: 0, ..SqliteOptions::default() };
    let clock = std::sync::Arc::new(FakeClock::default());
    let engine = Sqlite::open(&ground.file(), clock, &options).expect("the file opens");
    engine.settle().await;
}

#[tokio::test]
async fn a_file_put_back_beside_its_mark_begins_a_new_epoch_before_anything_is_written() {
    let day = Day::passes().await;
    copy(&FILES[..1], day.copy.path(), &folder(&day.ground));
    day.goes_on_apart(day.ground.node().await).await;
    let (epoch, ..) = day.moment(day.ground.engine().await.as_ref()).await;
    let (again, ..) = day.moment(day.ground.engine().await.as_ref()).await;
    assert_eq!(epoch, again, "once is enough");
}

/// Everything in it is as old as the file, the mark too: only whoever put it back knows, and says so.
#[tokio::test]
async fn a_whole_folder_copied_back_looks_sound_until_its_restorer_begins_a_new_epoch() {
    let day = Day::passes().await;
    copy(&FILES, day.copy.path(), &folder(&day.ground));
    let engine = day.ground.engine().await;
    assert_eq!(day.moment(engine.as_ref()).await.0, day.copied, "nothing in the folder tells");
    engine.begin_epoch().await.expect("begun");
    drop(engine);
    day.goes_on_apart(day.ground.node().await).await;
}

/// A copy of the file alone, beside the mark of another installation.
#[tokio::test]
async fn a_file_beside_the_mark_of_another_begins_a_new_epoch() {
    let (day, other) = (Day::passes().await, Day::passes().await);
    copy(&FILES[..1], day.copy.path(), &folder(&day.ground));
    std::fs::copy(folder(&other.ground).join(MARK), folder(&day.ground).join(MARK)).expect("a copy");
    day.goes_on_apart(day.ground.node().await).await;
}
