//! Signing in with a password, and what a session is worth.

use domain::limits::LABEL_BYTES_MAX;
use domain::verbs::{BeginCredential, SignIn};
use domain::{Account, AccountId, AccountKind, AccountState, Code, CredentialKind, Refusal};
use domain::{Credential, Key};
use reading::{accounts, directory};
use store::{Done, NotDone};

use crate::Service;
use crate::accounts::of;
use crate::door::Who;
use crate::reads::corrupt;
use crate::scopes::Scopes;
use crate::secret::Secret;
use crate::set_up::email_key;

/// What somebody signs in with.
#[derive(Debug, Clone, Default)]
pub struct Device {
    pub agent: String,
    pub address: String,
}

/// A session just begun. The secret is shown once.
#[derive(Debug)]
pub struct Session {
    pub who: Who,
    pub secret: Secret,
}

impl Service {
    /// An address nobody has costs the same time, and the same words come back.
    pub async fn sign_in(&self, email: &str, password: &str, device: Device) -> Result<Session, NotDone> {
        let known = self.account_by_email(email).await?;
        let known =
            known.filter(|known| known.state == AccountState::Active && known.kind == AccountKind::Person);
        let hashed = known.as_ref().and_then(|known| known.password.as_deref());
        let fits = self.passwords.matches(password, hashed).await?;
        match known.filter(|_| fits) {
            Some(account) => self.begin_session(account.id, account.operator, account.password, device).await,
            None => {
                let message = "this e-mail address and this password do not belong together";
                Err(Refusal::new(Code::SignedOut, message).into())
            }
        }
    }

    /// `was`: the hash that was compared, or has just been written.
    pub async fn begin_session(
        &self,
        account: AccountId,
        operator: bool,
        was: Option<String>,
        device: Device,
    ) -> Result<Session, NotDone> {
        let (secret, id) = (Secret::mint(), self.new_key());
        let session = BeginCredential {
            hash: secret.hash().to_vec(),
            id,
            account,
            kind: CredentialKind::Session,
            workspace: None,
            scopes: String::new(),
            label: String::new(),
            agent: line(&device.agent),
            address: line(&device.address),
            expires_us: None,
        };
        let done = self.in_workspace(of(account), self.new_key(), SignIn { session, was }).await?;
        let who = Who {
            account,
            credential: id,
            kind: CredentialKind::Session,
            workspace: None,
            scopes: Scopes::ALL,
            operator,
            signed_us: done.stamp,
            expires_us: None,
        };
        Ok(Session { who, secret })
    }

    /// Where somebody is signed in, newest first.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<Credential>, NotDone> {
        self.live_credentials(account, CredentialKind::Session).await
    }

    pub(crate) async fn live_credentials(
        &self,
        account: AccountId,
        kind: CredentialKind,
    ) -> Result<Vec<Credential>, NotDone> {
        let mut all = self.credentials_of(account).await?;
        let now = self.clock.now();
        all.retain(|known| known.kind == kind.word() && known.is_live_at(now));
        all.sort_unstable_by_key(|known| std::cmp::Reverse(known.id));
        Ok(all)
    }

    async fn credentials_of(&self, account: AccountId) -> Result<Vec<Credential>, NotDone> {
        let Some(seen) = self.installed(&[accounts::credentials(account)]).await? else {
            return Ok(Vec::new());
        };
        accounts::credentials_in(&seen.value[0]).map_err(corrupt)
    }

    /// One of one's own, of this kind; ended already, it ends again without anything happening.
    pub async fn end_own(
        &self,
        by: AccountId,
        key: Key,
        id: Key,
        kind: CredentialKind,
    ) -> Result<Done, NotDone> {
        let all = self.credentials_of(by).await?;
        let missing = || Refusal::not_found(kind.word());
        all.iter().find(|known| known.id == id && known.kind == kind.word()).ok_or_else(missing)?;
        self.end_credential(by, key, id).await
    }

    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, NotDone> {
        let Ok(email_key) = email_key(email) else { return Ok(None) };
        let Some(seen) = self.installed(&[accounts::by_email(&email_key)]).await? else { return Ok(None) };
        accounts::account_in(&seen.value[0]).map_err(corrupt)
    }

    pub async fn account(&self, account: AccountId) -> Result<Account, NotDone> {
        let missing = || NotDone::from(Refusal::not_found("account"));
        let seen = self.installed(&[directory::account(account)]).await?.ok_or_else(missing)?;
        directory::account_in(&seen.value[0]).map_err(corrupt)?.ok_or_else(missing)
    }
}

/// What a program says of itself, made fit to be shown.
fn line(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(LABEL_BYTES_MAX / 4).collect::<String>().trim().to_owned()
}

impl Service {
    /// Whether somebody has started this installation.
    pub async fn is_set_up(&self) -> Result<bool, NotDone> {
        let seen = self.installed(&[accounts::fact("set_up")]).await?;
        Ok(seen.is_some_and(|seen| !seen.value[0].is_empty()))
    }
}
