//! The code of an invitation: it says which workspace it opens, and is kept only as a hash.

use std::fmt;
use std::str::FromStr;

use domain::{By, Invitation, Key, Refusal, WorkspaceId};

use crate::Service;

const ID_LEN: usize = 26;

/// Its text is the workspace's id and 128 bits nobody can guess, 52 characters; it is never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode {
    workspace: WorkspaceId,
    secret: Key,
}

impl Service {
    /// The code of the invitation made under this key: a repeated answer shows the same one.
    pub fn invitation_code(&self, by: By, key: Key) -> InvitationCode {
        let parts: [&[u8]; 3] = [by.workspace.bytes(), &key.0, by.account.bytes()];
        let derived = self.places().directory().derive("invitation", &parts);
        let mut secret = [0; 16];
        secret.copy_from_slice(&derived[..16]);
        InvitationCode { workspace: by.workspace, secret: Key(secret) }
    }
}

impl InvitationCode {
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    /// What the workspace keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.workspace.bytes()).update(&self.secret.0);
        *hasher.finalize().as_bytes()
    }
    /// What is said of a text that is none, as of one that opens nothing.
    pub fn unknown() -> Refusal {
        Invitation::spent()
    }
    pub fn text(&self) -> String {
        format!("{}{}", self.workspace, self.secret)
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvitationCode({}, ..)", self.workspace)
    }
}

impl FromStr for InvitationCode {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (workspace, secret) = text.split_at_checked(ID_LEN).ok_or(())?;
        let workspace = workspace.parse().map_err(|_| ())?;
        if workspace == WorkspaceId::INSTALLATION {
            return Err(());
        }
        Ok(Self { workspace, secret: secret.parse().map_err(|_| ())? })
    }
}
