//! The time, handed in, so that a test can say what time it is.

use std::sync::Arc;
use std::time::SystemTime;

pub use protocol::time::rfc3339;

pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
