//! The first owner and the first workspace: the directory remembers, the shard makes, the directory opens.

use domain::verbs::{Making, SetUp};
use domain::{AccountId, By, ChannelId, Key, Refusal, WorkspaceId};
use store::{Done, NotDone};

use crate::Service;
use crate::create_workspace::slug_for;

/// Who starts an installation, and what their first workspace is called.
#[derive(Debug, Clone)]
pub struct FirstOwner {
    pub name: String,
    pub email: String,
    /// Already hashed.
    pub password: Option<String>,
    pub workspace: String,
    pub slug: Option<String>,
}

impl Service {
    /// Once. Asked again under the same key it finishes what a crash left, and answers the same.
    pub async fn set_up(&self, key: Key, owner: FirstOwner) -> Result<(Making, Done), NotDone> {
        let account = AccountId::new(derive(key, "account"));
        let making = Making {
            workspace: WorkspaceId::new(derive(key, "workspace")),
            name: owner.workspace.clone(),
            owner: account,
            owner_name: owner.name,
            channels: vec![(ChannelId::new(derive(key, "general")), "general".into())],
        };
        let email_key = email_key(&owner.email)?;
        let slug = slug_for(owner.slug.as_deref(), &owner.workspace)?;
        let by = By::new(WorkspaceId::INSTALLATION, account);
        let command = SetUp { account, email_key, password: owner.password, slug, making };
        let first = self.in_workspace(by, key, command).await?;
        let making: Making =
            first.reply.read().ok_or_else(|| NotDone::Failed("a receipt does not read back".into()))?;
        let done = self.finish_making(&making, key).await?;
        Ok((making, done))
    }
}

/// Addresses are compared without case.
fn email_key(email: &str) -> Result<String, Refusal> {
    let email = email.trim().to_lowercase();
    let whole = email.len() <= 254 && !email.contains(['\0', ' ']);
    match email.split_once('@') {
        Some((person, host)) if whole && !person.is_empty() && !host.is_empty() => Ok(email),
        _ => Err(Refusal::invalid("email", "this is not an e-mail address")),
    }
}

/// A key for another step of the same intent: the same every time it is asked for.
pub(crate) fn derive(key: Key, step: &str) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&key.0).update(step.as_bytes());
    let mut bytes = key.0;
    bytes[6..].copy_from_slice(&hasher.finalize().as_bytes()[..10]);
    Key(bytes)
}
