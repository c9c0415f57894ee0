//! The rules, without any database: what people may do, and what then changes.

mod away;
mod channels;
mod deleting;
mod directory;
mod directs;
mod editing;
mod invitations;
mod keeping;
mod matrix;
mod members;
mod notifying;
mod pinning;
mod reading;
mod seats;
mod sending;
mod snapshot;
mod stage;
mod texts;
mod threads;
mod workspaces;
