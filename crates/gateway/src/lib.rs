//! The sockets of a node: who is at them, what they may hear, and how it reaches them with the fewest bytes and wakes.
//!
//! **Invariant.** Nothing here is the only place of anything: a socket that is dropped loses no event, since a position
//! brings its client level again.

pub mod codec;
pub mod handshake;
