//! The journal: commands that change rows and append events in one transaction, and the only SQL that writes.
//!
//! **Invariant.** What `execute` acknowledged is durable, numbered without a hole, and found again by its key.

mod answer;
pub mod check;
pub mod clock;
pub mod follow;
pub mod job;
mod judge;
mod lane;
pub mod lease;
pub mod migrate;
pub mod node;
mod order;
pub mod port;
pub mod postgres;
mod read;
pub mod secrets;
mod shared;
pub mod sqlite;
pub mod statement;
mod store;
mod timing;
pub mod upkeep;

pub use ::pg;
pub use answer::{Answer, Columns, Record};
pub use domain::Commit;
pub use judge::{DigestKey, KEY_AGE_MAX_US, KEY_AHEAD_MAX_US};
pub use order::{Done, NotDone, Order};
pub use port::{Engine, Freshness, Query, Seen, StoreError};
pub use postgres::{Postgres, PostgresOptions};
pub use shared::Committed;
pub use sqlite::{Sqlite, SqliteOptions};
pub use store::{Limits, Store};

/// Every text that is asked outside of a commit, for the test that prepares each on both databases.
pub fn queries() -> Vec<&'static str> {
    let kept =
        [follow::QUERIES, job::QUERIES, secrets::QUERIES, lease::QUERIES, node::QUERIES, upkeep::QUERIES];
    let kept = kept.into_iter().flatten().copied();
    kept.chain(check::queries()).collect()
}
