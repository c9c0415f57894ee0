//! Somebody exists, has a password, or closes the door behind them. In the directory, without any workspace.

use serde_json::json;

use super::begin_closing::BeginClosing;
use super::credential::{credentials_of, end, needs_credentials};
use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::permission::ACCOUNT_BY_EMAIL;
use crate::rows::{Account, AccountKind, AccountState, Credential, CredentialKind, Installation};
use crate::text::Name;
use crate::{AccountId, By, Changes, Code, Command, Key, Needs, Refusal, Reply, World, values};

/// A person with an e-mail address, or a bot with an owner.
#[derive(Debug)]
pub struct CreateAccount {
    pub id: AccountId,
    pub name: Name,
    /// Folded; none for a bot.
    pub email_key: Option<String>,
    /// The hash; never part of a digest.
    pub password: Option<String>,
    /// Of a bot.
    pub owner: Option<AccountId>,
}

impl CreateAccount {
    fn values(&self) -> Vec<crate::cell::Value> {
        values![&self.email_key]
    }
}

impl Command for CreateAccount {
    fn name(&self) -> &'static str {
        "create_account"
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Account>((self.id,));
        if self.email_key.is_some() {
            needs.find::<Account>(&ACCOUNT_BY_EMAIL, self.values(), 1);
        }
        if let Some(owner) = self.owner {
            needs.row::<Account>((owner,));
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        if self.email_key.is_some() == self.owner.is_some() {
            return Err(Refusal::invalid("email", "a person has an e-mail address, a bot has an owner"));
        }
        let mut changes = Changes::begin(world);
        if world.get::<Account>(&(self.id,)).is_some() {
            return Ok(changes.answering(Reply::of(&json!({ "account": self.id }))));
        }
        let values = self.values();
        if self.email_key.is_some() && world.find::<Account>(&ACCOUNT_BY_EMAIL, &values).next().is_some() {
            let message = "this e-mail address has an account; sign in first";
            return Err(Refusal { about: Some("email"), ..Refusal::new(Code::Conflict, message) });
        }
        if let Some(owner) = self.owner {
            active(owner, world)?;
        }
        changes.tell(Tell::of(EventKind::AccountCreated, Audience::Nodes).by(by.account).about(self.id));
        changes.put(Account {
            id: self.id,
            kind: if self.owner.is_some() { AccountKind::Bot } else { AccountKind::Person },
            name: self.name.as_str().into(),
            email_key: self.email_key.clone(),
            email_verified_us: None,
            password: self.password.clone(),
            operator: false,
            owner: self.owner,
            state: AccountState::Active,
            created_us: changes.stamp(),
        });
        Ok(changes.answering(Reply::of(&json!({ "account": self.id }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_str().as_bytes());
        field(into, self.email_key.as_deref().unwrap_or_default().as_bytes());
        field(into, self.owner.as_ref().map_or(&[][..], |owner| owner.bytes()));
    }
}

/// A closed account opens nothing.
pub(super) fn active(account: AccountId, world: &World) -> Result<&Account, Refusal> {
    world
        .get::<Account>(&(account,))
        .filter(|row| row.state == AccountState::Active)
        .ok_or_else(|| Refusal::not_found("account"))
}

/// The old one was compared by who asks, or a link is spent. Ends every session but the one that stays.
#[derive(Debug)]
pub struct ChangePassword {
    /// The hash; never part of a digest.
    pub password: String,
    /// What the account held when the old password was compared: changed since, the comparison is void.
    pub was: Option<String>,
    pub stays: Option<Key>,
    /// The hash of a link that opens this once, instead of the old password.
    pub link: Option<Vec<u8>>,
}

impl Command for ChangePassword {
    fn name(&self) -> &'static str {
        "change_password"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Account>((by.account,));
        needs_credentials(by.account, needs);
        if let Some(link) = &self.link {
            needs.row::<Credential>((link.clone(),));
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let account = active(by.account, world)?;
        if account.kind == AccountKind::Bot {
            return Err(Refusal::not_allowed("password", "a bot has no password"));
        }
        let mut changes = Changes::begin(world);
        match &self.link {
            Some(link) => {
                let opens = world.get::<Credential>(&(link.clone(),)).filter(|link| {
                    link.account == by.account
                        && link.kind == CredentialKind::Link.word()
                        && link.is_live_at(changes.stamp())
                });
                let message = "this link opens nothing any more; ask for a new one";
                let spent = || Refusal { about: Some("link"), ..Refusal::new(Code::NotFound, message) };
                opens.ok_or_else(spent)?;
            }
            None if account.password != self.was => {
                return Err(Refusal::new(
                    Code::Conflict,
                    "the password was changed meanwhile; sign in again",
                ));
            }
            None => {}
        }
        let ends =
            |known: &Credential| known.kind != CredentialKind::Token.word() && Some(known.id) != self.stays;
        let ending: Vec<Credential> = credentials_of(by.account, world).into_iter().filter(ends).collect();
        end(by, by.account, &ending, &mut changes);
        changes.put(Account { password: Some(self.password.clone()), ..account.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.stays.as_ref().map_or(&[][..], |key| &key.0));
        field(into, self.link.as_deref().unwrap_or_default());
    }
}

/// By its owner, once they left every workspace: messages stay there, the name goes, and the address is free again.
#[derive(Debug)]
pub struct CloseAccount;

impl Command for CloseAccount {
    fn name(&self) -> &'static str {
        "close_account"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Account>((by.account,));
        needs.row::<Installation>((BeginClosing::row_name(by.account),));
        needs_credentials(by.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let account = world.get::<Account>(&(by.account,)).ok_or_else(|| Refusal::not_found("account"))?;
        let mut changes = Changes::begin(world);
        let begun = (BeginClosing::row_name(by.account),);
        if world.get::<Installation>(&begun).is_some() {
            changes.remove::<Installation>(begun);
        }
        if account.state == AccountState::Closed {
            return Ok(changes);
        }
        end(by, by.account, &credentials_of(by.account, world), &mut changes);
        changes.put(Account {
            name: String::new(),
            email_key: None,
            email_verified_us: None,
            password: None,
            operator: false,
            state: AccountState::Closed,
            ..account.clone()
        });
        Ok(changes)
    }
    fn digest(&self, _into: &mut dyn FnMut(&[u8])) {}
}
