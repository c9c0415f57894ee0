//! The first owner and the first workspace, once.

use serde::{Deserialize, Serialize};

use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::rows::{Account, AccountKind, AccountState, Installation, WorkspacePlace, WorkspaceState};
use crate::text::{Name, Slug};
use crate::{AccountId, By, Changes, Code, Command, Fence, Needs, Refusal, Reply, WorkspaceId, World};

/// What is needed to finish a workspace after a crash between directory and shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Making {
    pub workspace: WorkspaceId,
    pub name: String,
    pub owner: AccountId,
    pub owner_name: String,
    /// The first channel's id, name and the rest that everyone joins.
    pub channels: Vec<(crate::ChannelId, String)>,
}

impl Making {
    /// The name of the installation row that remembers it.
    pub fn row_name(workspace: WorkspaceId) -> String {
        format!("making/{workspace}")
    }
    /// What the shard would refuse is refused here, before the directory remembers it.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        Name::new(&self.name)?;
        Name::new(&self.owner_name)?;
        self.channels.iter().try_for_each(|(_, name)| Name::new(name).map(drop))
    }
    pub(crate) fn rows(&self, slug: &Slug, changes: &mut Changes) {
        changes.put(WorkspacePlace {
            id: self.workspace,
            slug: slug.as_str().to_owned(),
            shard: 0,
            fence: Fence(1),
            state: WorkspaceState::Making,
            region: String::new(),
            created_us: changes.stamp(),
        });
        let value = serde_json::to_string(self).unwrap_or_default();
        changes.put(Installation { name: Self::row_name(self.workspace), value });
    }
}

/// Once per installation; the second asker is told so.
#[derive(Debug)]
pub struct SetUp {
    pub account: AccountId,
    pub email_key: String,
    /// The hash; never part of a digest.
    pub password: Option<String>,
    pub slug: Slug,
    pub making: Making,
}

const DONE: &str = "set_up";

impl Command for SetUp {
    fn name(&self) -> &'static str {
        "set_up"
    }
    /// The installation's own journal begins with it.
    fn founds(&self) -> bool {
        true
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Installation>((DONE.into(),));
    }
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        if world.get::<Installation>(&(DONE.into(),)).is_some() {
            return Err(Refusal::new(Code::Conflict, "this installation is set up already; sign in instead"));
        }
        self.making.check()?;
        let mut changes = Changes::begin(world);
        changes.put(Installation { name: DONE.into(), value: changes.stamp().to_string() });
        changes.put(Account {
            id: self.account,
            kind: AccountKind::Person,
            name: self.making.owner_name.clone(),
            email_key: Some(self.email_key.clone()),
            email_verified_us: None,
            password: self.password.clone(),
            operator: true,
            owner: None,
            state: AccountState::Active,
            created_us: changes.stamp(),
        });
        self.making.rows(&self.slug, &mut changes);
        changes.tell(Tell::of(EventKind::InstallationSetUp, Audience::Nodes).by(self.account));
        let place = self.making.workspace.to_string();
        changes.tell(Tell::of(EventKind::WorkspacePlaced, Audience::Nodes).by(self.account).with(place));
        Ok(changes.answering(Reply::of(&self.making)))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        let slug = self.slug.as_str();
        for part in [&self.email_key, slug, &self.making.name, &self.making.owner_name] {
            field(into, part.as_bytes());
        }
        self.making.channels.iter().for_each(|(_, name)| field(into, name.as_bytes()));
    }
}
