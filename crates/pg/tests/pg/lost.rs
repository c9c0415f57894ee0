use std::{future::ready, time::Duration};

use pg::{Connection, PgError};

use crate::support::{connect, fly, number, until};

const SLEEP: &str = "SELECT pg_sleep(600)";

async fn is_asleep(witness: &mut Connection, pid: i32) -> bool {
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'");
    number(witness, &sql).await == 1
}

async fn is_gone(witness: &mut Connection, pid: i32) -> bool {
    number(witness, &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}")).await == 0
}

#[tokio::test]
async fn a_session_ended_in_the_middle_of_a_flight_is_lost_and_never_used_again() {
    let (mut connection, mut witness) = (connect().await, connect().await);
    let pid = connection.process_id();
    let flight =
        tokio::spawn(async move { (fly(&mut connection, &["BEGIN", SLEEP, "COMMIT"]).await, connection) });
    let witness = &tokio::sync::Mutex::new(&mut witness);
    until("the flight sleeps", || async { is_asleep(*witness.lock().await, pid).await }).await;
    number(*witness.lock().await, &format!("SELECT pg_terminate_backend({pid})")).await;

    let (answer, mut connection) = flight.await.unwrap();
    let error = answer.unwrap_err();
    assert!(matches!(&error, PgError::Lost(why) if why.contains("57P01")), "{error}");
    assert!(error.is_outcome_unknown() && connection.broken());
    assert!(matches!(fly(&mut connection, &["SELECT 1"]).await, Err(PgError::Closed(_))));
}

#[tokio::test]
async fn a_session_ended_while_idle_is_closed_and_nothing_was_asked_of_it() {
    let (mut connection, mut witness) = (connect().await, connect().await);
    let pid = connection.process_id();
    number(&mut witness, &format!("SELECT pg_terminate_backend({pid})")).await;
    let witness = &tokio::sync::Mutex::new(&mut witness);
    until("the session is gone", || async { is_gone(*witness.lock().await, pid).await }).await;

    let error = fly(&mut connection, &["SELECT 1"]).await.unwrap_err();
    assert!(matches!(&error, PgError::Closed(why) if why.contains("57P01")), "{error}");
    assert!(!error.is_outcome_unknown() && connection.broken());
}

#[tokio::test]
async fn a_flight_nobody_waits_for_leaves_a_broken_connection() {
    let mut connection = connect().await;
    tokio::select! {
        biased;
        _ = fly(&mut connection, &[SLEEP]) => panic!("it sleeps"),
        () = ready(()) => {}
    }
    assert!(connection.broken());
    assert!(matches!(fly(&mut connection, &["SELECT 1"]).await, Err(PgError::Closed(_))));
}

#[tokio::test]
async fn a_flight_past_its_limit_is_given_up_with_its_outcome_unknown() {
    let mut connection = connect().await;
    connection.set_flight_limit(Duration::from_millis(20));
    let error = fly(&mut connection, &[SLEEP]).await.unwrap_err();
    assert!(matches!(error, PgError::Timeout) && error.is_outcome_unknown());
    assert!(connection.broken());
}

#[tokio::test]
async fn a_dropped_connection_ends_its_session() {
    let (connection, mut witness) = (connect().await, connect().await);
    let pid = connection.process_id();
    drop(connection);
    let witness = &tokio::sync::Mutex::new(&mut witness);
    until("the session is gone", || async { is_gone(*witness.lock().await, pid).await }).await;
}
