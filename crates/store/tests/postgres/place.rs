use std::{env, future::Future, time::Duration};

use store::migrate::Plan;
use store::pg::{Connection, Dsn, Param, Row, Statement};
use store::{Postgres, PostgresOptions};
use tokio::sync::OnceCell;

pub const PATIENCE: Duration = Duration::from_secs(30);

fn service(variable: &str) -> Dsn {
    let Ok(dsn) = env::var(variable) else {
        panic!("{variable} is not set; run: scripts/services run -- cargo test -p store")
    };
    dsn.parse().expect("the services print an address")
}

pub fn server() -> Dsn {
    service("ROOKERY_TEST_POSTGRES")
}

/// A database of one test's own, gone after it.
pub struct Place {
    direct: Dsn,
    is_ours: bool,
}

/// Migrated once a run; every place is a copy of it.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn template(server: &Dsn) -> String {
    let name = format!("template_{}", std::process::id());
    let mut admin = connect(server).await;
    admin.simple(&format!("CREATE DATABASE {name}")).await.expect("a template is made");
    let engine = Postgres::new(PostgresOptions::new(server.with_database(&name)));
    engine.migrate(&Plan::default()).await.expect("every step is taken");
    name
}

pub async fn connect(dsn: &Dsn) -> Connection {
    Connection::connect(dsn, "witness", PATIENCE).await.expect("the server lets us in")
}

impl Place {
    pub async fn fresh() -> Self {
        let server = server();
        let template = TEMPLATE.get_or_init(|| template(&server)).await;
        let name = format!("t_{}", store::clock::random::<8>().map(|byte| format!("{byte:02x}")).concat());
        let make = format!("CREATE DATABASE {name} TEMPLATE {template}");
        connect(&server).await.simple(&make).await.expect("a copy is made");
        Self { direct: server.with_database(&name), is_ours: true }
    }

    pub async fn empty() -> Self {
        let server = server();
        let name = format!("e_{}", store::clock::random::<8>().map(|byte| format!("{byte:02x}")).concat());
        connect(&server).await.simple(&format!("CREATE DATABASE {name}")).await.expect("it is made");
        Self { direct: server.with_database(&name), is_ours: true }
    }

    /// The main database of a server that is somebody's own.
    pub fn whole(dsn: Dsn) -> Self {
        Self { direct: dsn, is_ours: false }
    }

    pub fn direct(&self) -> Dsn {
        self.direct.clone()
    }
    pub fn pooled(&self) -> Dsn {
        service("ROOKERY_TEST_PGBOUNCER").with_database(&self.direct.database)
    }
    pub async fn witness(&self) -> Witness {
        Witness(connect(&self.direct).await)
    }
}

impl Drop for Place {
    /// On a thread of its own: the runtime of the test is busy dropping.
    fn drop(&mut self) {
        if !self.is_ours {
            return;
        }
        let server = self.direct.with_database("postgres");
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.direct.database);
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(async { connect(&server).await.simple(&drop).await }))
        });
        std::mem::drop(gone.join());
    }
}

/// Looks at rows, past the engine.
pub struct Witness(pub Connection);

impl Witness {
    pub async fn number(&mut self, sql: &str) -> i64 {
        let answers = self.0.flight(&[Statement { sql, params: &[] }]).await.expect("a good question");
        answers[0].first().expect("a row").int(0).expect("a number")
    }
    pub async fn numbers(&mut self, sql: &str, of: &[u8]) -> Vec<i64> {
        let params = [Param::Blob(Some(of))];
        let answers = self.0.flight(&[Statement { sql, params: &params }]).await.expect("a good question");
        answers[0].rows().map(|row| row.int(0).expect("a number")).collect()
    }
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        let answers = self.0.flight(&[Statement { sql, params: &[] }]).await.expect("a good question");
        let text = |row: Row<'_>| row.nullable(0, Row::text).expect("a text").unwrap_or("NULL").to_owned();
        answers[0].rows().map(text).collect()
    }
    pub async fn does(&mut self, script: &str) {
        self.0.simple(script).await.expect("a good script");
    }
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
