//! One file a command; each is a table of contents over what does the work.

pub mod config;
pub mod serve;
pub mod version;
