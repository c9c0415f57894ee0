//! Changing what one signs in with: by the old password, or by a link an operator made.

use domain::limits::LINK_SECONDS;
use domain::text::Name;
use domain::verbs::{BeginCredential, ChangeAccount, ChangePassword};
use domain::{Account, AccountId, AccountState, Code, CredentialKind, Key, Refusal, Stamp};
use reading::directory;
use store::{Done, NotDone};

use crate::Service;
use crate::accounts::of;
use crate::door::Who;
use crate::reads::corrupt;
use crate::secret::Secret;
use crate::set_up::email_key;

/// What is absent stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    pub name: Option<String>,
    pub email: Option<String>,
    /// The one in force; a new address needs it.
    pub password: Option<String>,
}

impl Service {
    /// Ends every other session. Asked again under its key, with the old password gone, it answers the same.
    pub async fn replace_password(&self, who: &Who, key: Key, old: &str, new: &str) -> Result<Done, NotDone> {
        let account = self.account(who.account).await?;
        let fits = self.passwords.matches(old, account.password.as_deref()).await?;
        let password = self.passwords.hash("password", new).await?;
        // Nothing is ever equal to no hash: then only a receipt answers.
        let was = if fits { account.password } else { Some(String::new()) };
        let change = ChangePassword { password, was, stays: Some(who.credential), link: None };
        let done = self.change_password(who.account, key, change).await;
        match done {
            Err(NotDone::Refused(refusal)) if !fits && refusal.code == Code::Conflict => {
                Err(not_the_password("old"))
            }
            other => other,
        }
    }

    pub async fn change_account(&self, who: &Who, key: Key, change: AccountChange) -> Result<Done, NotDone> {
        let name = change.name.as_deref().map(Name::new).transpose()?;
        let email_key = change.email.as_deref().map(email_key).transpose()?;
        let mut was = None;
        if email_key.is_some() {
            let account = self.account(who.account).await?;
            let needed = || Refusal::invalid("password", "a new e-mail address needs the password");
            let password = change.password.ok_or_else(needed)?;
            if !self.passwords.matches(&password, account.password.as_deref()).await? {
                return Err(not_the_password("password"));
            }
            was = account.password;
        }
        self.in_workspace(of(who.account), key, ChangeAccount { name, email_key, was }).await
    }

    /// For an operator: a link that opens a new password once, within the hour. An earlier one ends.
    pub async fn make_link(&self, account: AccountId) -> Result<Secret, NotDone> {
        let secret = Secret::mint();
        let link = BeginCredential {
            hash: secret.hash().to_vec(),
            id: self.new_key(),
            account,
            kind: CredentialKind::Link,
            workspace: None,
            scopes: String::new(),
            label: String::new(),
            agent: String::new(),
            address: String::new(),
            expires_us: Some(self.clock.now().plus(LINK_SECONDS * Stamp::SECOND)),
        };
        self.begin_credential(account, self.new_key(), link).await?;
        Ok(secret)
    }

    /// Whose password a link opens.
    pub async fn link(&self, secret: &Secret) -> Result<Account, NotDone> {
        let seen = self.installed(&[directory::credential(&secret.hash())]).await?.ok_or_else(spent)?;
        let (known, account) =
            directory::credential_in(&seen.value[0]).map_err(corrupt)?.ok_or_else(spent)?;
        let opens = known.kind == CredentialKind::Link.word()
            && known.is_live_at(self.clock.now())
            && account.state == AccountState::Active;
        if opens { Ok(account) } else { Err(spent()) }
    }

    /// Ends every session and the link itself.
    pub async fn open_link(&self, secret: &Secret, password: &str) -> Result<(Account, Done), NotDone> {
        let account = self.link(secret).await?;
        let password = self.passwords.hash("password", password).await?;
        let link = Some(secret.hash().to_vec());
        let change = ChangePassword { password, was: None, stays: None, link };
        let done = self.change_password(account.id, self.new_key(), change).await?;
        Ok((account, done))
    }
}

fn not_the_password(field: &'static str) -> NotDone {
    Refusal::invalid(field, "this is not the password").into()
}

fn spent() -> NotDone {
    let message = "this link opens nothing any more; ask for a new one";
    Refusal { about: Some("link"), ..Refusal::new(Code::NotFound, message) }.into()
}
