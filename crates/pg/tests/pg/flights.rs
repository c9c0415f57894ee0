use pg::{Answer, Connection, Param, PgError, ServerError, Status};

use crate::support::{PATIENCE, ask, connect, fly, number};

async fn with_table() -> Connection {
    let mut connection = connect().await;
    connection
        .simple("CREATE TEMP TABLE note (id BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        .await
        .unwrap();
    connection
}

fn refusal(error: PgError) -> ServerError {
    match error {
        PgError::Server(error) => *error,
        other => panic!("not a refusal: {other}"),
    }
}

#[tokio::test]
async fn a_flight_answers_each_statement_in_order() {
    let mut connection = with_table().await;
    let answers = connection
        .flight(&[
            ask("BEGIN", &[]),
            ask("INSERT INTO note VALUES ($1), ($2)", &[Param::Int(Some(1)), Param::Int(Some(2))]),
            ask("SELECT id FROM note WHERE id > $1 ORDER BY id", &[Param::Int(Some(0))]),
            ask("", &[]),
            ask("COMMIT", &[]),
        ])
        .await
        .unwrap();
    let tags: Vec<_> = answers.iter().map(Answer::tag).collect();
    assert_eq!(tags, ["BEGIN", "INSERT 0 2", "SELECT 2", "", "COMMIT"]);
    let ids: Vec<_> = answers[2].rows().map(|row| row.int(0).unwrap()).collect();
    assert_eq!((ids, answers[4].affected()), (vec![1, 2], None));
    assert_eq!(connection.status(), Status::Idle);
}

#[tokio::test]
async fn a_failing_statement_is_named_and_the_commit_behind_it_is_never_carried_out() {
    let mut connection = with_table().await;
    let flight =
        ["BEGIN", "INSERT INTO note VALUES (1)", "SELECT 1 / 0", "INSERT INTO note VALUES (2)", "COMMIT"];
    let error = refusal(fly(&mut connection, &flight).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("22012", Some(2)));
    assert_eq!((connection.status(), connection.broken()), (Status::Failed, false));

    assert_eq!(fly(&mut connection, &["ROLLBACK"]).await.unwrap()[0].tag(), "ROLLBACK");
    assert_eq!(connection.status(), Status::Idle);
    assert_eq!(number(&mut connection, "SELECT count(*) FROM note").await, 0);
}

#[tokio::test]
async fn each_statement_of_a_flight_can_fail_and_none_of_them_lets_the_commit_pass() {
    let mut connection = with_table().await;
    let good = ["BEGIN", "INSERT INTO note VALUES (1)", "SELECT 1", "UPDATE note SET id = 2", "COMMIT"];
    for bad in ["SELECT 1 / 0", "SELEKT", "SELECT * FROM nowhere", "SELECT $1::text"] {
        for at in 1..good.len() {
            let mut flight = good;
            flight[at] = bad;
            let error = refusal(fly(&mut connection, &flight).await.unwrap_err());
            assert_eq!(error.statement, Some(at), "{bad} at {at}: {error}");
            assert_eq!(connection.status(), Status::Failed);
            fly(&mut connection, &["ROLLBACK"]).await.unwrap();
        }
    }
    assert_eq!(number(&mut connection, "SELECT count(*) FROM note").await, 0);
}

#[tokio::test]
async fn the_commit_of_a_failed_transaction_says_rollback() {
    let mut connection = with_table().await;
    fly(&mut connection, &["BEGIN", "INSERT INTO note VALUES (1)"]).await.unwrap();
    assert_eq!(connection.status(), Status::InTransaction);
    fly(&mut connection, &["SELECT 1 / 0"]).await.unwrap_err();
    assert_eq!(fly(&mut connection, &["COMMIT"]).await.unwrap()[0].tag(), "ROLLBACK");
    assert_eq!(number(&mut connection, "SELECT count(*) FROM note").await, 0);
}

#[tokio::test]
async fn a_check_that_fails_at_the_end_belongs_to_the_commit_or_to_no_statement() {
    let mut connection = with_table().await;
    let twice = "INSERT INTO note VALUES (1), (1)";
    let error = refusal(fly(&mut connection, &["BEGIN", twice, "COMMIT"]).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", Some(2)));
    assert_eq!(error.constraint.as_deref(), Some("note_id_key"));
    let error = refusal(fly(&mut connection, &[twice]).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", None));
    assert_eq!(connection.status(), Status::Idle);
}

#[tokio::test]
async fn ten_megabytes_go_both_ways_at_once() {
    let mut connection = connect().await;
    let whole = "x".repeat(10 << 20);
    let part = &whole[..1 << 18];
    for (text, count) in [(whole.as_str(), 1), (part, 40)] {
        let params = [Param::Text(Some(text))];
        let flight = vec![ask("SELECT $1", &params); count];
        let answers =
            tokio::time::timeout(PATIENCE, connection.flight(&flight)).await.expect("no deadlock").unwrap();
        assert_eq!(answers.len(), count);
        assert!(answers.iter().all(|answer| answer.first().unwrap().text(0).unwrap() == text));
    }
}

#[tokio::test]
async fn a_script_runs_in_the_simple_protocol() {
    let mut connection = connect().await;
    let answers = connection
        .simple("CREATE TEMP TABLE a (b BIGINT); SELECT 42, 'x', NULL; DROP TABLE a")
        .await
        .unwrap();
    let row = answers[1].first().unwrap();
    assert_eq!((row.int(0).unwrap(), row.text(1).unwrap(), row.is_null(2).unwrap()), (42, "x", true));
    let error = refusal(connection.simple("SELECT 1; SELECT 1 / 0; SELECT 2").await.unwrap_err());
    assert_eq!(error.statement, Some(1));
    assert_eq!(connection.status(), Status::Idle);
}

#[tokio::test]
async fn a_statement_is_prepared_without_being_run() {
    let mut connection = connect().await;
    let prepared = connection.parse_only("SELECT $1::bigint AS n, $2::text[] AS names").await.unwrap();
    assert_eq!(prepared.params, [20, 1009]);
    assert_eq!(prepared.columns, [("n".into(), 20), ("names".into(), 1009)]);
    let error = refusal(connection.parse_only("SELECT nothing FROM nowhere").await.unwrap_err());
    assert_eq!(error.code, "42P01");
    assert_eq!(connection.parse_only("ROLLBACK").await.unwrap().columns, []);
}

#[tokio::test]
async fn copy_is_not_spoken_and_does_not_hang() {
    for sql in ["COPY (SELECT 1) TO STDOUT", "COPY note FROM STDIN"] {
        let mut connection = with_table().await;
        let error = fly(&mut connection, &[sql]).await.unwrap_err();
        assert!(matches!(error, PgError::Protocol(_)), "{sql}: {error}");
        assert!(connection.broken());
    }
}

#[tokio::test]
async fn what_the_server_mentions_is_kept_and_bounded() {
    let mut connection = connect().await;
    assert!(connection.server_version().unwrap().starts_with('1'));
    assert_eq!(connection.parameter("in_hot_standby"), Some("off"));
    let noisy = "DO $$ BEGIN FOR i IN 1..100 LOOP RAISE WARNING 'number %', i; END LOOP; END $$";
    fly(&mut connection, &[noisy]).await.unwrap();
    let notices = connection.take_notices();
    assert_eq!((notices.len(), notices[31].message.as_str()), (32, "number 100"));
    assert!(connection.take_notices().is_empty());
}
