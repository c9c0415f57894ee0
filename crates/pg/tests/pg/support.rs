use std::{env, future::Future, time::Duration};

use pg::{Answer, Connection, Dsn, Param, PgError, Statement};

pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn server() -> Dsn {
    service("ROOKERY_TEST_POSTGRES")
}

pub fn pooler() -> Dsn {
    service("ROOKERY_TEST_PGBOUNCER")
}

fn service(variable: &str) -> Dsn {
    let Ok(dsn) = env::var(variable) else {
        panic!("{variable} is not set; run: scripts/services run -- cargo test -p pg")
    };
    dsn.parse().expect("the services print an address")
}

pub async fn connect() -> Connection {
    Connection::connect(&server(), "wire tests", PATIENCE).await.expect("the server lets us in")
}

pub fn ask<'a>(sql: &'a str, params: &'a [Param<'a>]) -> Statement<'a> {
    Statement { sql, params }
}

/// A flight of statements without parameters.
pub async fn fly(connection: &mut Connection, statements: &[&str]) -> Result<Vec<Answer>, PgError> {
    let statements: Vec<_> = statements.iter().map(|sql| ask(sql, &[])).collect();
    connection.flight(&statements).await
}

pub async fn number(connection: &mut Connection, sql: &str) -> i64 {
    let answers = fly(connection, &[sql]).await.expect("the question is good");
    answers[0].first().expect("a row").int(0).expect("a number")
}

/// Tries again until it holds; the test fails when it never does.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never came about: {what}"));
}
