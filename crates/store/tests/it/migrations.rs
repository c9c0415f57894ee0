//! Steps forward, while older nodes still work on the same tables.

use std::sync::Arc;

use domain::Stamp;
use domain::cell::Value;
use store::migrate::{LEVEL, Migratable, Part, Plan, STEPS, State, Step, status, up};
use store::{Sqlite, SqliteOptions};
use testkit::{Backend, Ground, Team, on_every_engine};

use crate::hands::{by_hand, number};

const NEXT: i32 = LEVEL + 1;

/// A made-up next level: a column is added, filled by newer nodes, indexed, and an old table goes.
fn next_level() -> Vec<Step> {
    let added = [
        Step::expand(
            "9001_mood",
            Part::Shard,
            NEXT,
            "ALTER TABLE member ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",
        ),
        Step::contract("9002_no_notifications", Part::Shard, NEXT, "DROP TABLE notification"),
        Step::index(
            "9003_mood_index",
            Part::Shard,
            NEXT,
            "member_mood",
            "member (mood) WHERE mood <> 'calm'",
        ),
    ];
    STEPS.iter().copied().chain(added).collect()
}

async fn database(ground: &Ground) -> Box<dyn Migratable> {
    match ground.backend {
        Backend::Sqlite => {
            let clock = Arc::new(ground.clock.clone());
            Box::new(store::sqlite::Migrating::open(&ground.file(), clock).expect("the file opens"))
        }
        _ => Box::new(store::postgres::Migrating::open(&ground.options().primary).await.expect("it answers")),
    }
}

on_every_engine! {
    async fn version_n_and_n_plus_1_share_one_store_bus_and_socket_in_both_directions(ground: Ground) {
        let old = ground.node().await;
        let team = Team::set_up(&old).await;
        let steps = next_level();
        let mut database = database(&ground).await;
        let plan = Plan { steps: &steps, fleet: LEVEL, ..Plan::default() };
        assert_eq!(up(database.as_mut(), &plan).await, Ok(vec!["9001_mood", "9003_mood_index"]));
        let engine = old.store.engine().as_ref();
        let cheerful = "UPDATE member SET mood = 'glad' WHERE account = $1";
        by_hand(engine, cheerful, vec![Value::of(&team.owner.account())]).await;

        let standing = status(database.as_mut(), &plan).await.expect("asked");
        let blocked = standing.steps.iter().find(|each| each.step.name == "9002_no_notifications").expect("listed");
        assert_eq!(blocked.state, State::Blocked { fleet: LEVEL });
        assert!(blocked.words().contains("every node at level 2 and the fleet is at 1"), "{}", blocked.words());
        let older = status(database.as_mut(), &Plan::default()).await.expect("asked");
        assert_eq!(older.newer, ["9001_mood", "9003_mood_index"], "the older build sees what it does not know");

        let bob = team.welcomes(&old, "Bob").await;
        bob.says(&old, team.general, "the older node writes on").await.expect("said");
        old.service.edit(bob.by, old.new_key(), service::Address { channel: team.general, thread: 0, number: 1 }, "and on")
            .await
            .expect("edited");
        assert_eq!(number(engine, "SELECT count(*) FROM member WHERE mood = 'glad'").await, 1, "and keeps what is newer");
        assert_eq!(number(engine, "SELECT count(*) FROM member WHERE mood = 'calm'").await, 1);

        old.stop().await;
        let later = Plan { fleet: NEXT, ..plan };
        assert_eq!(up(database.as_mut(), &later).await, Ok(vec!["9002_no_notifications"]));
        assert_eq!(up(database.as_mut(), &later).await, Ok(Vec::new()), "each step once");
        assert!(status(database.as_mut(), &later).await.expect("asked").steps.iter().all(|each| matches!(each.state, State::Taken(_))));
    }

    async fn nodes_that_start_at_once_take_each_step_once(ground: Ground) {
        drop(ground.engine().await);
        let steps = next_level();
        let plan = Plan { steps: &steps, fleet: NEXT, ..Plan::default() };
        let (mut one, mut two, mut three) = (database(&ground).await, database(&ground).await, database(&ground).await);
        let taken = tokio::join!(up(one.as_mut(), &plan), up(two.as_mut(), &plan), up(three.as_mut(), &plan));
        let mut taken: Vec<_> = [taken.0, taken.1, taken.2].into_iter().flat_map(|taken| taken.expect("taken")).collect();
        taken.sort_unstable();
        assert_eq!(taken, ["9001_mood", "9002_no_notifications", "9003_mood_index"]);
    }

    async fn a_step_that_fails_leaves_nothing_and_is_tried_again(ground: Ground) {
        let engine = ground.engine().await;
        let broken = Step::expand("9001_broken", Part::Journal, 1, "CREATE TABLE half (a BIGINT PRIMARY KEY); SELECT nothing FROM nowhere");
        let steps: Vec<_> = STEPS.iter().copied().chain([broken]).collect();
        let mut database = database(&ground).await;
        up(database.as_mut(), &Plan { steps: &steps, ..Plan::default() }).await.expect_err("it does not go");
        let mended = Step::expand("9001_broken", Part::Journal, 1, "CREATE TABLE half (a BIGINT PRIMARY KEY)");
        let steps: Vec<_> = STEPS.iter().copied().chain([mended]).collect();
        assert_eq!(up(database.as_mut(), &Plan { steps: &steps, ..Plan::default() }).await, Ok(vec!["9001_broken"]));
        assert_eq!(number(engine.as_ref(), "SELECT count(*) FROM half").await, 0);
    }

    async fn people_write_on_while_an_index_is_built_on_a_full_table(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let engine = node.store.engine().as_ref();
        let fill = "INSERT INTO private (workspace, account, kind, subject, value, version, at_us)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            SELECT $1, $2, 'draft', CAST(n.i AS TEXT), 'a', n.i, n.i FROM n";
        by_hand(engine, fill, vec![Value::of(&team.workspace), Value::of(&team.owner.account())]).await;
        let steps = [Step::index("9001_drafts", Part::Shard, 1, "private_drafts", "private (subject, version)")];
        let plan = Plan { steps: &steps, ..Plan::default() };
        let mut database = database(&ground).await;
        let talk = async {
            for line in 0..50 {
                team.owner.says(&node, team.general, &format!("line {line}")).await.expect("said");
            }
        };
        let ((), built) = tokio::join!(talk, up(database.as_mut(), &plan));
        assert_eq!(built, Ok(vec!["9001_drafts"]));
        node.stop().await;
    }
}

/// A crash, or a duplicate, leaves an index that is not valid; it is never counted as built.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_left_half_built_on_postgres_is_dropped_and_built_again() {
    let ground = Ground::on(Backend::Postgres).await;
    let engine = ground.engine().await;
    let two = "INSERT INTO private (workspace, account, kind, subject, value, version, at_us)
        VALUES ('a', 'b', 'draft', '1', 'same', 1, 1), ('a', 'b', 'draft', '2', 'same', 1, 1)";
    by_hand(engine.as_ref(), two, Vec::new()).await;
    let unique = "CREATE UNIQUE INDEX CONCURRENTLY private_value ON private (value)";
    engine.run(&store::Query { sql: unique, values: Vec::new() }).await.expect_err("two are the same");
    let valid = "SELECT count(*) FROM pg_index WHERE indexrelid = 'private_value'::regclass AND indisvalid";
    assert_eq!(number(engine.as_ref(), valid).await, 0);
    let steps = [Step::index("9001_value", Part::Shard, 1, "private_value", "private (value)")];
    let mut database = database(&ground).await;
    assert_eq!(
        up(database.as_mut(), &Plan { steps: &steps, ..Plan::default() }).await,
        Ok(vec!["9001_value"])
    );
    assert_eq!(number(engine.as_ref(), valid).await, 1);
}

/// The embedded server takes its steps when it opens the file, up to the level the file says its fleet has.
#[tokio::test]
async fn a_file_opens_with_the_steps_of_its_own_build() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rookery.db");
    let clock = Arc::new(testkit::FakeClock::default());
    let steps: &'static [Step] = next_level().leak();
    let newer = SqliteOptions { plan: Plan { steps, ..Plan::default() }, ..SqliteOptions::default() };
    drop(Sqlite::open(&file, clock.clone(), &newer).expect("the newer build opens it"));
    let engine =
        Sqlite::open(&file, clock.clone(), &SqliteOptions::default()).expect("so does the older one");
    by_hand(&engine, "INSERT INTO installation (name, value) VALUES ('level', '2')", Vec::new()).await;
    drop(engine);
    let engine = Sqlite::open(&file, clock.clone(), &newer).expect("the newer build opens it");
    assert_eq!(number(&engine, "SELECT count(*) FROM sqlite_schema WHERE name = 'notification'").await, 0);
    let mut database = store::sqlite::Migrating::open(&file, clock).expect("the file opens");
    assert_eq!(database.fleet_level(), Ok(2));
    let standing = status(&mut database, &newer.plan).await.expect("asked").steps;
    assert!(standing.iter().all(|each| matches!(each.state, State::Taken(Stamp(_)))));
}

/// A directory holds no shard's tables, and a shard none of the directory's.
#[tokio::test]
async fn a_database_takes_only_the_steps_of_its_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    for (parts, has, has_not) in
        [(Part::OF_DIRECTORY, "account", "message"), (Part::OF_SHARD, "message", "account")]
    {
        let file = folder.path().join(has);
        let plan = Plan { parts, ..Plan::default() };
        let options = SqliteOptions { plan, ..SqliteOptions::default() };
        let engine =
            Sqlite::open(&file, Arc::new(testkit::FakeClock::default()), &options).expect("it opens");
        for (table, there) in [("head", 1), (has, 1), (has_not, 0)] {
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name = $1";
            let found = crate::hands::rows(&engine, tables, vec![Value::Text(table.into())]).await;
            assert_eq!(found, [[Value::Int(there)]], "{table} in {parts:?}");
        }
        assert_eq!(store::check::check(&engine, parts, &mut |_| ()).await, Ok(Vec::new()));
    }
}
