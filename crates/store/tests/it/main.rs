//! What the journal promises, shown on real databases.

#![allow(clippy::disallowed_methods, reason = "nodes and witnesses live as long as their test")]

mod backups;
mod checks;
mod followers;
mod hands;
mod jobs;
mod lanes;
mod leases;
mod migrations;
mod nodes;
mod texts;
mod upkeep;
