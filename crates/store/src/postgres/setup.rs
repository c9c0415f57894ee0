//! What a database needs before its first batch: its tables. Works through a pooler: nothing lives in the session.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use domain::Stamp;
use tokio::time::Instant;

use super::options::WRITER_SETTINGS;
use super::trouble::{failed, unreadable};
use crate::migrate::{LEDGER, Migratable};
use crate::pg::{Answer, Connection, Dsn, Param, Statement};
use crate::port::StoreError;
use crate::statement::Dialect;

const CONNECT_MAX: Duration = Duration::from_secs(10);
/// A step may wait for another node's, and touch many rows.
const STEP_MAX: Duration = Duration::from_hours(1);
/// One node at a time, until the end of the transaction. Asked for again and again, never waited for inside: a waiting
/// statement holds a snapshot, and an index that is built beside writers waits for every snapshot to end.
const ONE_AT_A_TIME: &str = "SELECT pg_try_advisory_xact_lock(7958234502)";
const ASK_AGAIN: Duration = Duration::from_millis(50);

fn plain(sql: &str) -> Statement<'_> {
    Statement { sql, params: &[] }
}

/// A database whose migrations are looked at or taken, on a connection beside any engine's.
pub struct Migrating {
    dsn: Dsn,
    connection: Connection,
}

impl Migrating {
    pub async fn open(dsn: &Dsn) -> Result<Self, StoreError> {
        Ok(Self { dsn: dsn.clone(), connection: connect(dsn).await? })
    }

    /// The level the fleet is known to have reached; 0 where nobody raised it yet.
    pub async fn fleet_level(&mut self) -> Result<i32, StoreError> {
        if !self.has("installation").await? {
            return Ok(0);
        }
        let answer = self.ask("SELECT value FROM installation WHERE name = 'level'", &[]).await?;
        let level = answer.first().map(|row| row.text(0)).transpose().map_err(unreadable)?;
        Ok(level.and_then(|level| level.parse().ok()).unwrap_or(0))
    }

    async fn has(&mut self, table: &str) -> Result<bool, StoreError> {
        let table = [Param::Text(Some(table))];
        let answer = self.ask("SELECT to_regclass($1) IS NOT NULL", &table).await?;
        Ok(answer.first().map_or(Ok(0), |row| row.int(0)).map_err(unreadable)? != 0)
    }

    async fn ask(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Answer, StoreError> {
        let answers = self.connection.flight(&[Statement { sql, params }]).await.map_err(failed)?;
        answers.into_iter().next().ok_or_else(|| StoreError::Statement("no answer".into()))
    }

    async fn roll_back(&mut self) {
        if self.connection.flight(&[plain("ROLLBACK")]).await.is_err() {
            tracing::warn!("a migration was not rolled back by us; the server does it");
        }
    }
}

async fn connect(dsn: &Dsn) -> Result<Connection, StoreError> {
    let mut connection = Connection::connect(dsn, "rookery migrate", CONNECT_MAX).await.map_err(failed)?;
    connection.set_flight_limit(STEP_MAX);
    Ok(connection)
}

/// A transaction that holds the turn of its node.
async fn take_turn(connection: &mut Connection) -> Result<(), StoreError> {
    let asked = [plain("BEGIN"), plain(PATIENT), plain(ONE_AT_A_TIME)];
    let until = Instant::now() + STEP_MAX;
    loop {
        let answers = connection.flight(&asked).await.map_err(failed)?;
        let mine = answers.last().and_then(Answer::first).map_or(Ok(0), |row| row.int(0));
        if mine.map_err(unreadable)? != 0 {
            return Ok(());
        }
        connection.flight(&[plain("ROLLBACK")]).await.map_err(failed)?;
        if Instant::now() >= until {
            return Err(StoreError::Unreachable("another node has been migrating for an hour".into()));
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

#[async_trait]
impl Migratable for Migrating {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn taken(&mut self) -> Result<BTreeMap<String, Stamp>, StoreError> {
        if !self.has("migration").await? {
            return Ok(BTreeMap::new());
        }
        let answer = self.ask("SELECT name, at_us FROM migration", &[]).await?;
        let rows = answer.rows().map(|row| Ok((row.text(0)?.to_owned(), Stamp(row.int(1)?))));
        rows.collect::<Result<_, _>>().map_err(unreadable)
    }

    async fn take(&mut self, name: &str, statements: &[String]) -> Result<bool, StoreError> {
        let params = [Param::Text(Some(name))];
        let remember = Statement { sql: REMEMBER, params: &params };
        take_turn(&mut self.connection).await?;
        let answers = match self.connection.flight(&[plain(LEDGER), remember]).await {
            Ok(answers) => answers,
            Err(error) => {
                self.roll_back().await;
                return Err(failed(error));
            }
        };
        if answers.last().and_then(Answer::affected) == Some(0) {
            self.roll_back().await;
            return Ok(false);
        }
        let rest: Vec<_> = statements.iter().map(|text| plain(text)).chain([plain("COMMIT")]).collect();
        match self.connection.flight(&rest).await {
            Ok(answers) if answers.last().map(Answer::tag) == Some("COMMIT") => Ok(true),
            Ok(_) => Err(StoreError::Statement(format!("migration {name} was rolled back"))),
            Err(error) => {
                self.roll_back().await;
                Err(failed(error))
            }
        }
    }

    /// Outside of any transaction, as such an index must be; another connection holds the turn meanwhile. The index
    /// waits for whoever holds a snapshot, and a statement holds its own until the next one, if only an empty one.
    async fn build(&mut self, index: &str, on: &str) -> Result<(), StoreError> {
        let mut turn = connect(&self.dsn).await?;
        take_turn(&mut turn).await?;
        turn.flight(&[plain("")]).await.map_err(failed)?;
        let params = [Param::Text(Some(index))];
        if !self.ask(HALF_BUILT, &params).await?.is_empty() {
            self.ask(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}"), &[]).await?;
        }
        self.ask(&format!("CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {on}"), &[]).await?;
        turn.flight(&[plain("ROLLBACK")]).await.map(drop).map_err(failed)
    }
}

const REMEMBER: &str = "INSERT INTO migration (name, at_us) \
    VALUES ($1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) ON CONFLICT (name) DO NOTHING";
const PATIENT: &str = "SELECT set_config('idle_in_transaction_session_timeout', '0', true)";
const HALF_BUILT: &str = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid";

/// Whether the role of this session carries all settings of a writer itself.
pub(super) async fn carries_settings(connection: &mut Connection) -> Result<bool, StoreError> {
    // On a socket of the system itself there is nothing to keep alive, and those settings read as zero.
    let held = WRITER_SETTINGS.map(|(name, value)| {
        let held = format!("current_setting('{name}') = '{value}'");
        if name.starts_with("tcp_") { format!("({held} OR inet_client_addr() IS NULL)") } else { held }
    });
    let durable = "current_setting('synchronous_commit') NOT IN ('off', 'local')";
    let text = format!("SELECT {} AND {durable}", held.join(" AND "));
    let answers = connection.flight(&[plain(&text)]).await.map_err(failed)?;
    Ok(answers[0].first().map_or(Ok(0), |row| row.int(0)).map_err(unreadable)? != 0)
}
