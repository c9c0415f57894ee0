//! What one transaction did to one workspace, for whoever tells others.

use crate::{AccountId, Epoch, Event, Image, Position, PrivateItem, WorkspaceId, World};

/// Events with the images their writer had in hand. Events may be empty; `private` goes to that member's own sockets.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    pub workspace: WorkspaceId,
    pub epoch: Epoch,
    /// The position of the first event.
    pub first: Position,
    pub events: Vec<(Event, Image)>,
    pub private: Vec<(AccountId, u64, PrivateItem)>,
}

impl Commit {
    /// Nothing to tell where nothing changed.
    pub fn of(world: &World) -> Option<Self> {
        if world.events().is_empty() && world.private().is_empty() {
            return None;
        }
        let events: Vec<_> =
            world.events().iter().map(|event| (event.clone(), Image::of(event, world))).collect();
        let first = Position(world.head().position.0 + 1 - events.len() as u64);
        let private = world.private().to_vec();
        Some(Self { workspace: world.workspace(), epoch: world.epoch(), first, events, private })
    }
}
