//! What the database's words mean for who asked.

#![allow(clippy::needless_pass_by_value, reason = "they stand behind map_err")]

use crate::pg::{PgError, PoolError};
use crate::port::StoreError;

/// No connection: nothing happened.
pub(super) fn no_loan(error: PoolError) -> StoreError {
    match error {
        PoolError::Saturated { retry_after } => StoreError::Saturated { retry_after },
        PoolError::Unavailable { error, .. } => StoreError::Unreachable(error.to_string()),
        PoolError::Closed => StoreError::Unreachable("the connection pool is closed".into()),
    }
}

/// Of any flight but that of a COMMIT: whatever was cut off there is rolled back.
pub(super) fn failed(error: PgError) -> StoreError {
    let words = error.to_string();
    match &error {
        PgError::Server(server) => refused(&server.code, words),
        PgError::Misuse(_) => StoreError::Statement(words),
        PgError::Unreachable(_)
        | PgError::Closed(_)
        | PgError::Lost(_)
        | PgError::Timeout
        | PgError::Protocol(_) => StoreError::Unreachable(words),
    }
}

/// By the server's five letters.
fn refused(code: &str, words: String) -> StoreError {
    match code {
        // Read only: a standby, or an operator's wish. No space, no disk.
        "25006" | "55000" | "53100" | "58030" => StoreError::ReadOnly(words),
        // Deadlock, serialization, lock timeout, cancelled by an operator: nothing is wrong with what was asked.
        "40001" | "40P01" | "55P03" | "57014" => StoreError::Unreachable(words),
        // Connections, resources, operators, sign-in, no such database.
        _ if ["08", "53", "57", "28", "3D"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unreachable(words)
        }
        _ => StoreError::Statement(words),
    }
}

/// A cell that is not what its column was declared as.
pub(super) fn unreadable(error: PgError) -> StoreError {
    tracing::error!(%error, "an answer does not read: {error}");
    StoreError::Corrupt(domain::cell::Corrupt("a column of another type"))
}
