//! Which database holds a workspace.

use domain::WorkspaceId;
use store::Store;

/// The directory and, today, one shard; they may be the same database.
#[derive(Clone)]
pub struct Places {
    directory: Store,
    shard: Store,
}

impl Places {
    pub fn new(directory: Store, shard: Store) -> Self {
        Self { directory, shard }
    }
    pub fn together(store: Store) -> Self {
        Self { directory: store.clone(), shard: store }
    }
    pub fn directory(&self) -> &Store {
        &self.directory
    }
    /// Every database of whole workspaces.
    pub fn shards(&self) -> Vec<&Store> {
        vec![&self.shard]
    }
    pub fn of(&self, workspace: WorkspaceId) -> &Store {
        if workspace == WorkspaceId::INSTALLATION { &self.directory } else { &self.shard }
    }
}
