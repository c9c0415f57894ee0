//! What somebody may take with them.

use domain::{ChannelId, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::account::{Account, Session, Token};
use crate::member::Member;

/// A page; ask with `next` as the cursor until there is none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Export {
    /// On the first page only, as are the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<Token>>,
    /// On the first page, and as many pages more as it takes: a workspace with many rows comes again with the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspaces: Option<Vec<OwnRows>>,
    /// What one said, channel by channel; a page may hold none and yet have a `next`.
    pub messages: Vec<OwnMessage>,
    pub next: Option<String>,
}

/// One's own rows of a workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnRows {
    #[schema(value_type = String)]
    pub id: WorkspaceId,
    pub name: String,
    pub member: Member,
    pub channels: Vec<OwnSeat>,
    /// Drafts, stars, mutes, choices.
    pub kept: Vec<OwnItem>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnSeat {
    #[schema(value_type = String)]
    pub id: ChannelId,
    /// `public`, `private` or `direct`.
    pub kind: &'static str,
    pub name: String,
    pub role: &'static str,
    /// How far one has read.
    pub read: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnItem {
    pub kind: String,
    pub subject: String,
    /// Any JSON.
    pub value: serde_json::Value,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnMessage {
    #[schema(value_type = String)]
    pub workspace: WorkspaceId,
    #[schema(value_type = String)]
    pub channel: ChannelId,
    pub thread: u64,
    pub number: u64,
    /// RFC 3339.
    pub at: String,
    pub text: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
}
