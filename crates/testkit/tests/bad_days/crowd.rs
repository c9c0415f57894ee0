//! One workspace has a million events, a thousand others are quiet: nobody pays for it. Counted in pages that are
//! touched, since a timing would tell of the machine.

use std::fmt::Write;
use std::sync::Arc;

use domain::cell::Value;
use domain::row::Row;
use domain::{
    Channel, ChannelId, ChannelTip, Event, Head, Member, Message, Seat, WorkspaceId, WorkspaceSelf,
};
use store::{Freshness, Query, Sqlite, SqliteOptions};
use testkit::ground::database::{Witness, until};
use testkit::team::number;
use testkit::{Backend, Faulty, Ground, Node, PowerCut, Team};

const EVENTS: u64 = 1_000_000;
const QUIET: usize = 1_000;
/// What a level more in each tree and another place in it may cost. A scan would cost ten thousands.
const PAGES_MORE_MAX: usize = 40;

const NEWEST: &str = "SELECT number, text FROM message WHERE channel = $1 AND thread = 0 AND number <= $2 \
    ORDER BY number DESC LIMIT 50";
const MISSED: &str =
    "SELECT position, kind FROM event WHERE workspace = $1 AND position > $2 ORDER BY position LIMIT 100";

struct Town {
    ground: Ground,
    busy: Team,
    quiet: Team,
}

/// Both have said one thing.
async fn founded(backend: Backend) -> Town {
    let ground = Ground::on(backend).await;
    let node = ground.node().await;
    let busy = Team::set_up(&node).await;
    let quiet = Team::another(&node, "Quiet").await;
    for team in [&busy, &quiet] {
        team.owner.says(&node, team.general, "hello").await.expect("said");
    }
    node.stop().await;
    Town { ground, busy, quiet }
}

type Literal = fn(&[u8]) -> String;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
fn of_sqlite(bytes: &[u8]) -> String {
    format!("x'{}'", hex(bytes))
}
fn of_postgres(bytes: &[u8]) -> String {
    format!("'\\x{}'::bytea", hex(bytes))
}

/// The last thing said, said a million times.
fn goes_on(team: &Team, literal: Literal) -> String {
    let (workspace, channel) = (literal(team.workspace.bytes()), literal(team.general.bytes()));
    let numbers = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {EVENTS}) SELECT"
    );
    let more = |column: &str| match column {
        "position" | "number" | "changed" | "at_us" => format!("t.{column} + many.n"),
        other => format!("t.{other}"),
    };
    let (events, event) = (names::<Event>().join(", "), each::<Event>(more));
    let (messages, message) = (names::<Message>().join(", "), each::<Message>(more));
    format!(
        "INSERT INTO event ({events}) {numbers} {event} FROM event t, many WHERE t.workspace = {workspace} \
             AND t.position = (SELECT position FROM head WHERE workspace = {workspace});
         INSERT INTO message ({messages}) {numbers} {message} FROM message t, many WHERE t.channel = {channel}
             AND t.position = (SELECT position FROM head WHERE workspace = {workspace});
         UPDATE head SET position = position + {EVENTS}, last_us = last_us + {EVENTS} WHERE workspace = {workspace};
         UPDATE channel_tip SET last_number = last_number + {EVENTS}, last_us = last_us + {EVENTS},
             last_position = last_position + {EVENTS} WHERE workspace = {workspace} AND channel = {channel};"
    )
}

fn names<R: Row>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|column| column.name).collect()
}
fn each<R: Row>(value: impl Fn(&str) -> String) -> String {
    names::<R>().into_iter().map(value).collect::<Vec<_>>().join(", ")
}

/// A thousand workspaces like this one.
fn has_neighbours(team: &Team, clock: &dyn store::clock::Clock, literal: Literal) -> String {
    let mut script = String::from("BEGIN;\n");
    for _ in 0..QUIET {
        let key = store::clock::new_key(clock);
        let workspace = literal(WorkspaceId::new(key).bytes());
        let channel = literal(ChannelId::new(key).bytes());
        let mut copy = |table: &str, columns: Vec<&str>, of: &str| {
            let value = |column: &&str| match *column {
                "workspace" => workspace.clone(),
                "channel" | "id" => channel.clone(),
                other => other.to_owned(),
            };
            let values: Vec<_> = columns.iter().map(value).collect();
            let (columns, values) = (columns.join(", "), values.join(", "));
            let _ =
                writeln!(script, "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {of};");
        };
        let of = format!("workspace = {}", literal(team.workspace.bytes()));
        copy(Head::TABLE, names::<Head>(), &of);
        copy(WorkspaceSelf::TABLE, names::<WorkspaceSelf>(), &of);
        copy(Member::TABLE, names::<Member>(), &of);
        copy(Channel::TABLE, names::<Channel>(), &of);
        copy(ChannelTip::TABLE, names::<ChannelTip>(), &of);
        copy(Seat::TABLE, names::<Seat>(), &of);
        copy(Event::TABLE, names::<Event>(), &of);
        copy(Message::TABLE, names::<Message>(), &format!("channel = {}", literal(team.general.bytes())));
    }
    script + "COMMIT;"
}

/// One thing said, the newest of a channel read, and what somebody missed.
async fn talks(node: &Node, team: &Team) {
    let done = team.owner.says(node, team.general, "and now").await.expect("said");
    let engine = node.store.engine();
    let newest = Query { sql: NEWEST, values: vec![Value::of(&team.general), Value::of(&number(&done))] };
    let missed = vec![Value::of(&team.workspace), Value::of(&(done.position.0.saturating_sub(3)))];
    let missed = Query { sql: MISSED, values: missed };
    for query in [newest, missed] {
        let seen = engine.read(team.workspace, Freshness::Newest, &query).await.expect("it reads");
        assert!(!seen.value.is_empty());
    }
}

/// Pages fetched by a server that has none yet.
async fn pages_on_a_file(town: &Town, team: &Team) -> usize {
    let (disk, clock) = (PowerCut::new(0), town.ground.clock.clone());
    clock.advance(10_000_000);
    let options = SqliteOptions { readers: 0, vfs: disk.vfs(), ..SqliteOptions::default() };
    let engine = Sqlite::open(&town.ground.file(), Arc::new(clock.clone()), &options).expect("it opens");
    let node = Node::start(Faulty::over(Arc::new(engine)), clock).await;
    let before = disk.reads();
    talks(&node, team).await;
    let pages = disk.reads() - before;
    node.stop().await;
    pages
}

#[tokio::test]
async fn a_file_with_a_million_events_beside_a_thousand_quiet_workspaces_costs_no_more_pages() {
    let town = founded(Backend::Sqlite).await;
    let empty = pages_on_a_file(&town, &town.busy).await;
    let file = rusqlite::Connection::open(town.ground.file()).expect("it opens");
    file.pragma_update(None, "synchronous", "OFF").expect("a setting");
    file.execute_batch(&goes_on(&town.busy, of_sqlite)).expect("a million");
    file.execute_batch(&has_neighbours(&town.quiet, &town.ground.clock, of_sqlite)).expect("a thousand");
    drop(file);
    for team in [&town.busy, &town.quiet] {
        let pages = pages_on_a_file(&town, team).await;
        assert!(pages <= empty + PAGES_MORE_MAX, "{pages} pages, {empty} when all was empty");
    }
}

mod postgres {
    use super::*;

    const TOUCHED: &str = "SELECT sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0) \
        + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::bigint FROM pg_statio_user_tables";
    const SCANS: &str = "SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE relname <> 'origin'";
    const SAID: &str = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'message'";
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid()";
    const STILL: &str = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_stat_user_tables LOOP \
        EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', t); END LOOP; END $$";

    /// So much was said, and that is counted: whoever was here is gone, and has told its counts.
    async fn all_is_counted(town: &Town, said: i64) -> Witness {
        until("the counts are in", async || {
            let mut witness = Witness::of(&town.ground.database().direct()).await;
            witness.number(OTHERS).await == 0 && witness.number(SAID).await == said
        })
        .await;
        Witness::of(&town.ground.database().direct()).await
    }

    /// Blocks touched and tables read whole, while somebody talks; so much was said before.
    async fn blocks(town: &Town, team: &Team, said: i64) -> (i64, i64) {
        let mut witness = all_is_counted(town, said).await;
        let (scans, before) = (witness.number(SCANS).await, witness.number(TOUCHED).await);
        drop(witness);
        let node = town.ground.node().await;
        talks(&node, team).await;
        node.stop().await;
        let mut witness = all_is_counted(town, said + 1).await;
        (witness.number(TOUCHED).await - before, witness.number(SCANS).await - scans)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_database_with_a_million_events_beside_a_thousand_quiet_workspaces_costs_no_more_blocks() {
        let town = founded(Backend::Postgres).await;
        Witness::of(&town.ground.database().direct()).await.does(STILL).await;
        let (empty, scans) = blocks(&town, &town.busy, 2).await;
        for script in
            [goes_on(&town.busy, of_postgres), has_neighbours(&town.quiet, &town.ground.clock, of_postgres)]
        {
            Witness::of(&town.ground.database().direct()).await.does(&script).await;
        }
        let said = 3 + EVENTS as i64 + QUIET as i64;
        for (team, said) in [(&town.busy, said), (&town.quiet, said + 1)] {
            let (blocks, read_whole) = blocks(&town, team, said).await;
            assert!(blocks <= empty + PAGES_MORE_MAX as i64, "{blocks} blocks, {empty} when all was empty");
            assert!(read_whole <= scans, "{read_whole} tables read whole, {scans} when all was empty");
        }
    }
}
