//! What touches directory and shard is finished, whoever crashed in between.

use domain::verbs::{Found, Making, Settle};
use domain::{By, Key, WorkspaceId};
use store::{Done, Freshness, NotDone, Query, StoreError};

use crate::Service;
use crate::set_up::derive;

/// Workspaces in the making: few, since each is finished at once or at the next start.
const MAKING: &str = "SELECT name, value FROM installation WHERE name >= 'making/' AND name < 'making0' ORDER BY name LIMIT 200";

impl Service {
    /// The second and third step. Each may be done already.
    pub(crate) async fn finish_making(&self, making: &Making, key: Key) -> Result<Done, NotDone> {
        let by = By::new(making.workspace, making.owner);
        let done = self.in_workspace(by, derive(key, "found"), Found { making: making.clone() }).await?;
        let installation = By { workspace: WorkspaceId::INSTALLATION, ..by };
        self.in_workspace(installation, derive(key, "settle"), Settle { workspace: making.workspace })
            .await?;
        Ok(done)
    }

    /// At start-up and now and then: gives how many workspaces, memberships and closings were left half done and are whole
    /// now.
    pub async fn finish_what_was_begun(&self) -> Result<usize, NotDone> {
        let query = Query { sql: MAKING, values: Vec::new() };
        let rows = match self
            .places()
            .directory()
            .read(WorkspaceId::INSTALLATION, Freshness::Newest, &query)
            .await
        {
            Ok(seen) => seen.value,
            Err(StoreError::Elsewhere) => return Ok(0),
            Err(error) => return Err(NotDone::Failed(error.to_string())),
        };
        let mut finished = self.finish_memberships().await? + self.finish_closings().await?;
        for row in &rows {
            let Some(value) = row.text(1) else { continue };
            let making: Making =
                serde_json::from_str(value).map_err(|error| NotDone::Failed(error.to_string()))?;
            match self.finish_making(&making, self.new_key()).await {
                Ok(_) => finished += 1,
                // One that cannot be finished keeps none of the others from it.
                Err(NotDone::Refused(refusal)) => {
                    tracing::error!(workspace = %making.workspace, %refusal, "a workspace cannot be finished: {refusal}");
                }
                Err(other) => return Err(other),
            }
        }
        Ok(finished)
    }
}

/// The questions of this crate, for the test that prepares each.
pub const QUERIES: &[&str] = &[MAKING, crate::send::QUERY, crate::members::QUERY];
