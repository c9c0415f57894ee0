//! The sockets of a node: who is at them, what they may hear, and how it reaches them with the fewest bytes and wakes.
//!
//! **Invariant.** Nothing here is the only place of anything: a socket that is dropped loses no event, since a position
//! brings its client level again.

mod admission;
mod arrivals;
pub mod codec;
mod core;
mod crowds;
mod desk;
pub mod door;
mod frames;
mod gateway;
pub mod handshake;
mod hub;
mod limits;
mod outbox;
mod session;
mod ticket;
mod wire;

pub use admission::{Allowance, Unlimited};
pub use arrivals::{Arrival, Bare};
pub use gateway::{CoreWork, Gateway, Parts};
pub use limits::Limits;
