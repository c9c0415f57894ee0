//! The PostgreSQL wire, as far as the journal needs it: flights of many statements with one Sync, the command tag of every
//! one of them, arrays as parameters, and a pool.
//!
//! **Invariant.** A connection whose flight was not heard to its end is never used again.
//! **Invariant.** A pooler may stand between us and the server: nothing that matters lives in the session, and statements
//! are kept in it only where none does.

mod answer;
mod connection;
mod dsn;
mod error;
mod handshake;
mod heard;
mod kept;
mod param;
mod pool;
mod stream;
mod tls;
mod wire;

pub use answer::{Answer, Row};
pub use connection::{Connection, Notice, Prepared, Statement, Status};
pub use dsn::{Dsn, DsnError, TlsMode};
pub use error::{PgError, ServerError};
pub use param::{ArrayParam, Param};
pub use pool::{Loan, Pool, PoolConfig, PoolError, PoolStats};
