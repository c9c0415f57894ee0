//! Somebody as their workspace knows them.

use std::collections::BTreeMap;

use domain::cell::Json;
use domain::{AccountId, Member, Role, Stamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::member::RoleName;
use crate::time;

/// The people an answer names, once each, by account.
pub type People = BTreeMap<AccountId, Person>;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Person {
    /// Empty once their account is closed.
    pub name: String,
    /// The digest their picture is served by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[schema(value_type = RoleName)]
    pub role: &'static str,
    /// `bot`; absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// RFC 3339; nothing rings for them until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnd_until: Option<String>,
    /// No member any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Status {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// RFC 3339; shown no longer then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Person {
    /// As they are at a moment: a status that is over is not shown.
    pub fn of(member: &Member, now: Stamp) -> Self {
        let Json(profile) = &member.profile;
        Self {
            name: member.name.clone(),
            picture: profile.picture.clone(),
            role: member.role.word(),
            kind: (member.role == Role::Bot).then_some("bot"),
            status: profile.status_at(now).map(|status| Status {
                text: status.text.clone(),
                emoji: status.emoji.clone(),
                until: status.until_us.map(time::of),
            }),
            dnd_until: profile.dnd_until_us.filter(|until| *until > now).map(time::of),
            left: !member.is_active(),
            changed: member.changed.0,
        }
    }
}

/// By account, as an answer carries them.
pub fn people(members: &[Member], now: Stamp) -> People {
    members.iter().map(|member| (member.account, Person::of(member, now))).collect()
}
