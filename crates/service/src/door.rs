//! Who is asking: what a secret opens, and where a workspace's address leads.

use std::net::IpAddr;

use domain::{AccountId, AccountState, By, CredentialKind, Key, Stamp, WorkspaceId};
use reading::directory;
use store::{Answer, Freshness, NotDone, Query, Seen, StoreError};

use crate::Service;
use crate::known::Opened;
use crate::reads::{corrupt, unseen};
use crate::scopes::Scopes;
use crate::secret::Secret;

/// Who a secret speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    pub account: AccountId,
    /// Of the session or token.
    pub credential: Key,
    pub kind: CredentialKind,
    /// What a bot's token is bound to.
    pub workspace: Option<WorkspaceId>,
    /// A session's are all.
    pub scopes: Scopes,
    pub operator: bool,
    pub signed_us: Stamp,
}

impl Who {
    pub fn in_(&self, workspace: WorkspaceId) -> By {
        By::new(workspace, self.account).signed_in_at(self.signed_us)
    }
}

impl Service {
    /// Nobody, where the secret opens nothing any more. `address` is noted beside the session now and then.
    pub async fn who(&self, secret: &Secret, address: IpAddr) -> Result<Option<Who>, NotDone> {
        let hash = secret.hash();
        let opened = match self.known.opened(&hash) {
            Some(opened) => opened,
            None => match self.read_opened(&hash).await? {
                Some(opened) => opened,
                None => return Ok(None),
            },
        };
        let now = self.clock.now();
        if !opened.is_live_at(now) {
            return Ok(None);
        }
        self.known.touch(hash, &opened, now, || address.to_string());
        Ok(Some(opened.who))
    }

    async fn read_opened(&self, hash: &[u8; 32]) -> Result<Option<Opened>, NotDone> {
        let Some(seen) = self.installed(&[directory::credential(hash)]).await? else { return Ok(None) };
        let Some((known, account)) = directory::credential_in(&seen.value[0]).map_err(corrupt)? else {
            return Ok(None);
        };
        let opens = known.is_live_at(self.clock.now()) && account.state == AccountState::Active;
        let Some(kind) = known.kind.parse().ok().filter(|kind| *kind != CredentialKind::Link && opens) else {
            return Ok(None);
        };
        let who = Who {
            account: account.id,
            credential: known.id,
            kind,
            workspace: known.workspace,
            scopes: match kind {
                CredentialKind::Session => Scopes::ALL,
                _ => Scopes::kept(&known.scopes),
            },
            operator: account.operator,
            signed_us: known.created_us,
        };
        let opened = Opened { who, seen_us: known.seen_us, expires_us: known.expires_us };
        self.known.keep_opened(&moment(&seen), *hash, opened);
        Ok(Some(opened))
    }

    /// A workspace by its id or its address.
    pub async fn workspace_named(&self, name: &str) -> Result<Option<WorkspaceId>, NotDone> {
        if let Ok(id) = name.parse() {
            return Ok(Some(id).filter(|id| *id != WorkspaceId::INSTALLATION));
        }
        if let Some(known) = self.known.slug(name) {
            return Ok(Some(known));
        }
        let Some(seen) = self.installed(&[directory::slug(name)]).await? else { return Ok(None) };
        let found = directory::slug_in(&seen.value[0]).map_err(corrupt)?;
        if let Some(workspace) = found {
            self.known.keep_slug(&moment(&seen), name, workspace);
        }
        Ok(found)
    }

    /// A look at the newest of the directory; nothing, where nothing is set up yet.
    pub(crate) async fn installed(&self, queries: &[Query]) -> Result<Option<Seen<Vec<Answer>>>, NotDone> {
        let directory = self.places().directory();
        match directory.look(WorkspaceId::INSTALLATION, Freshness::Newest, queries).await {
            Ok(seen) => Ok(Some(seen)),
            Err(StoreError::Elsewhere) => Ok(None),
            Err(error) => Err(unseen(error)),
        }
    }
}

fn moment<T>(seen: &Seen<T>) -> Seen<()> {
    Seen { epoch: seen.epoch, position: seen.position, value: () }
}
