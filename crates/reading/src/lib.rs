//! What people read: each page as whole SQL texts, the same on both engines, and what their rows mean.
//!
//! **Invariant.** Nothing here writes, and nothing private is read without the rows that say who may read it, in the
//! same snapshot; the judging is `domain`'s. (`following` reads for nobody: what comes of it is judged when it is done.)

pub mod accounts;
pub mod changed;
pub mod channels;
pub mod closing;
pub mod directory;
pub mod entering;
pub mod entry;
pub mod events;
pub mod export;
pub mod following;
pub mod invited;
pub mod journal;
pub mod keeping;
pub mod lists;
pub mod members;
pub mod membership;
pub mod messages;
pub mod mine;
pub mod notifications;
pub mod people;
pub mod pictures;
pub mod pins;
pub mod reactions;
pub mod seats;
pub mod standing;
mod take;
pub mod workspaces;

pub use take::{one, rows};

/// Every text of this crate, for the test that prepares each on both engines.
pub fn queries() -> impl Iterator<Item = &'static str> {
    [
        accounts::QUERIES,
        changed::QUERIES,
        channels::QUERIES,
        closing::QUERIES,
        directory::QUERIES,
        export::QUERIES,
        keeping::QUERIES,
        entering::QUERIES,
        entry::QUERIES,
        events::QUERIES,
        invited::QUERIES,
        lists::QUERIES,
        members::QUERIES,
        journal::QUERIES,
        following::QUERIES,
        membership::QUERIES,
        messages::QUERIES,
        mine::QUERIES,
        notifications::QUERIES,
        people::QUERIES,
        pins::QUERIES,
        reactions::QUERIES,
        seats::QUERIES,
        pictures::QUERIES,
        standing::QUERIES,
        workspaces::QUERIES,
    ]
    .concat()
    .into_iter()
}
