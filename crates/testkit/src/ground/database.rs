//! Databases on the servers of `scripts/services`, each a copy of one that was migrated once a run.

use std::time::Duration;

use store::migrate::Plan;
use store::pg::{Connection, Dsn, Param, Row, Statement};
use store::{Postgres, PostgresOptions};
use tokio::sync::OnceCell;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The address of a test's server; without it the test fails and says what to run.
pub fn server(variable: &str) -> Dsn {
    let Ok(address) = std::env::var(variable) else {
        panic!("{variable} is not set; run: scripts/services run -- cargo test -p testkit")
    };
    address.parse().expect("the services print an address")
}

/// A database of one's own, gone after it.
pub struct Database {
    direct: Dsn,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn template(server: &Dsn) -> String {
    let name = format!("template_testkit_{}", std::process::id());
    let dsn = server.with_database(&name);
    Witness::of(server).await.does(&format!("CREATE DATABASE {name}")).await;
    let engine = Postgres::new(PostgresOptions::new(dsn));
    engine.migrate(&Plan::default()).await.expect("every step is taken");
    name
}

impl Database {
    pub async fn fresh() -> Self {
        let server = server("ROOKERY_TEST_POSTGRES");
        let template = TEMPLATE.get_or_init(|| template(&server)).await;
        Self::copied(&server, template).await
    }
    /// Without any table.
    pub async fn empty() -> Self {
        Self::copied(&server("ROOKERY_TEST_POSTGRES"), "template0").await
    }
    async fn copied(server: &Dsn, template: &str) -> Self {
        let name = format!("t_{}", store::clock::random::<8>().map(|byte| format!("{byte:02x}")).concat());
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template}");
        Witness::of(server).await.does(&copy).await;
        Self { direct: server.with_database(&name) }
    }
    pub fn direct(&self) -> Dsn {
        self.direct.clone()
    }
    pub fn pooled(&self) -> Dsn {
        server("ROOKERY_TEST_PGBOUNCER").with_database(&self.direct.database)
    }
}

impl Drop for Database {
    /// On a thread of its own: the runtime of the test is busy dropping.
    fn drop(&mut self) {
        let server = self.direct.with_database("postgres");
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.direct.database);
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(async { Witness::of(&server).await.does(&drop).await }))
        });
        // A failed drop leaves a database behind on a server that is gone after the run.
        std::mem::drop(gone.join());
    }
}

/// Looks at a database past any engine.
pub struct Witness(Connection);

impl Witness {
    pub async fn of(dsn: &Dsn) -> Self {
        Self(Connection::connect(dsn, "witness", PATIENCE).await.expect("the server lets us in"))
    }
    /// Where the server may be away.
    pub async fn try_of(dsn: &Dsn) -> Option<Self> {
        Connection::connect(dsn, "witness", Duration::from_secs(5)).await.ok().map(Self)
    }
    pub async fn does(&mut self, script: &str) {
        self.0.simple(script).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    }
    pub async fn number(&mut self, sql: &str) -> i64 {
        self.try_number(sql).await.unwrap_or_else(|| panic!("no number: {sql}"))
    }
    pub async fn try_number(&mut self, sql: &str) -> Option<i64> {
        let answers = self.0.flight(&[Statement { sql, params: &[] }]).await.ok()?;
        answers.first()?.first()?.int(0).ok()
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
}

/// Tries again until it holds; the test fails when it never does.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never came about: {what}"));
}
