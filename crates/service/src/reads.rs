//! How anything is read: one look at a snapshot, its errors in the words of this crate.

use std::collections::BTreeSet;

use domain::cell::Corrupt;
use domain::{AccountId, Code, Epoch, Member, Position, Refusal, Stamp, WorkspaceId};
use store::{Answer, Freshness, NotDone, Query, Seen, StoreError};

use crate::Service;

impl Service {
    /// Statements on one snapshot of a workspace.
    pub(crate) async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, NotDone> {
        self.places().of(workspace).look(workspace, fresh, queries).await.map_err(unseen)
    }

    /// The members an answer names, no older than the answer itself.
    pub async fn people(
        &self,
        workspace: WorkspaceId,
        moment: (Epoch, Position),
        accounts: BTreeSet<AccountId>,
    ) -> Result<Vec<Member>, NotDone> {
        let accounts: Vec<_> = accounts.into_iter().collect();
        self.named(workspace, moment, &accounts).await
    }

    /// What time it is here, for what is over by itself.
    pub fn now(&self) -> Stamp {
        self.clock.now()
    }
}

pub(crate) fn corrupt(error: Corrupt) -> NotDone {
    NotDone::Failed(error.to_string())
}

/// What a failed read means for who asked.
pub(crate) fn unseen(error: StoreError) -> NotDone {
    match error {
        StoreError::Saturated { retry_after } => NotDone::Saturated { retry_after },
        StoreError::OtherEpoch => {
            Refusal::new(Code::OtherEpoch, "the journal has another history now; start again").into()
        }
        StoreError::Elsewhere => Refusal::not_found("workspace").into(),
        passing if passing.is_passing() => {
            NotDone::Saturated { retry_after: std::time::Duration::from_secs(1) }
        }
        other => NotDone::Failed(other.to_string()),
    }
}
