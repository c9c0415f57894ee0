//! A workspace's own people: rendering never reads the directory.

use serde::{Deserialize, Serialize};

use crate::cell::Json;
use crate::rights::Rights;
use crate::{AccountId, ChannelId, Key, Position, Stamp, WorkspaceId, row, word_cell};

word_cell!(
    /// In falling order of what it may.
    Role { Owner = "owner", Admin = "admin", Member = "member", Guest = "guest", Bot = "bot" }
);
word_cell!(MemberState { Active = "active", Left = "left" });
word_cell!(SelfState { Active = "active", Archived = "archived" });
word_cell!(InvitationState { Open = "open", Revoked = "revoked", Used = "used" });

/// What a workspace decided for itself; absent means the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How long an author may edit, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_s: Option<u32>,
    /// Keeps the text of what was deleted, for an audit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_deleted: bool,
    #[serde(skip_serializing_if = "is_usual")]
    pub rights: Rights,
    /// Whoever comes joins these; kept beside the channels' own flag, so that a command can name them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defaults: Vec<ChannelId>,
}

fn is_usual(rights: &Rights) -> bool {
    *rights == Rights::default()
}

/// What somebody says of their day; over once its time is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_us: Option<Stamp>,
}

/// What a person tells of themselves here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberProfile {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnd_until_us: Option<Stamp>,
}

impl MemberProfile {
    pub fn status_at(&self, now: Stamp) -> Option<&Status> {
        self.status.as_ref().filter(|status| status.until_us.is_none_or(|until| until > now))
    }
    pub fn is_undisturbed_at(&self, now: Stamp) -> bool {
        self.dnd_until_us.is_some_and(|until| until > now)
    }
}

row!(
    /// The workspace's own row; the counters kept here are what limits are judged by.
    WorkspaceSelf in "workspace_self" {
        key { workspace: WorkspaceId }
        rest {
            name: String,
            picture: Option<Vec<u8>>,
            settings: Json<Settings>,
            state: SelfState,
            owners: u64,
            members: u64,
            channels: u64,
            changed: Position,
        }
    }
);
row!(
    Invitation in "invitation" {
        key { workspace: WorkspaceId, id: Key }
        rest {
            hash: Vec<u8>,
            maker: AccountId,
            role: Role,
            channels: String,
            uses_left: Option<i64>,
            expires_us: Option<Stamp>,
            state: InvitationState,
        }
    }
);
row!(
    /// Small and re-encoded; big files live elsewhere.
    Picture in "picture" {
        key { workspace: WorkspaceId, digest: Vec<u8> }
        rest {
            media: String,
            bytes: Vec<u8>,
            /// How many show it; with the last it goes.
            uses: u64,
        }
    }
);
row!(
    /// Events leave after a week, this stays.
    Audit in "audit" {
        key { workspace: WorkspaceId, position: Position }
        rest { at_us: Stamp, actor: Option<AccountId>, what: String, detail: String }
    }
);
row!(
    /// An account in a workspace.
    Member in "member" {
        key { workspace: WorkspaceId, account: AccountId }
        rest {
            role: Role,
            state: MemberState,
            name: String,
            name_key: String,
            profile: Json<MemberProfile>,
            /// The version of this member's private rows.
            private: u64,
            signed_after_us: Stamp,
            changed: Position,
        }
    }
);

impl Member {
    pub fn is_active(&self) -> bool {
        self.state == MemberState::Active
    }
    pub fn is_admin(&self) -> bool {
        matches!(self.role, Role::Owner | Role::Admin)
    }
    /// Whether a session begun then may still enter this workspace.
    pub fn admits_session_of(&self, created: Stamp) -> bool {
        created > self.signed_after_us
    }
}
