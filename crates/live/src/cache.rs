//! What was read once and is used again: by this process, and by all that share a Redis.
//!
//! Nothing here is ever invalidated. A value carries the moment of its journal it was read at, a reader says the moment it
//! asks for, and the journal, followed without a hole, says whether anything between the two touched the value (`story`).
//! How long what is kept is only the net below that, and an operator's drop is never needed for the truth.

mod flights;
mod kept;
mod levels;
mod local;
mod name;
mod story;

use async_trait::async_trait;

pub use self::kept::{Kept, Settings};
pub use self::levels::{Asked, Brought, Cached, Carrier, Wanted};
pub use self::local::InProcess;
pub use self::name::{Class, Name, NotAPattern, Pattern};
pub use self::story::Topic;

/// A level cannot be asked now; the next one is, and at the end the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cache cannot be asked: {0}")]
pub struct CacheError(pub String);

/// One level. All names of a call are of one workspace.
#[async_trait]
pub trait Cache: Send + Sync + 'static {
    /// In the order of the names; none for what is not there any more or cannot be read.
    async fn get(&self, names: &[Name]) -> Result<Vec<Option<Kept>>, CacheError>;
    /// Each for as long as its class is kept.
    async fn set(&self, values: &[(Name, Kept)]) -> Result<(), CacheError>;
    /// Drops what fits, and says how many; without a look at everything at once.
    async fn invalidate(&self, pattern: &Pattern) -> Result<u64, CacheError>;
}
