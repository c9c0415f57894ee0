//! What those who look after a workspace read of it, and whom they let in.

use domain::{AccountId, ChannelId, InvitationState, Stamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::member::RoleName;
use crate::time;

/// What an invitation is to be; everything has a usual value.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// At most the maker's; `member` where absent.
    pub role: Option<RoleName>,
    /// As many as come, where absent.
    #[schema(minimum = 1, maximum = 100_000)]
    pub uses: Option<i64>,
    /// For ever, where absent.
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub expires_s: Option<i64>,
    /// Joined besides the default ones; all that a guest gets.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    pub channels: Vec<ChannelId>,
}

/// The code is shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct MadeInvitation {
    pub id: String,
    pub code: String,
    /// The same, as people follow it.
    pub url: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    pub id: String,
    #[schema(value_type = String)]
    pub maker: AccountId,
    #[schema(value_type = RoleName)]
    pub role: &'static str,
    /// Told to its maker alone: others may not see each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub channels: Option<Vec<ChannelId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<i64>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// `open`, `used`, `revoked` or `expired`.
    pub state: &'static str,
}

impl Invitation {
    pub fn of(row: &domain::Invitation, asker: AccountId, now: Stamp) -> Self {
        let late = row.expires_us.is_some_and(|until| until <= now);
        let channels = || serde_json::from_str(&row.channels).unwrap_or_default();
        Self {
            id: row.id.to_string(),
            maker: row.maker,
            role: row.role.word(),
            channels: (row.maker == asker).then(channels),
            uses_left: row.uses_left,
            expires: row.expires_us.map(time::of),
            state: if late && row.state == InvitationState::Open { "expired" } else { row.state.word() },
        }
    }
}

/// Something an admin should be able to look up later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Noted {
    pub position: u64,
    /// For example `member.role`.
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub actor: Option<AccountId>,
    /// RFC 3339.
    pub at: String,
    #[serde(serialize_with = "time::stamp")]
    #[schema(value_type = String)]
    pub stamp: Stamp,
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

impl Noted {
    pub fn of(row: &domain::Audit) -> Self {
        Self {
            position: row.position.0,
            what: row.what.clone(),
            actor: row.actor,
            at: time::of(row.at_us),
            stamp: row.at_us,
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        }
    }
}
