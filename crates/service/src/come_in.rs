//! Coming by a link: as somebody new, or with an account one has.

use domain::text::Name;
use domain::verbs::CreateAccount;
use domain::{AccountId, By, Code, Invitation, Key, Member, WorkspacePlace, WorkspaceSelf};
use reading::{accounts, invited};
use store::{Done, Freshness, NotDone};

use crate::Service;
use crate::invitation_code::InvitationCode;
use crate::reads::corrupt;
use crate::set_up::{derive, email_key};
use crate::sign_in::{Device, Session};

/// Somebody without an account.
#[derive(Debug, Clone)]
pub struct Newcomer {
    pub email: String,
    pub password: String,
    pub name: String,
}

/// What an invitation opens, and who made it.
#[derive(Debug, Clone)]
pub struct Opening {
    pub invitation: Invitation,
    pub place: WorkspacePlace,
    pub workspace: WorkspaceSelf,
    pub maker: Member,
}

impl Service {
    /// Changes nothing. What opens nothing any more is not found, whatever the reason.
    pub async fn invitation(&self, code: &InvitationCode) -> Result<Opening, NotDone> {
        let spent = || NotDone::from(Invitation::spent());
        let id = code.workspace();
        let query = invited::query(id, &code.hash());
        let seen = match self.look(id, Freshness::Newest, &[query]).await {
            Err(NotDone::Refused(refusal)) if refusal.code == Code::NotFound => return Err(spent()),
            other => other?,
        };
        let (invitation, workspace, maker) =
            invited::found(&seen.value[0]).map_err(corrupt)?.ok_or_else(spent)?;
        invitation.opens(&workspace, Some(&maker), self.clock.now())?;
        let places = self.installed(&[accounts::place(id)]).await?.ok_or_else(spent)?;
        let place = accounts::place_in(&places.value[0]).map_err(corrupt)?.ok_or_else(spent)?;
        Ok(Opening { invitation, place, workspace, maker })
    }

    /// Makes the account, joins, signs in. A crash in between leaves an account that signs in and comes in again.
    pub async fn sign_up(
        &self,
        code: &InvitationCode,
        new: Newcomer,
        device: Device,
    ) -> Result<(Session, Done), NotDone> {
        self.invitation(code).await?;
        let (name, email) = (Name::new(&new.name)?, email_key(&new.email)?);
        let password = self.passwords.hash("password", &new.password).await?;
        let key = self.new_key();
        let account = AccountId::new(derive(key, "account"));
        let create = CreateAccount {
            id: account,
            name: name.clone(),
            email_key: Some(email),
            password: Some(password.clone()),
            owner: None,
        };
        self.create_account(key, create).await?;
        let by = By::new(code.workspace(), account);
        match self.accept_invitation(by, key, code.hash(), name.as_str()).await {
            Ok(done) => Ok((self.begin_session(account, false, Some(password), device).await?, done)),
            Err(NotDone::Refused(refusal)) => {
                // Somebody else took the last place: nothing is left half done, and the address is free again.
                self.close_account(account, derive(key, "close")).await?;
                Err(refusal.into())
            }
            Err(other) => Err(other),
        }
    }

    /// With an account; called as there, unless another name is given.
    pub async fn come_in(
        &self,
        account: AccountId,
        key: Key,
        code: &InvitationCode,
        name: Option<&str>,
    ) -> Result<Done, NotDone> {
        let own = self.account(account).await?.name;
        let by = By::new(code.workspace(), account);
        match self.accept_invitation(by, key, code.hash(), name.unwrap_or(&own)).await {
            // A code that names no workspace of ours.
            Err(NotDone::Elsewhere) => Err(Invitation::spent().into()),
            other => other,
        }
    }
}
