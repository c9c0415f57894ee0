//! Who is asking: what a secret opens, and where a workspace's address leads.

use std::collections::HashMap;
use std::net::IpAddr;

use domain::{Account, AccountId, AccountState, By, Credential, CredentialKind, Key, Stamp, WorkspaceId};
use reading::directory;
use store::{Answer, Freshness, NotDone, Query, Seen, StoreError};

use crate::Service;
use crate::known::Opened;
use crate::reads::{corrupt, unseen};
use crate::scopes::Scopes;
use crate::secret::Secret;
use crate::together::Together;

/// By the hashes of what they show.
pub(crate) type Strangers = Together<(), [u8; 32], Option<Opened>>;

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
    /// When it opens nothing any more by itself.
    pub expires_us: Option<Stamp>,
}

impl Who {
    pub fn in_(&self, workspace: WorkspaceId) -> By {
        By::new(workspace, self.account).signed_in_at(self.signed_us)
    }
    pub fn has_expired(&self, now: Stamp) -> bool {
        self.expires_us.is_some_and(|until| until <= now)
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

    /// Many who knock at once are looked up together.
    async fn read_opened(&self, hash: &[u8; 32]) -> Result<Option<Opened>, NotDone> {
        let service = self.clone();
        let read = move |hashes| service.clone().read_together(hashes);
        self.strangers.ask((), *hash, read).await
    }

    async fn read_together(self, hashes: Vec<[u8; 32]>) -> Result<Vec<Option<Opened>>, NotDone> {
        let asked = match hashes.as_slice() {
            [hash] => vec![directory::credential(hash)],
            several => directory::credentials(several),
        };
        let Some(seen) = self.installed(&asked).await? else { return Ok(vec![None; hashes.len()]) };
        let mut found = HashMap::new();
        for answer in &seen.value {
            for (known, account) in directory::credentials_in(answer).map_err(corrupt)? {
                found.insert(known.hash.clone(), (known, account));
            }
        }
        let (now, moment) = (self.clock.now(), moment(&seen));
        let one = |hash: &[u8; 32]| {
            let (known, account) = found.get(hash.as_slice())?;
            let opened = opened(known, account, now)?;
            self.known.keep_opened(&moment, *hash, opened);
            Some(opened)
        };
        Ok(hashes.iter().map(one).collect())
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

/// What it opens, if it still does.
fn opened(known: &Credential, account: &Account, now: Stamp) -> Option<Opened> {
    let opens = known.is_live_at(now) && account.state == AccountState::Active;
    let kind = known.kind.parse().ok().filter(|kind| *kind != CredentialKind::Link && opens)?;
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
        expires_us: known.expires_us,
    };
    Some(Opened { who, seen_us: known.seen_us })
}

fn moment<T>(seen: &Seen<T>) -> Seen<()> {
    Seen { epoch: seen.epoch, position: seen.position, value: () }
}
