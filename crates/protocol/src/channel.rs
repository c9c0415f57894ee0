//! A channel as everyone who may see it sees it.

use domain::cell::Json;
use domain::{AccountId, ChannelId, ChannelState, ChannelTip};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Channel {
    #[schema(value_type = String)]
    pub id: ChannelId,
    /// `public`, `private` or `direct`.
    pub kind: &'static str,
    pub name: String,
    pub topic: String,
    pub purpose: String,
    /// `active` or `archived`.
    pub state: &'static str,
    /// Who may post: `everyone` or `admins`.
    pub posting: &'static str,
    /// Whoever joins the workspace joins it.
    pub default: bool,
    pub members: u64,
    pub pins: u64,
    /// Who a direct channel is between.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub direct: Vec<AccountId>,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
}

impl Channel {
    pub fn of(channel: &domain::Channel, tip: &ChannelTip) -> Self {
        let Json(profile) = &channel.profile;
        Self {
            id: channel.id,
            kind: channel.kind.word(),
            name: channel.name.clone(),
            topic: profile.topic.clone(),
            purpose: profile.purpose.clone(),
            state: if channel.state == ChannelState::Active { "active" } else { "archived" },
            posting: if profile.admins_post { "admins" } else { "everyone" },
            default: profile.default,
            members: tip.members,
            pins: tip.pins,
            direct: profile.direct.clone(),
            changed: channel.changed.0,
        }
    }
}
