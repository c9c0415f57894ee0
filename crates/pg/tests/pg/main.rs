//! What the PostgreSQL wire promises the journal, shown on a real server (and on a few that only pretend to be one).

#![allow(
    clippy::disallowed_methods,
    reason = "guests of a pool and impostors of a server live as long as their test"
)]

mod flights;
mod impostors;
mod kept;
mod lost;
mod pool;
mod pooler;
mod sign_in;
mod support;
mod values;
