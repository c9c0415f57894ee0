//! What a socket may cost; each by name.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads that keep sockets.
    pub cores: usize,
    pub sockets_max: usize,
    /// Of one account, on all its devices. 0: no limit.
    pub account_sockets_max: usize,
    /// Of one address, as long as nobody knows who they are. 0: no limit.
    pub address_strangers_max: usize,
    pub hello_within: Duration,
    pub commands_per_s: u32,
    /// Bytes that wait for one socket behind what brings it level; over it the socket is behind.
    pub queue_bytes_max: usize,
    /// Without any progress for this long a socket is closed.
    pub stuck_max: Duration,
    pub heartbeat: Duration,
    /// Where more than so many sockets of this process hear a channel, reactions to one of its messages wait for each other …
    pub crowd: usize,
    /// … so that an image of it is told no oftener than this.
    pub crowd_every: Duration,
    /// A pass that would start this soon after the last one waits as long for more.
    pub linger: Duration,
    /// Sockets that are brought level from the state at once.
    pub catching_up_max: usize,
    /// Newcomers a second, and how many at once; the rest is told when to come back.
    pub newcomers_per_s: u32,
    /// How long draining takes.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cores: 2,
            sockets_max: 50_000,
            account_sockets_max: 100,
            address_strangers_max: 5_000,
            hello_within: Duration::from_secs(10),
            commands_per_s: 100,
            queue_bytes_max: 256 * 1024,
            stuck_max: Duration::from_mins(1),
            heartbeat: Duration::from_secs(30),
            crowd: 1_000,
            crowd_every: Duration::from_secs(1),
            linger: Duration::from_millis(2),
            catching_up_max: 10,
            newcomers_per_s: 10_000,
            drain: Duration::from_secs(3),
        }
    }
}

/// Missed events brought from the tail; more, and the client starts from the state.
pub const MISSED_EVENTS_MAX: usize = 500;
/// Keys a hello may wait for.
pub const WAITING_MAX: usize = 100;
pub const LOOK_PEOPLE_MAX: usize = 200;
pub const LOOK_CHANNELS_MAX: usize = 20;
/// Commands of one socket that were not answered yet.
pub const UNANSWERED_MAX: u16 = 1_000;
/// Read marks of different places that wait for what was asked before them.
pub const MARKS_WAITING_MAX: usize = 100;
