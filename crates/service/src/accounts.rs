//! Accounts and what opens them, in the directory. Hashing, mailing and minting are done by who calls.

use domain::verbs::{
    BeginCredential, ChangePassword, CloseAccount, CreateAccount, EndCredential, EndCredentials, Touch,
};
use domain::{AccountId, By, Key, WorkspaceId};
use store::{Done, NotDone};

use crate::Service;

pub(crate) fn of(account: AccountId) -> By {
    By::new(WorkspaceId::INSTALLATION, account)
}

impl Service {
    /// Who comes makes their own account.
    pub async fn create_account(&self, key: Key, new: CreateAccount) -> Result<Done, NotDone> {
        self.in_workspace(of(new.id), key, new).await
    }
    pub async fn change_password(
        &self,
        account: AccountId,
        key: Key,
        change: ChangePassword,
    ) -> Result<Done, NotDone> {
        self.in_workspace(of(account), key, change).await
    }
    /// The last step of closing: every workspace was left before.
    pub async fn close_account(&self, account: AccountId, key: Key) -> Result<Done, NotDone> {
        self.in_workspace(of(account), key, CloseAccount).await
    }
    pub async fn begin_credential(
        &self,
        by: AccountId,
        key: Key,
        new: BeginCredential,
    ) -> Result<Done, NotDone> {
        self.in_workspace(of(by), key, new).await
    }
    pub async fn end_credential(&self, by: AccountId, key: Key, id: Key) -> Result<Done, NotDone> {
        self.in_workspace(of(by), key, EndCredential { id }).await
    }
    pub async fn end_credentials(
        &self,
        by: AccountId,
        key: Key,
        ends: EndCredentials,
    ) -> Result<Done, NotDone> {
        self.in_workspace(of(by), key, ends).await
    }
    /// Private: no event, no receipt, and seldom a write.
    pub async fn touch(&self, account: AccountId, hash: Vec<u8>, address: String) -> Result<Done, NotDone> {
        self.in_workspace(of(account), self.new_key(), Touch { hash, address }).await
    }
}
