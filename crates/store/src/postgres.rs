//! The engine at scale: one primary, replicas that may lag, two flights a batch, directly or through a pooler.
//!
//! **Invariant.** A commit is acknowledged when every statement of its flight succeeded and the last tag is COMMIT;
//! what was cut off in between is unknown, never guessed.

mod codec;
mod engine;
mod figures;
mod history;
mod load;
mod lock;
mod options;
mod replica;
mod setup;
mod texts;
mod trouble;
mod write;

pub use engine::Postgres;
pub use figures::{Connections, Durability};
pub use options::{PostgresOptions, WRITER_SETTINGS};
pub use replica::Lag;
pub use setup::Migrating;
