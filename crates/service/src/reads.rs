//! How anything is read: one look at a snapshot, its errors in the words of this crate.

use domain::cell::Corrupt;
use domain::{By, Channel, ChannelId, ChannelTip, Code, Refusal, WorkspaceId};
use reading::standing;
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

    /// A channel, for who may see it.
    pub async fn channel(
        &self,
        by: By,
        fresh: Freshness,
        channel: ChannelId,
    ) -> Result<Seen<(Channel, ChannelTip)>, NotDone> {
        let seen = self.look(by.workspace, fresh, &[standing::query(by, channel)]).await?;
        let rows = standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?;
        let standing = rows.standing()?;
        let value = (standing.channel.clone(), standing.tip.clone());
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
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
