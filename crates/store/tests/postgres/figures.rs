use std::{fmt::Write, time::Duration};

use domain::cell::Value;
use futures_util::future::join_all;
use store::pg::PoolConfig;
use store::postgres::{Durability, WRITER_SETTINGS};
use store::{Answer, Engine, PostgresOptions, Query, StoreError};

use crate::node::Node;
use crate::place::{Place, until};
use crate::team::Team;

fn small(place: &Place, size: usize, wait_max: Duration) -> PostgresOptions {
    let pool = PoolConfig { size, overflow: 0, wait_max, ..PoolConfig::default() };
    PostgresOptions { pool, ..PostgresOptions::new(place.direct()) }
}

#[tokio::test]
async fn a_node_tells_what_it_may_take_and_what_there_is() {
    let place = Place::fresh().await;
    let node = Node::at(place.pooled()).await;
    let connections = node.engine.connections_allowed().await.unwrap();
    assert_eq!((connections.own_max, connections.allowed), (50, 197));
    assert_eq!(node.engine.durability().await, Ok(Durability::PrimaryOnly));
    assert_eq!(node.engine.load_figures().max, 50);
    node.engine.ping().await.unwrap();
}

/// Readers take every connection they may; who writes has its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_never_wait_behind_readers_and_one_reader_too_many_is_told_to_come_back() {
    let place = Place::fresh().await;
    let node = Node::with(small(&place, 6, Duration::from_secs(1))).await;
    let team = Team::founded_on(&node).await;
    let slow = Query { sql: "SELECT 1 FROM pg_sleep(600)", values: Vec::new() };
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (engine, slow) = (std::sync::Arc::clone(&node.engine), slow.clone());
            // Where a connection takes too long to be made, it is there the next time.
            tokio::spawn(
                async move { while let Err(StoreError::Saturated { .. }) = engine.run(&slow).await {} },
            )
        })
        .collect();
    let witness = tokio::sync::Mutex::new(place.witness().await);
    let asleep =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    until("three readers sleep", || async { witness.lock().await.number(asleep).await == 3 }).await;
    let turned_away = node.engine.run(&slow).await;
    assert!(matches!(turned_away, Err(StoreError::Saturated { retry_after }) if !retry_after.is_zero()));
    let said = join_all((0..20).map(|_| team.says(&node, "hello"))).await;
    assert!(said.iter().all(Result::is_ok), "{said:?}");
    node.engine.ping().await.unwrap();
    readers.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_statement_outside_of_any_journal_gives_its_rows_and_what_it_touched() {
    let place = Place::fresh().await;
    let node = Node::at(place.pooled()).await;
    let take = "INSERT INTO lease (name, holder, term, until_us) VALUES ($1, $2, $3, $4)";
    let holder = vec![7; 16];
    let values = vec![Value::Text("relay".into()), Value::Blob(holder.clone()), Value::Int(1), Value::Int(5)];
    let (rows, touched) = node.engine.run(&Query { sql: take, values }).await.unwrap();
    assert_eq!((rows.len(), touched), (0, 1));
    let look = Query { sql: "SELECT name, holder, term, NULL::text FROM lease", values: Vec::new() };
    let (rows, _) = node.engine.run(&look).await.unwrap();
    assert_eq!(
        rows.values(),
        [[Value::Text("relay".into()), Value::Blob(holder), Value::Int(1), Value::Null]]
    );
    let keep = "UPDATE node SET seen_us = $1 WHERE level > $2";
    let nobody = Query { sql: keep, values: vec![Value::Int(1), Value::Int(1)] };
    assert_eq!(node.engine.run(&nobody).await, Ok((Answer::default(), 0)));
    let job = "INSERT INTO job (id, queue, workspace, body, due_us, state, attempts, strikes) \
               VALUES ($1, 'mail', $2, '', $3, 'waiting', 0, 0)";
    let values = vec![Value::Text("a/b/1/1".into()), Value::Null, Value::Int(1)];
    assert_eq!(node.engine.run(&Query { sql: job, values }).await.unwrap().1, 1);
}

#[tokio::test]
async fn a_writer_of_its_own_role_carries_its_settings_and_writes_all_the_same() {
    let place = Place::fresh().await;
    let mut witness = place.witness().await;
    let role = format!("writer_{}", place.direct().database);
    let mut script = format!("CREATE ROLE {role} LOGIN SUPERUSER;");
    for (name, value) in WRITER_SETTINGS {
        _ = write!(script, "ALTER ROLE {role} SET {name} = '{value}';");
    }
    witness.does(&script).await;
    for dsn in [place.direct(), place.pooled()] {
        let writer = Some(store::pg::Dsn { user: role.clone(), ..dsn.clone() });
        let node = Node::with(PostgresOptions { writer, ..PostgresOptions::new(dsn) }).await;
        assert!(node.engine.writer_carries_its_settings());
        assert_eq!(node.engine.load_figures().max, 50);
        let team = Team::founded_on(&node).await;
        team.says(&node, "hello").await.unwrap();
        node.stops().await;
    }
    assert_eq!(witness.number("SELECT count(*) FROM message").await, 2);
    drop(place);
    witness.0 =
        crate::place::connect(&store::pg::Dsn { database: "postgres".into(), ..crate::place::server() })
            .await;
    witness.does(&format!("DROP ROLE {role}")).await;
}
