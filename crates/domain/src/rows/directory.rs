//! The directory: who there is, which workspaces, and where they live.

use crate::limits::SESSION_IDLE_SECONDS;
use crate::{AccountId, Fence, Key, Position, Stamp, WorkspaceId, row, word_cell};

word_cell!(
    /// `making` is what a crash between directory and shard leaves; start-up finishes it.
    WorkspaceState { Making = "making", Active = "active", Archived = "archived", Gone = "gone" }
);
word_cell!(AccountKind { Person = "person", Bot = "bot" });
word_cell!(AccountState { Active = "active", Closed = "closed" });
word_cell!(MembershipState { Active = "active", Left = "left" });

word_cell!(
    /// A link opens one thing once: a new password.
    CredentialKind { Session = "session", Token = "token", Link = "link" }
);

row!(
    /// A fact about the installation itself.
    Installation in "installation" { key { name: String } rest { value: String } }
);
row!(
    /// A database of whole workspaces.
    Shard in "shard" { key { id: i32 } rest { place: String, state: String, weight: i32 } }
);
row!(
    /// Where a workspace lives and whether it does.
    WorkspacePlace in "workspace" {
        key { id: WorkspaceId }
        rest { slug: String, shard: i32, fence: Fence, state: WorkspaceState, region: String, created_us: Stamp }
    }
);
row!(
    Account in "account" {
        key { id: AccountId }
        rest {
            kind: AccountKind,
            name: String,
            email_key: Option<String>,
            email_verified_us: Option<Stamp>,
            password: Option<String>,
            operator: bool,
            /// Of a bot.
            owner: Option<AccountId>,
            state: AccountState,
            created_us: Stamp,
        }
    }
);
row!(
    /// A name at a sign-in service.
    Login in "login" { key { issuer: String, subject: String } rest { account: AccountId } }
);
row!(
    /// A session or a token: the hash of a secret, never the secret.
    Credential in "credential" {
        key { hash: Vec<u8> }
        rest {
            id: Key,
            account: AccountId,
            kind: String,
            workspace: Option<WorkspaceId>,
            scopes: String,
            label: String,
            agent: String,
            address: String,
            created_us: Stamp,
            seen_us: Stamp,
            expires_us: Option<Stamp>,
            revoked_us: Option<Stamp>,
        }
    }
);
row!(
    /// Derived from the shard's member row, so that a sign-in knows where to go.
    Membership in "membership" {
        key { account: AccountId, workspace: WorkspaceId }
        rest { state: MembershipState, position: Position }
    }
);
row!(
    /// A workspace on its way to another shard.
    Move in "move" {
        key { workspace: WorkspaceId }
        rest { source: i32, target: i32, phase: String, position: Position, changed_us: Stamp }
    }
);

impl Credential {
    /// Not ended, not over, and as a session not idle for too long.
    pub fn is_live_at(&self, now: Stamp) -> bool {
        let idle = self.kind == CredentialKind::Session.word()
            && self.seen_us.plus(SESSION_IDLE_SECONDS * Stamp::SECOND) <= now;
        self.revoked_us.is_none() && self.expires_us.is_none_or(|until| until > now) && !idle
    }
}
