//! What a journal itself keeps, in the directory and in every shard.

use crate::event::{Audience, EventKind};
use crate::{AccountId, ChannelId, Epoch, Fence, Key, Position, Stamp, WorkspaceId, row, word_cell};

word_cell!(
    /// Whether a workspace may be written here; only `active` may.
    HeadState { Arriving = "arriving", Active = "active", Frozen = "frozen", Gone = "gone" }
);

row!(
    /// The one row of a workspace's journal; holding its lock is holding the workspace.
    Head in "head" {
        key { workspace: WorkspaceId }
        rest {
            position: Position,
            last_us: Stamp,
            epoch: Epoch,
            epoch_before: Option<Epoch>,
            epoch_from: Position,
            /// Events up to here are trimmed.
            floor: Position,
            fence: Fence,
            state: HeadState,
            /// The 5-second bucket of the last commit.
            touched: u64,
        }
    }
);

impl Head {
    /// A journal before its first event.
    pub fn new(workspace: WorkspaceId, epoch: Epoch) -> Self {
        Self {
            workspace,
            position: Position(0),
            last_us: Stamp(0),
            epoch,
            epoch_before: None,
            epoch_from: Position(0),
            floor: Position(0),
            fence: Fence(1),
            state: HeadState::Active,
            touched: 0,
        }
    }
}

row!(
    /// One change of a workspace: what changed, never what it became.
    Event in "event" {
        key { workspace: WorkspaceId, position: Position }
        rest {
            kind: EventKind,
            audience: Audience,
            at_us: Stamp,
            actor: Option<AccountId>,
            channel: Option<ChannelId>,
            thread: Option<u64>,
            number: Option<u64>,
            account: Option<AccountId>,
            /// Only for facts that have no row.
            body: Option<String>,
        }
    }
);

row!(
    /// What a command answered, so that its key answers the same again.
    Receipt in "receipt" {
        key { key: Key, workspace: WorkspaceId, account: AccountId }
        rest { digest: [u8; 32], position: Position, result: String, at_us: Stamp }
    }
);
