//! One more workspace in an installation that is set up.

use domain::text::{Name, Slug};
use domain::verbs::{Making, Place};
use domain::{AccountId, By, ChannelId, Key, Refusal, WorkspaceId};
use store::{Done, NotDone};

use crate::Service;
use crate::set_up::derive;

#[derive(Debug, Clone)]
pub struct NewWorkspace {
    pub name: String,
    pub slug: Option<String>,
    pub owner: AccountId,
    pub owner_name: String,
}

impl Service {
    /// The same three steps as at set-up.
    pub async fn create_workspace(&self, key: Key, new: NewWorkspace) -> Result<(Making, Done), NotDone> {
        let slug = slug_for(new.slug.as_deref(), &new.name)?;
        // Keys are each owner's own: another's, the same by chance or by intent, makes another workspace.
        let made = |what: &str| derive(key, &format!("{what}/{}", new.owner));
        let making = Making {
            workspace: WorkspaceId::new(made("workspace")),
            name: new.name,
            owner: new.owner,
            owner_name: new.owner_name,
            channels: vec![(ChannelId::new(made("general")), "general".into())],
        };
        let by = By::new(WorkspaceId::INSTALLATION, new.owner);
        let placed = self.in_workspace(by, key, Place { slug, making }).await?;
        let making: Making =
            placed.reply.read().ok_or_else(|| NotDone::Failed("a receipt does not read back".into()))?;
        let done = self.finish_making(&making, key).await?;
        Ok((making, done))
    }
}

/// The address asked for, or one made of the name.
pub(crate) fn slug_for(asked: Option<&str>, name: &str) -> Result<Slug, Refusal> {
    match asked {
        Some(slug) => Slug::new(slug),
        None => Name::new(name).map(|name| Slug::of(&name)),
    }
}
