//! Which part of an installation's journals one follower loop is for.

use domain::{Key, WorkspaceId};

use crate::following::Share;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub shard: usize,
    pub slice: u8,
    pub share: Share,
    pub holder: Key,
}

impl Place {
    pub fn holds(&self, workspace: WorkspaceId) -> bool {
        match self.share {
            Share::Alone => true,
            // The end of an id is chance.
            Share::Slices(of) => workspace.bytes()[15] % of.max(1) == self.slice,
        }
    }
    /// Nobody to share with: nothing to hold.
    pub fn lease_name(&self, follower: &str) -> Option<String> {
        match self.share {
            Share::Alone => None,
            Share::Slices(_) => Some(format!("follow/{follower}/{}/{}", self.shard, self.slice)),
        }
    }
}
