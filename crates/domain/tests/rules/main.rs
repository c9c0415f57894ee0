//! The rules, without any database: what people may do, and what then changes.

mod deleting;
mod editing;
mod reading;
mod sending;
mod stage;
mod threads;
