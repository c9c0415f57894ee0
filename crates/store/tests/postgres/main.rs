//! What the journal promises on PostgreSQL, directly and through a pooler, shown on real servers.

#![allow(clippy::disallowed_methods, reason = "nodes and witnesses live as long as their test")]

mod cluster;
mod figures;
mod history;
mod node;
mod place;
mod refusals;
mod replicas;
mod statements;
mod team;
mod two_nodes;
mod unknown;
mod verbs;
