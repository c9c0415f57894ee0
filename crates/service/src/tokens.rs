//! Tokens a person makes for their programs: shown once, less than the person may, ended when they like.

use domain::limits::TOKEN_SECONDS_MAX;
use domain::verbs::BeginCredential;
use domain::{AccountId, Credential, CredentialKind, Key, Refusal, Stamp};
use store::{Done, NotDone};

use crate::Service;
use crate::scopes::Scopes;
use crate::secret::Secret;

#[derive(Debug, Clone)]
pub struct NewToken {
    pub label: String,
    pub scopes: Scopes,
    pub expires_s: Option<i64>,
}

impl Service {
    /// The same secret for the same key. Answers `{"id": …}`.
    pub async fn make_token(
        &self,
        by: AccountId,
        key: Key,
        new: NewToken,
    ) -> Result<(Secret, Done), NotDone> {
        if new.expires_s.is_some_and(|seconds| !(1..=TOKEN_SECONDS_MAX).contains(&seconds)) {
            return Err(Refusal::invalid("expires_s", format!("1 to {TOKEN_SECONDS_MAX}")).into());
        }
        let secret = self.secret_under(key, by);
        let token = BeginCredential {
            hash: secret.hash().to_vec(),
            id: self.new_key(),
            account: by,
            kind: CredentialKind::Token,
            workspace: None,
            scopes: new.scopes.text(),
            label: new.label,
            agent: String::new(),
            address: String::new(),
            expires_us: new.expires_s.map(|seconds| self.clock.now().plus(seconds * Stamp::SECOND)),
        };
        let done = self.begin_credential(by, key, token).await?;
        Ok((secret, done))
    }

    /// Newest first.
    pub async fn tokens(&self, account: AccountId) -> Result<Vec<Credential>, NotDone> {
        self.live_credentials(account, CredentialKind::Token).await
    }
}

/// What a stored token may do.
pub fn scopes_of(token: &Credential) -> Scopes {
    Scopes::kept(&token.scopes)
}
