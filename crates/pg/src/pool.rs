mod dial;

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use self::dial::Dialer;
use super::{
    connection::{Connection, Statement, Status},
    dsn::Dsn,
    error::PgError,
};

/// How long who finds the pool saturated should stay away.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How many sessions a node holds to one server, and how long each is trusted.
#[derive(Debug, Clone)]
pub struct PoolConfig {
    /// Connections kept open when nobody uses them.
    pub size: usize,
    /// Connections beyond those, under load.
    pub overflow: usize,
    /// One beyond `size` is closed when it was idle for longer. Load comes in gusts, and opening a session costs both sides
    /// many times what it is then asked.
    pub overflow_rests: Duration,
    /// A connection is replaced when it is this old.
    pub age_max: Duration,
    /// A connection that was idle for longer is asked before it is lent. Zero asks each time; the end of a connection
    /// that has been announced to us is noticed always, at no cost.
    pub check_after: Duration,
    /// How long a caller waits for a connection before it is told to come back later.
    pub wait_max: Duration,
    /// How long one attempt to connect, or one check, may take.
    pub connect_max: Duration,
    /// How long a flight on these connections may take.
    pub flight_max: Duration,
    /// Whether a session may keep statements that come again, where no pooler stands between.
    pub keeps_statements: bool,
    /// How the sessions are named in `pg_stat_activity`.
    pub application: String,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            size: 20,
            overflow: 30,
            overflow_rests: Duration::from_secs(10),
            age_max: Duration::from_hours(1),
            check_after: Duration::from_secs(1),
            wait_max: Duration::from_secs(5),
            connect_max: Duration::from_secs(5),
            flight_max: Duration::from_secs(30),
            keeps_statements: true,
            application: "rookery".into(),
        }
    }
}

/// Why no connection was lent.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error("all database connections are in use")]
    Saturated { retry_after: Duration },
    #[error("{error}")]
    Unavailable {
        #[source]
        error: PgError,
        retry_after: Duration,
    },
    #[error("the connection pool is closed")]
    Closed,
}

/// What the gauges show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    pub in_use: usize,
    pub idle: usize,
    /// Callers in line for a connection.
    pub waiting: usize,
    pub max: usize,
    /// Connections opened since the start.
    pub opened: u64,
    /// Attempts to connect that failed, since the start.
    pub failed: u64,
}

/// Lends connections of one server, first come first served, never more than `size + overflow` at a time.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: PoolConfig,
    dialer: Dialer,
    /// One permit for each connection that may be lent.
    permits: Arc<Semaphore>,
    /// The last returned goes out first, so that those beyond the need grow old.
    idle: Mutex<Vec<Resting>>,
    waiting: AtomicUsize,
}

#[derive(Debug)]
struct Resting {
    connection: Connection,
    born: Instant,
    since: Instant,
}

impl Pool {
    /// Opens nothing yet.
    pub fn new(dsn: Dsn, config: PoolConfig) -> Self {
        let permits = Arc::new(Semaphore::new(config.size + config.overflow));
        let dialer = Dialer::new(dsn, &config);
        let idle = Mutex::new(Vec::with_capacity(config.size));
        Self(Arc::new(Inner { config, dialer, permits, idle, waiting: AtomicUsize::new(0) }))
    }

    /// Waits in line at most `wait_max`, connecting included.
    pub async fn get(&self) -> Result<Loan, PoolError> {
        let until = Instant::now() + self.0.config.wait_max;
        let permit = self.in_line(until).await?;
        let (mut connection, born) = match self.rested(until).await {
            Some(rested) => rested,
            None => (self.0.dialer.dial(until).await?, Instant::now()),
        };
        if !self.0.config.keeps_statements {
            connection.keep_no_statements();
        }
        if self.0.permits.is_closed() {
            return Err(PoolError::Closed);
        }
        connection.set_flight_limit(self.0.config.flight_max);
        Ok(Loan { connection: Some(connection), born, pool: self.0.clone(), _permit: permit })
    }

    async fn in_line(&self, until: Instant) -> Result<OwnedSemaphorePermit, PoolError> {
        if let Ok(permit) = self.0.permits.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(&self.0.waiting);
        match timeout_at(until, self.0.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(PoolError::Closed),
            Err(_) => Err(PoolError::Saturated { retry_after: RETRY_AFTER }),
        }
    }

    /// An idle connection that is young and well; those that are not are closed on the way.
    async fn rested(&self, until: Instant) -> Option<(Connection, Instant)> {
        let config = &self.0.config;
        loop {
            let Resting { mut connection, born, since } = self.0.idle.lock().pop()?;
            if born.elapsed() < config.age_max
                && connection.is_alive().await
                && (since.elapsed() < config.check_after || self.answers(&mut connection, until).await)
            {
                return Some((connection, born));
            }
        }
    }

    async fn answers(&self, connection: &mut Connection, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        connection.set_flight_limit(self.0.config.connect_max.min(left));
        connection.flight(&[Statement { sql: "SELECT 1", params: &[] }]).await.is_ok()
    }

    pub fn stats(&self) -> PoolStats {
        let Inner { config, dialer, permits, idle, waiting } = &*self.0;
        let max = config.size + config.overflow;
        PoolStats {
            in_use: max - permits.available_permits(),
            idle: idle.lock().len(),
            waiting: waiting.load(Ordering::Relaxed),
            max,
            opened: dialer.opened(),
            failed: dialer.failed(),
        }
    }

    /// Lends no more: who waits is told so, idle connections are closed now, lent ones when they come back.
    pub fn close(&self) {
        self.0.permits.close();
        self.0.idle.lock().clear();
    }
}

/// Counts a caller in line for as long as it is, also when it gives up.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A lent connection. It goes back when dropped, unless it is broken, in a transaction or too old: then it is closed.
#[derive(Debug)]
pub struct Loan {
    connection: Option<Connection>,
    born: Instant,
    pool: Arc<Inner>,
    /// Released after `drop` below has put the connection back, so that the next in line finds it.
    _permit: OwnedSemaphorePermit,
}

impl Deref for Loan {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a loan holds its connection until it is dropped")
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a loan holds its connection until it is dropped")
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let config = &self.pool.config;
        let is_well = !connection.broken()
            && connection.status() == Status::Idle
            && self.born.elapsed() < config.age_max;
        let mut idle = self.pool.idle.lock();
        // Looked at under the lock of the idle ones: `close` empties them after it has closed the line.
        if is_well && !self.pool.permits.is_closed() {
            idle.push(Resting { connection, born: self.born, since: Instant::now() });
        }
        // Those that rested longest stand first.
        let beyond = idle.len().saturating_sub(config.size);
        let rested = idle.iter().take(beyond).take_while(|one| one.since.elapsed() >= config.overflow_rests);
        let rested = rested.count();
        drop(idle.drain(..rested));
    }
}
