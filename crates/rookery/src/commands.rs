//! One file a command; each is a table of contents over what does the work.

pub mod admin;
mod ask;
pub mod backup;
pub mod check;
pub mod config;
pub mod doctor;
pub mod load;
pub mod migrate;
pub mod restore;
pub mod serve;
pub mod verify;
pub mod version;
