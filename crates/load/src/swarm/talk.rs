//! Talking: so many messages under way at once, or on a schedule that waits for nobody.

use serde::{Deserialize, Serialize};

/// How a swarm talks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Talk {
    /// The next message goes out when the last listener has heard one: so many are on their way.
    Window { messages: u32 },
    /// Each is due at its time, and its latency counts from there.
    Open { per_second: f64 },
}
