//! A member of a workspace, whole, and what may be changed of one.

#![allow(clippy::option_option, reason = "left alone, taken away, or set")]

use domain::cell::Json;
use domain::{AccountId, Role, Stamp};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::person::Person;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Member {
    #[schema(value_type = String)]
    pub account: AccountId,
    #[serde(flatten)]
    pub person: Person,
    /// What they do here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// As they gave it, for example `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl Member {
    pub fn of(member: &domain::Member, now: Stamp) -> Self {
        let Json(profile) = &member.profile;
        Self {
            account: member.account,
            person: Person::of(member, now),
            title: Some(profile.title.clone()).filter(|title| !title.is_empty()),
            time_zone: profile.time_zone.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    Owner,
    Admin,
    Member,
    Guest,
    Bot,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Admin => Self::Admin,
            RoleName::Member => Self::Member,
            RoleName::Guest => Self::Guest,
            RoleName::Bot => Self::Bot,
        }
    }
}

/// What is absent stays; null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct MemberPatch {
    /// By owners and admins. Of somebody who left: lets them back in.
    pub role: Option<RoleName>,
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, max_length = 120)]
    pub title: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub time_zone: Option<Option<String>>,
    /// One's own alone.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<StatusPatch>)]
    pub status: Option<Option<StatusPatch>>,
    /// One's own alone; RFC 3339.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub dnd_until: Option<Option<String>>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StatusPatch {
    #[serde(default)]
    #[schema(max_length = 200)]
    pub text: String,
    #[schema(max_length = 64)]
    pub emoji: Option<String>,
    /// RFC 3339; shown no longer then.
    pub until: Option<String>,
}

/// Null is something said; absent is not.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
