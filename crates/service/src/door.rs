//! Who is asking: what a secret opens, and where a workspace's address leads.

use domain::{AccountId, AccountState, By, CredentialKind, Key, Stamp, WorkspaceId};
use reading::directory;
use store::{Freshness, NotDone};

use crate::Service;
use crate::reads::corrupt;
use crate::secret::Secret;

/// Who a secret speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub account: AccountId,
    /// Of the session or token.
    pub credential: Key,
    pub kind: CredentialKind,
    /// What a bot's token is bound to.
    pub workspace: Option<WorkspaceId>,
    pub scopes: String,
    pub operator: bool,
    pub signed_us: Stamp,
}

impl Who {
    pub fn in_(&self, workspace: WorkspaceId) -> By {
        By::new(workspace, self.account).signed_in_at(self.signed_us)
    }
}

impl Service {
    /// Nobody, where the secret opens nothing any more.
    pub async fn who(&self, secret: &Secret) -> Result<Option<Who>, NotDone> {
        let query = directory::credential(&secret.hash());
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
        let Some((known, account)) = directory::credential_in(&seen.value[0]).map_err(corrupt)? else {
            return Ok(None);
        };
        let opens = known.is_live_at(self.clock.now()) && account.state == AccountState::Active;
        let kind = known.kind.parse().ok().filter(|kind| *kind != CredentialKind::Link && opens);
        Ok(kind.map(|kind| Who {
            account: account.id,
            credential: known.id,
            kind,
            workspace: known.workspace,
            scopes: known.scopes,
            operator: account.operator,
            signed_us: known.created_us,
        }))
    }

    /// A workspace by its id or its address.
    pub async fn workspace_named(&self, name: &str) -> Result<Option<WorkspaceId>, NotDone> {
        if let Ok(id) = name.parse() {
            return Ok(Some(id));
        }
        let query = directory::slug(name);
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
        directory::slug_in(&seen.value[0]).map_err(corrupt)
    }
}
