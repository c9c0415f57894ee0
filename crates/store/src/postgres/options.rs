//! Where the database is and how it is used.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use crate::pg::{Dsn, PoolConfig};

/// The defaults are what a server wants.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    pub primary: Dsn,
    /// Another sign-in for the lanes, whose role carries `WRITER_SETTINGS` itself. Without it, or where the role does
    /// not carry them, each batch says them.
    pub writer: Option<Dsn>,
    pub replicas: Vec<Dsn>,
    /// To the primary, the lanes' connections included; to each replica as many.
    pub pool: PoolConfig,
    pub lanes: usize,
    /// How long a commit may take before its connection is dropped and its outcome unknown.
    pub commit_max: Duration,
    /// Added to the database's clock, for tests of a clock that jumps.
    pub skew_us: Arc<AtomicI64>,
}

impl PostgresOptions {
    pub fn new(primary: Dsn) -> Self {
        Self {
            primary,
            writer: None,
            replicas: Vec::new(),
            pool: PoolConfig::default(),
            lanes: 2,
            commit_max: Duration::from_secs(5),
            skew_us: Arc::default(),
        }
    }

    /// Connections that readers leave alone, so that no lane waits behind them.
    pub(super) fn reserve(&self) -> usize {
        let max = self.pool.size + self.pool.overflow;
        (self.lanes + 1).min(max / 2)
    }
}

/// What holds while a batch is written. The planner knows nothing of tables that were empty a minute ago, and every
/// statement goes by a key: so it has no choice. Whoever abandons a transaction or waits for a lock is ended soon; a
/// COMMIT that waits for its quorum never is, for it would be told as done. A client that fell silent in the middle of a
/// flight is neither idle nor waiting, and would hold its heads until the system's own keepalive, two hours later.
pub const WRITER_SETTINGS: [(&str, &str); 13] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "5s"),
    ("statement_timeout", "0"),
    ("client_min_messages", "warning"),
    ("tcp_keepalives_idle", "3"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];
