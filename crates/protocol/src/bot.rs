//! Programs among the members.

use domain::{AccountId, Stamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::Scope;
use crate::member::Member;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Bot {
    #[serde(flatten)]
    pub member: Member,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub owner: Option<AccountId>,
    /// What its token may; empty where it has none any more.
    pub scopes: Vec<&'static str>,
}

impl Bot {
    pub fn of(
        member: &domain::Member,
        owner: Option<AccountId>,
        scopes: Vec<&'static str>,
        now: Stamp,
    ) -> Self {
        Self { member: Member::of(member, now), owner, scopes }
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewBot {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
}

/// What is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BotPatch {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct NewBotToken {
    /// As before, where absent.
    pub scopes: Option<Vec<Scope>>,
}

/// The token is shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct MadeBot {
    #[schema(value_type = String)]
    pub account: AccountId,
    pub token: String,
}
