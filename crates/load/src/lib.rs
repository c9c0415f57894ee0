//! The load generator: what every bench and `rookery load` drive their requests with and judge their figures by.
//!
//! **Invariant.** A figure is printed only for a run whose correctness counters are zero, and a latency is counted from
//! the instant its request was due, never from the instant a busy generator got round to it.

#![allow(
    clippy::disallowed_methods,
    reason = "the generator stands outside of what it measures: its clock is the machine's, its threads are its own"
)]

pub mod closed;
pub mod counters;
pub mod crowd;
pub mod figure;
pub mod http;
pub mod lag;
pub mod latency;
pub mod noise;
pub mod open;
pub mod pace;
pub mod place;
pub mod process;
pub mod random;
pub mod rounds;
pub mod run;
pub mod schedule;
pub mod shape;
pub mod sources;
pub mod swarm;
pub mod trouble;
pub mod zipf;
