//! What programs see: the API of `/api/v1`, on every engine.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod bodies;
mod bots;
mod changed;
mod channel_changes;
mod channels;
mod closing;
mod document;
mod entrance;
mod export;
mod keeping;
mod known;
mod limits;
mod lists;
mod matrix;
mod me;
mod members;
mod message;
mod messages;
mod needle;
mod notifications;
mod origins;
mod paging;
mod pictures;
mod pins;
mod reactions;
mod remembered;
mod replay;
mod rules;
mod sending;
mod sessions;
mod statements;
mod tokens;
mod workspaces;
