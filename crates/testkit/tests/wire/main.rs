//! The line to the database fails at each message; the database fails over, or tells another history than before.

mod credulous;
mod epochs;
mod failover;
mod places;
mod quorum;
mod silence;
mod town;
