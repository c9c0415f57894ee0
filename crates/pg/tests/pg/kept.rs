//! Statements that stay in a session, and what ends that.

use pg::{Connection, Param, PgError, Statement};

use crate::support::{PATIENCE, ask, connect, fly, number, pooler};

const KEPT: &str = "SELECT count(*) FROM pg_prepared_statements";
const TWICE: &str = "SELECT 2 * $1";

async fn doubled(connection: &mut Connection, value: i64) -> Result<i64, PgError> {
    let answers = connection.flight_kept(&[ask(TWICE, &[Param::Int(Some(value))])]).await?;
    answers[0].first().expect("a row").int(0)
}

#[tokio::test]
async fn a_text_that_comes_again_is_kept_and_answers_what_it_is_asked() {
    let mut connection = connect().await;
    for value in 0..20 {
        assert_eq!(doubled(&mut connection, value).await.unwrap(), 2 * value);
    }
    assert_eq!(number(&mut connection, KEPT).await, 1);
}

#[tokio::test]
async fn in_one_flight_a_text_may_come_twice_and_is_named_once() {
    let mut connection = connect().await;
    let (one, two) = ([Param::Int(Some(1))], [Param::Int(Some(2))]);
    for _ in 0..3 {
        let answers =
            connection.flight_kept(&[ask(TWICE, &one), ask(TWICE, &two), ask(TWICE, &one)]).await.unwrap();
        let numbers: Vec<_> = answers.iter().map(|answer| answer.first().unwrap().int(0).unwrap()).collect();
        assert_eq!(numbers, [2, 4, 2]);
    }
}

#[tokio::test]
async fn what_stood_behind_a_refused_statement_is_parsed_when_it_comes_again() {
    let mut connection = connect().await;
    let (wrong, number) = ([Param::Int(Some(0))], [Param::Int(Some(3))]);
    for _ in 0..4 {
        let error =
            connection.flight_kept(&[ask("SELECT 1 / $1", &wrong), ask(TWICE, &number)]).await.unwrap_err();
        assert_eq!(error.code(), Some("22012"));
    }
    assert_eq!(doubled(&mut connection, 4).await.unwrap(), 8);
    assert_eq!(doubled(&mut connection, 5).await.unwrap(), 10);
    assert_eq!(doubled(&mut connection, 6).await.unwrap(), 12);
}

#[tokio::test]
async fn a_plan_follows_its_table_and_a_session_whose_answers_changed_their_type_is_given_up() {
    let mut connection = connect().await;
    fly(&mut connection, &["CREATE TEMP TABLE leaf (n bigint)", "INSERT INTO leaf VALUES (7)"])
        .await
        .unwrap();
    let all = [Statement { sql: "SELECT n FROM leaf WHERE n > 0 ORDER BY n LIMIT 1", params: &[] }];
    for _ in 0..3 {
        assert_eq!(connection.flight_kept(&all).await.unwrap()[0].first().unwrap().int(0).unwrap(), 7);
    }
    fly(&mut connection, &["ALTER TABLE leaf ADD COLUMN m bigint"]).await.unwrap();
    assert_eq!(connection.flight_kept(&all).await.unwrap()[0].first().unwrap().int(0).unwrap(), 7);
    fly(&mut connection, &["ALTER TABLE leaf ALTER COLUMN n TYPE numeric"]).await.unwrap();
    assert_eq!(connection.flight_kept(&all).await.unwrap_err().code(), Some("0A000"));
    assert!(connection.broken(), "its other plans may be as old");
}

#[tokio::test]
async fn a_session_that_was_robbed_of_its_statements_is_given_up() {
    let mut connection = connect().await;
    for value in 0..3 {
        doubled(&mut connection, value).await.unwrap();
    }
    fly(&mut connection, &["DEALLOCATE ALL"]).await.unwrap();
    assert_eq!(doubled(&mut connection, 1).await.unwrap_err().code(), Some("26000"));
    assert!(connection.broken());
}

#[tokio::test]
async fn behind_a_pooler_nothing_is_kept() {
    let mut connection = Connection::connect(&pooler(), "wire tests", PATIENCE).await.unwrap();
    for value in 0..20 {
        assert_eq!(doubled(&mut connection, value).await.unwrap(), 2 * value);
        let answers = connection.flight(&[ask(KEPT, &[]), ask(TWICE, &[Param::Int(Some(1))])]).await.unwrap();
        assert_eq!(answers[0].first().unwrap().int(0).unwrap(), 0);
    }
}
