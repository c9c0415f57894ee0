//! A person is called otherwise, or signs in with another address.

use super::account::active;
use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::permission::ACCOUNT_BY_EMAIL;
use crate::rows::{Account, AccountKind};
use crate::text::Name;
use crate::{By, Changes, Code, Command, Needs, Refusal, World, values};

/// What is absent stays. How a workspace calls somebody is theirs to say there.
#[derive(Debug)]
pub struct ChangeAccount {
    pub name: Option<Name>,
    /// Folded.
    pub email_key: Option<String>,
    /// With a new address: what the account held when the password was compared.
    pub was: Option<String>,
}

impl ChangeAccount {
    fn values(&self) -> Vec<crate::cell::Value> {
        values![&self.email_key]
    }
}

impl Command for ChangeAccount {
    fn name(&self) -> &'static str {
        "change_account"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Account>((by.account,));
        if self.email_key.is_some() {
            needs.find::<Account>(&ACCOUNT_BY_EMAIL, self.values(), 1);
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let account = active(by.account, world)?;
        let mut row = account.clone();
        if let Some(name) = &self.name {
            name.as_str().clone_into(&mut row.name);
        }
        if let Some(email) = self.email_key.as_ref().filter(|email| account.email_key.as_ref() != Some(email))
        {
            if account.kind == AccountKind::Bot {
                return Err(Refusal::not_allowed("email", "a bot has no e-mail address"));
            }
            if account.password != self.was {
                return Err(Refusal::new(
                    Code::Conflict,
                    "the password was changed meanwhile; sign in again",
                ));
            }
            if world.find::<Account>(&ACCOUNT_BY_EMAIL, &self.values()).next().is_some() {
                let message = "this e-mail address has an account";
                return Err(Refusal { about: Some("email"), ..Refusal::new(Code::Conflict, message) });
            }
            (row.email_key, row.email_verified_us) = (Some(email.clone()), None);
        }
        let mut changes = Changes::begin(world);
        if row != *account {
            changes
                .tell(Tell::of(EventKind::AccountChanged, Audience::Nodes).by(by.account).about(by.account));
            changes.put(row);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_ref().map_or("", Name::as_str).as_bytes());
        field(into, self.email_key.as_deref().unwrap_or_default().as_bytes());
    }
}
