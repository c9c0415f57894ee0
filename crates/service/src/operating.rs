//! What an operator does for people from the machine itself.

use std::collections::BTreeMap;

use domain::verbs::EndCredentials;
use domain::{Account, AccountKind, AccountState, Credential, CredentialKind, Refusal};
use reading::accounts;
use store::NotDone;

use crate::Service;
use crate::reads::corrupt;

impl Service {
    /// The first of those who may do anything here; nobody, before it is set up.
    pub async fn first_operator(&self) -> Result<Option<Account>, NotDone> {
        let Some(seen) = self.installed(&[accounts::operators()]).await? else { return Ok(None) };
        let all = accounts::accounts_in(&seen.value[0]).map_err(corrupt)?;
        Ok(all.into_iter().min_by_key(|account| account.created_us))
    }

    /// Somebody who signs in with a password.
    pub async fn person_by_email(&self, email: &str) -> Result<Account, NotDone> {
        let found = self.account_by_email(email).await?;
        let person =
            found.filter(|found| found.state == AccountState::Active && found.kind == AccountKind::Person);
        person.ok_or_else(|| Refusal::not_found("account").into())
    }

    /// Who is signed in where: one person, or everyone, each newest first.
    pub async fn signed_in(&self, one: Option<&Account>) -> Result<Vec<(Account, Credential)>, NotDone> {
        if let Some(account) = one {
            let all = self.sessions(account.id).await?;
            return Ok(all.into_iter().map(|session| (account.clone(), session)).collect());
        }
        let (mut known, mut found, mut after) = (BTreeMap::new(), Vec::new(), Vec::new());
        loop {
            let Some(seen) = self.installed(&[accounts::every_credential(&after)]).await? else { break };
            let page = accounts::credentials_in(&seen.value[0]).map_err(corrupt)?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.hash);
            let now = self.clock.now();
            let live = |row: &Credential| row.kind == CredentialKind::Session.word() && row.is_live_at(now);
            for session in page.into_iter().filter(live) {
                let account = match known.get(&session.account) {
                    Some(account) => Account::clone(account),
                    None => {
                        known.entry(session.account).or_insert(self.account(session.account).await?).clone()
                    }
                };
                found.push((account, session));
            }
        }
        found.sort_by_key(|(account, session)| (account.id, std::cmp::Reverse(session.created_us)));
        Ok(found)
    }

    /// All of one person's; tokens stay.
    pub async fn end_sessions_of(&self, account: &Account) -> Result<(), NotDone> {
        let ends = EndCredentials { account: account.id, stays: None, tokens: false };
        self.end_credentials(account.id, self.new_key(), ends).await.map(drop)
    }
}
