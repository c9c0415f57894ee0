//! The workspace's own choices, and who is invited into it.

use domain::rights::RightsChange;
use domain::text::Name;
use domain::verbs::{AcceptInvitation, ArchiveWorkspace, ChangeWorkspace, Invite, RevokeInvitation};
use domain::{By, ChannelId, Key, MembershipState, Role};
use store::{Done, NotDone};

use crate::{InvitationCode, Service};

/// What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceChange {
    pub name: Option<String>,
    pub edit_s: Option<u32>,
    pub keep_deleted: Option<bool>,
    pub rights: Option<RightsChange>,
}

/// Whom a new invitation lets in.
#[derive(Debug, Clone)]
pub struct NewInvite {
    pub role: Role,
    /// None: as many as come.
    pub uses: Option<i64>,
    pub expires_s: Option<i64>,
    pub channels: Vec<ChannelId>,
}

impl Service {
    pub async fn change_workspace(&self, by: By, key: Key, change: WorkspaceChange) -> Result<Done, NotDone> {
        let WorkspaceChange { name, edit_s, keep_deleted, rights } = change;
        let name = name.as_deref().map(Name::new).transpose()?;
        self.in_workspace(by, key, ChangeWorkspace { name, edit_s, keep_deleted, rights }).await
    }
    pub async fn archive_workspace(&self, by: By, key: Key, on: bool) -> Result<Done, NotDone> {
        self.in_workspace(by, key, ArchiveWorkspace { on }).await
    }
    /// Answers `{"id": …}`; the code is kept only as its hash, and the same for the same key.
    pub async fn invite(&self, by: By, key: Key, new: NewInvite) -> Result<(InvitationCode, Done), NotDone> {
        let NewInvite { role, uses, expires_s, channels } = new;
        let code = self.invitation_code(by, key);
        let invite = Invite { id: self.new_key(), hash: code.hash(), role, channels, uses, expires_s };
        Ok((code, self.in_workspace(by, key, invite).await?))
    }
    pub async fn revoke_invitation(&self, by: By, key: Key, id: Key) -> Result<Done, NotDone> {
        self.in_workspace(by, key, RevokeInvitation { id }).await
    }
    /// `by` is the one who comes, with an account already. The shard decides, the directory follows.
    pub async fn accept_invitation(
        &self,
        by: By,
        key: Key,
        hash: [u8; 32],
        name: &str,
    ) -> Result<Done, NotDone> {
        let command = AcceptInvitation { hash, name: Name::new(name)? };
        self.decide_membership(by, key, by.account, MembershipState::Active, command).await
    }
}
