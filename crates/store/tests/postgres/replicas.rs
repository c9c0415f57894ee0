use domain::cell::Value;
use domain::{Epoch, Position};
use store::postgres::Durability;
use store::{Engine, Freshness, PostgresOptions, Query, Seen, StoreError};

use crate::cluster::Cluster;
use crate::node::Node;
use crate::place::{Place, Witness, connect, until};
use crate::team::Team;

/// The last message and where the journal stood. Whoever answers tells by itself that it is a replica.
fn who(team: &Team) -> Query {
    let sql = "SELECT pg_is_in_recovery()::int, last_number FROM channel_tip WHERE channel = $1";
    Query { sql, values: vec![Value::Blob(team.general.bytes().to_vec())] }
}

struct Told {
    by_replica: bool,
    last_number: i64,
    seen: Seen<()>,
}

async fn ask(node: &Node, team: &Team, fresh: Freshness) -> Told {
    let Seen { epoch, position, value } = node.engine.read(team.workspace, fresh, &who(team)).await.unwrap();
    let value = value.values();
    let [Value::Int(replica), Value::Int(last_number)] = value[0][..] else { panic!("{value:?}") };
    Told { by_replica: replica == 1, last_number, seen: Seen { epoch, position, value: () } }
}

async fn caught_up(node: &Node) -> bool {
    node.engine.replica_lag().await.unwrap()[0].as_ref().is_ok_and(|lag| lag.bytes == 0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_answers_what_it_knows_and_the_primary_the_rest_until_the_replica_takes_over() {
    let cluster = Cluster::start();
    let (primary, mut replica) =
        (Place::whole(cluster.primary.clone()), Witness(connect(&cluster.replica).await));
    let replicas = vec![cluster.replica.clone()];
    let node = Node::with(PostgresOptions { replicas, ..PostgresOptions::new(primary.direct()) }).await;
    let team = Team::founded_on(&node).await;
    let first = team.says(&node, "first").await.unwrap();
    until("the replica has all", || caught_up(&node)).await;

    let told = ask(&node, &team, Freshness::MayLag).await;
    assert_eq!((told.by_replica, told.last_number, told.seen.position), (true, 1, first.position));
    let here = Freshness::AtLeast(first.epoch, first.position);
    assert!(ask(&node, &team, here).await.by_replica);
    assert!(!ask(&node, &team, Freshness::Newest).await.by_replica);

    // It stands still: what it has is old, and old is what it may say.
    replica.does("SELECT pg_wal_replay_pause()").await;
    let paused = "SELECT (pg_get_wal_replay_pause_state() = 'paused')::int";
    let waiting = tokio::sync::Mutex::new(&mut replica);
    until("it stands still", || async { waiting.lock().await.number(paused).await == 1 }).await;
    let second = team.says(&node, "second").await.unwrap();
    let told = ask(&node, &team, Freshness::MayLag).await;
    assert_eq!((told.by_replica, told.last_number), (true, 1));
    let told = ask(&node, &team, Freshness::AtLeast(second.epoch, second.position)).await;
    assert_eq!((told.by_replica, told.last_number, told.seen.position), (false, 2, second.position));
    assert!(ask(&node, &team, here).await.by_replica);
    assert!(node.engine.replica_lag().await.unwrap()[0].as_ref().unwrap().bytes > 0);

    // Another history began: nothing of the old one is told any more.
    let mut witness = primary.witness().await;
    witness.does("UPDATE head SET epoch = epoch + 1").await;
    let newest = ask(&node, &team, Freshness::Newest).await.seen;
    assert_eq!(newest.epoch, Epoch(first.epoch.0 + 1));
    assert!(!ask(&node, &team, Freshness::MayLag).await.by_replica);
    let old = node.engine.read(team.workspace, here, &who(&team)).await;
    assert_eq!(old, Err(StoreError::OtherEpoch));
    replica.does("SELECT pg_wal_replay_resume()").await;
    until("the replica has all", || caught_up(&node)).await;
    assert!(ask(&node, &team, Freshness::MayLag).await.by_replica);

    // Whoever moved away left a fence.
    witness.does("UPDATE head SET fence = fence + 1").await;
    ask(&node, &team, Freshness::Newest).await;
    until("the fence is there too", || async { ask(&node, &team, Freshness::MayLag).await.by_replica }).await;

    durability(&cluster, &node).await;
    takes_over(&cluster, &team, newest.epoch, second.position).await;
}

async fn durability(cluster: &Cluster, node: &Node) {
    assert_eq!(node.engine.durability().await, Ok(Durability::PrimaryOnly));
    cluster.set("synchronous_standby_names", "ANY 1 (r1)");
    until("it says so", || async { node.engine.durability().await == Ok(Durability::Quorum) }).await;
}

/// The primary is gone, its replica is promoted: a new epoch begins before anything is written.
async fn takes_over(cluster: &Cluster, team: &Team, epoch: Epoch, position: Position) {
    cluster.kill_primary();
    cluster.promote_replica();
    let place = Place::whole(cluster.replica.clone());
    let mut witness = place.witness().await;
    let [one, two] = [Node::at(place.direct()).await, Node::at(place.direct()).await];
    let unmoved = "SELECT (epoch_before IS NULL)::int FROM head WHERE workspace = $1";
    assert_eq!(witness.numbers(unmoved, team.workspace.bytes()).await, [1]);
    let (said, too) = tokio::join!(team.says(&one, "still here"), team.says(&two, "me too"));
    let (said, too) = (said.unwrap(), too.unwrap());
    assert!(said.epoch > epoch && said.epoch == too.epoch, "one new epoch, whoever began it");
    assert_eq!(said.position.0 + too.position.0, 2 * position.0 + 3);
    let head = "SELECT (epoch_before = (SELECT min(epoch_before) FROM head))::int * epoch_from FROM head \
                WHERE workspace = $1";
    assert_eq!(witness.numbers(head, team.workspace.bytes()).await, [position.0 as i64]);
    let timeline = "SELECT value FROM origin WHERE name = 'timeline'";
    assert_eq!(witness.texts(timeline).await, ["00000002"]);
}

#[tokio::test]
async fn a_replica_that_is_away_costs_an_answer_nothing_but_a_moment() {
    let place = Place::fresh().await;
    let nobody = store::pg::Dsn { port: 1, ..place.direct() };
    let options = PostgresOptions { replicas: vec![nobody], ..PostgresOptions::new(place.direct()) };
    let node = Node::with(options).await;
    let team = Team::founded_on(&node).await;
    team.says(&node, "hello").await.unwrap();
    for _ in 0..20 {
        assert!(!ask(&node, &team, Freshness::MayLag).await.by_replica);
    }
    assert!(node.engine.replica_lag().await.unwrap()[0].is_err());
}
