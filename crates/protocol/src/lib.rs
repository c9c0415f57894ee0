//! What crosses the wire: bodies of requests and answers, events and frames, and how a row looks outside.
//!
//! **Invariant.** No row is serialised as it is: what stands in an answer was chosen here, field by field, so private
//! columns cannot leak and the inside may change.

pub mod account;
pub mod bot;
pub mod changed;
pub mod channel;
pub mod entrance;
pub mod event;
pub mod export;
pub mod frame;
pub mod keeping;
pub mod list;
pub mod lists;
pub mod member;
pub mod message;
pub mod mine;
pub mod notification;
pub mod page;
pub mod person;
pub mod picture;
pub mod problem;
pub mod seat;
pub mod time;
pub mod workspace;
pub mod written;

/// A message as it is stored.
pub use domain::Message as Row;
pub use domain::{
    AccountId, By, ChannelId, Epoch, FileId, Key, Position, Refusal, Role, Stamp, WorkspaceId, limits,
};
pub use event::Event;
pub use list::{List, Listing};
pub use message::Message;
pub use page::Page;
pub use person::{People, Person};
pub use problem::Problem;
pub use written::{Moment, Written};
