//! The first owner and the first workspace: the directory remembers, the shard makes, the directory opens.

use domain::limits::{DEFAULT_CHANNELS_MAX, EMAIL_BYTES_MAX};
use domain::text::Name;
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
    /// What everyone who comes joins; none is `general` alone.
    pub channels: Vec<String>,
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
            channels: first_channels(key, &owner.channels)?,
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

fn first_channels(key: Key, names: &[String]) -> Result<Vec<(ChannelId, String)>, Refusal> {
    let usual = ["general".to_owned()];
    let names = if names.is_empty() { &usual } else { names };
    if names.len() > DEFAULT_CHANNELS_MAX {
        return Err(Refusal::invalid("channels", format!("at most {DEFAULT_CHANNELS_MAX}")));
    }
    let mut channels: Vec<(ChannelId, String)> = Vec::new();
    for name in names {
        let folded =
            Name::new(name).map_err(|refusal| Refusal { about: Some("channels"), ..refusal })?.folded();
        let id = ChannelId::new(derive(key, &format!("channel {folded}")));
        if channels.iter().any(|(known, _)| *known == id) {
            return Err(Refusal::invalid("channels", "each name once"));
        }
        channels.push((id, name.clone()));
    }
    Ok(channels)
}

/// Addresses are compared without case.
pub(crate) fn email_key(email: &str) -> Result<String, Refusal> {
    let email = email.trim().to_lowercase();
    let whole = email.len() <= EMAIL_BYTES_MAX && !email.chars().any(|c| c.is_control() || c.is_whitespace());
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
