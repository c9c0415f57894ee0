//! What happens reaches people while it happens, on every engine.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod arriving;
mod crowd;
mod doors;
mod guests;
mod journal;
mod on_the_way;
mod own;
mod own_door;
mod resume;
mod slow;
mod staying;
mod talking;
mod transcript;
