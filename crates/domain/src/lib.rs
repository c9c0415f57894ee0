//! The rules of Rookery: who may do what, and what then changes. Pure: no I/O, no clock, no randomness.
//!
//! **Invariant.** A command names its rows before it judges them, and refuses before it changes anything.

pub mod cell;
pub mod changed;
pub mod command;
pub mod commit;
pub mod event;
pub mod id;
pub mod image;
pub mod limits;
pub mod moment;
pub mod permission;
pub mod private;
pub mod refusal;
pub mod rights;
pub mod row;
pub mod rows;
pub mod tables;
pub mod text;
pub mod verbs;
pub mod world;

pub use command::{By, Changes, Command, Reply};
pub use commit::Commit;
pub use event::{Audience, EventKind, Tell, Viewer, may_see};
pub use id::{AccountId, ChannelId, FileId, Key, NotAnId, WorkspaceId};
pub use image::Image;
pub use moment::{Epoch, Fence, Position, Stamp};
pub use private::PrivateItem;
pub use refusal::{Code, Refusal};
pub use rights::{Right, Rights};
pub use rows::*;
pub use tables::{InWorld, Needs};
pub use world::{BUCKET_US, World};
