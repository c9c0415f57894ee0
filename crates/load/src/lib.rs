//! The load generator: what every bench and `rookery load` drive their requests with and judge their figures by.
//!
//! **Invariant.** A figure is printed only for a run whose correctness counters are zero, and a latency is counted from
//! the instant its request was due, never from the instant a busy generator got round to it.

pub mod closed;
pub mod counters;
pub mod figure;
pub mod lag;
pub mod latency;
pub mod noise;
pub mod open;
pub mod pace;
pub mod random;
pub mod rounds;
pub mod run;
pub mod schedule;
pub mod zipf;
