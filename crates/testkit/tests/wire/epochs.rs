//! Invariant 7. Whoever may have lost commits goes on in a new epoch, and no position of the old one is taken for its.

use std::process::Command;
use std::sync::Arc;

use domain::cell::Value;
use domain::{Epoch, Key, Position};
use store::pg::Dsn;
use store::postgres::Durability;
use store::{Done, Freshness, Postgres, PostgresOptions, Query, Sqlite, SqliteOptions, StoreError};
use testkit::chaos::{Stop, blocking};
use testkit::ground::database::{Database, Witness, until};
use testkit::team::number;
use testkit::{Backend, Cluster, Ground, Node, Server, Team, Wrongs};

use crate::town::{Talk, founded, node};

/// What both histories share, and what only the first one had.
struct Past {
    team: Team,
    kept: (Key, Done),
    lost: (Key, Done),
}

const TEXTS: &str = "SELECT text FROM message WHERE channel = $1 AND thread = 0 ORDER BY number";
const MOMENT: &str = "SELECT position, epoch, epoch_before, epoch_from FROM head WHERE workspace = $1";

impl Past {
    async fn of(talk: &Talk, lose: impl AsyncFnOnce()) -> Self {
        let kept = Self::says(talk, "kept").await;
        lose().await;
        Self { team: talk.team, kept, lost: Self::says(talk, "lost").await }
    }

    async fn says(talk: &Talk, text: &str) -> (Key, Done) {
        let key = talk.node.new_key();
        (key, talk.says_under(key, text).await.expect("said"))
    }

    async fn reads(&self, talk: &Talk, fresh: Freshness) -> Result<Vec<String>, StoreError> {
        let query = Query { sql: TEXTS, values: vec![Value::of(&self.team.general)] };
        let seen = talk.node.store.read(self.team.workspace, fresh, &query).await?;
        Ok(seen.value.iter().map(|row| row.text(0).expect("a text").to_owned()).collect())
    }

    async fn moment(&self, talk: &Talk) -> (Position, Epoch, Epoch, Position) {
        let query = Query { sql: MOMENT, values: vec![Value::of(&self.team.workspace)] };
        let seen = talk.node.store.read(self.team.workspace, Freshness::Newest, &query).await;
        let seen = seen.expect("a head").value;
        let row = seen.first().expect("a head");
        let number = |at: usize| row.int(at).unwrap_or(0) as u64;
        (Position(number(0)), Epoch(number(1)), Epoch(number(2)), Position(number(3)))
    }

    /// Everything anybody may still know of the first history, held against the one that goes on.
    async fn never_mixes_with_what(&self, node: Node) -> Talk {
        let talk = Talk::with(node, self.team);
        let ((kept_key, kept), (lost_key, lost)) = (&self.kept, &self.lost);
        let new = talk.insists("instead").await;
        assert!(new.epoch > lost.epoch, "a new epoch before the first write");
        assert_eq!((new.position, number(&new)), (lost.position, number(lost)), "places are given again");
        assert_eq!(self.moment(&talk).await, (new.position, new.epoch, lost.epoch, kept.position));

        for old in [kept, lost] {
            let refused = self.reads(&talk, Freshness::AtLeast(old.epoch, old.position)).await;
            assert_eq!(refused, Err(StoreError::OtherEpoch), "a position of the old epoch is refused");
        }
        let read = self.reads(&talk, Freshness::AtLeast(new.epoch, new.position)).await;
        assert_eq!(read, Ok(vec!["kept".into(), "instead".into()]), "what was lost is in no answer");

        let again = talk.says_under(*kept_key, "kept").await.expect("found");
        assert_eq!((again.again, again.position), (true, kept.position));
        let anew = talk.says_under(*lost_key, "lost").await.expect("said anew");
        assert_eq!((anew.again, anew.epoch, anew.position), (false, new.epoch, new.position.next()));
        assert_eq!(talk.ledger.judge(talk.node.store.engine().as_ref()).await, Wrongs::default());
        talk
    }
}

/// One replica has what is kept; the other message is on the primary alone.
async fn a_replica_that_lacks_the_last_message_is_promoted(is_pooled: bool) {
    let cluster = blocking(Cluster::with_quorum).await;
    cluster.forgoes_its_quorum();
    let team = founded(&cluster).await;
    let engine = Postgres::new(PostgresOptions::new(cluster.dsn(Server::One)));
    until("the primary answers alone", async || engine.durability().await == Ok(Durability::PrimaryOnly))
        .await;
    let talk = Talk::with(node(cluster.dsn(Server::One)).await, team);
    let past = Past::of(&talk, async || {
        until("the replica has what is kept", async || {
            Witness::of(&cluster.dsn(Server::Two)).await.number(KEPT).await == 1
        })
        .await;
        cluster.stop(Server::Two, Stop::Immediate);
    });
    let past = past.await;

    let cluster = blocking(move || {
        let mut cluster = cluster;
        cluster.stop(Server::One, Stop::Kill);
        cluster.start(Server::Two);
        cluster.promote(Server::Two);
        cluster.forgoes_its_quorum();
        cluster
    })
    .await;
    let dsn = if is_pooled { cluster.pooled_dsn() } else { cluster.dsn(Server::Two) };
    past.never_mixes_with_what(node(dsn).await).await;
    blocking(move || drop(cluster)).await;
}

const KEPT: &str = "SELECT count(*) FROM message WHERE text = 'kept'";

/// From one server into a database of another, as an operator would.
async fn dump(from: &Dsn, into: &Dsn) {
    let address =
        |dsn: &Dsn| format!("host={} port={} user={} dbname={}", dsn.host, dsn.port, dsn.user, dsn.database);
    let pipe = "set -o pipefail; pg_dump --no-owner \"$1\" | psql -qX -v ON_ERROR_STOP=1 -o /dev/null \"$2\"";
    let (from, into) = (address(from), address(into));
    let told = blocking(move || Command::new("bash").args(["-c", pipe, "bash", &from, &into]).output()).await;
    let told = told.expect("the tools run");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

mod sqlite {
    use super::*;

    /// A file put back from a backup, beside the mark of what it has seen since.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_new_epoch_never_lets_two_histories_mix() {
        let ground = Ground::on(Backend::Sqlite).await;
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let talk = Talk::with(node, team);
        let backup = ground.file().with_extension("backup");
        let past = Past::of(&talk, async || {
            let copy = "VACUUM INTO '".to_owned() + &backup.display().to_string() + "'";
            rusqlite::Connection::open(ground.file())
                .and_then(|file| file.execute_batch(&copy))
                .expect("a copy");
        });
        let past = past.await;
        talk.stops().await;
        let options = SqliteOptions { readers: 0, ..SqliteOptions::default() };
        let engine =
            Sqlite::open(&ground.file(), Arc::new(ground.clock.clone()), &options).expect("it opens");
        engine.settle().await;
        drop(engine);

        std::fs::copy(backup, ground.file()).expect("put back");
        for log in ["db-wal", "db-shm"] {
            drop(std::fs::remove_file(ground.file().with_extension(log)));
        }
        let talk = past.never_mixes_with_what(ground.node().await).await;
        let (_, epoch, ..) = past.moment(&talk).await;
        talk.stops().await;
        let talk = Talk::with(ground.node().await, team);
        assert_eq!(past.moment(&talk).await.1, epoch, "once is enough");
    }
}

mod postgres {
    use super::*;

    /// Without a quorum what only the dead primary had is lost, and the new epoch says so.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_new_epoch_never_lets_two_histories_mix() {
        a_replica_that_lacks_the_last_message_is_promoted(false).await;
    }

    /// A dump of one server, put into another.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_dump_restored_into_another_server_begins_a_new_epoch() {
        let cluster = blocking(Cluster::alone).await;
        let team = founded(&cluster).await;
        let talk = Talk::with(node(cluster.dsn(Server::One)).await, team);
        let other = Database::empty().await;
        let past = Past::of(&talk, async || dump(&cluster.dsn(Server::One), &other.direct()).await).await;
        past.never_mixes_with_what(node(other.direct()).await).await;
        blocking(move || drop(cluster)).await;
    }
}

mod pgbouncer {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_new_epoch_never_lets_two_histories_mix() {
        super::a_replica_that_lacks_the_last_message_is_promoted(true).await;
    }
}
