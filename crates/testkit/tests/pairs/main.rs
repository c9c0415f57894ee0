//! Two nodes of one installation that hear of each other through Redis, and what befalls that.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod bad_days;
mod builds;
mod company;
mod pair;
mod remembered;
mod watching;
