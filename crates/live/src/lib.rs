//! What happened, while it happens: the bus between nodes, the feed that makes a journal of it again, who is here, and what was
//! read lately and nothing touched since.
//!
//! **Invariant.** The bus is a hint, the journal is the truth: whatever the bus loses, doubles or turns around costs
//! time, never an event.

pub mod bus;
pub mod cache;
mod devices;
pub mod feed;
pub mod hit_rate;
pub mod journal;
pub mod piece;
pub mod presence;
pub mod redis;
pub mod shares;
mod tail;
pub mod wire;

pub use bus::{Bus, BusError, Heard, InProcess};
pub use feed::{Feed, Listener, Stay};
pub use journal::{Journal, Lost, Mark, Stretch};
pub use piece::Piece;
pub use presence::{Face, Hall, Here};
pub use shares::{Share, Shares};
