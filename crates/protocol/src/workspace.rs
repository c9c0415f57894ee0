//! A workspace as its members see it.

use domain::cell::Json;
use domain::limits::EDIT_SECONDS_DEFAULT;
use domain::rights::{Rights, RightsChange, Who};
use domain::text::hex;
use domain::{ChannelId, Member, Role, SelfState, WorkspaceId, WorkspaceSelf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::member::RoleName;

/// As channels and workspaces say it in answers; only the document reads this.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum State {
    Active,
    Archived,
}

/// One of the caller's workspaces.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Room {
    #[schema(value_type = String)]
    pub id: WorkspaceId,
    pub slug: String,
    pub name: String,
    /// The digest its picture is served by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The caller's.
    #[schema(value_type = RoleName)]
    pub role: &'static str,
    #[schema(value_type = State)]
    pub state: &'static str,
    /// Channels with something unread, muted ones left out; at most 100.
    pub unread: u32,
    /// Unseen messages that name the caller or call everyone; at most 100.
    pub mentions: u32,
    /// An admin asked for it: sign in again to enter this workspace.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sign_in_again: bool,
}

impl Room {
    /// What waits is counted only where the caller may enter.
    pub fn of(slug: String, itself: &WorkspaceSelf, member: &Member, waiting: Option<(u32, u32)>) -> Self {
        let (unread, mentions) = waiting.unwrap_or_default();
        Self {
            id: itself.workspace,
            slug,
            name: itself.name.clone(),
            picture: picture(itself),
            role: member.role.word(),
            state: state(itself),
            unread,
            mentions,
            sign_in_again: waiting.is_none(),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Workspace {
    #[schema(value_type = String)]
    pub id: WorkspaceId,
    /// Its name in addresses; it stays.
    pub slug: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[schema(value_type = State)]
    pub state: &'static str,
    /// The caller's role.
    #[schema(value_type = RoleName)]
    pub role: &'static str,
    pub settings: Settings,
    /// Whoever comes joins these. A guest is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub default_channels: Option<Vec<ChannelId>>,
    /// A guest is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u64>,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
}

/// What the workspace decided for itself, and the default of what it did not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = WorkspaceSettings)]
pub struct Settings {
    /// How long an author may edit, in seconds.
    pub edit_s: u32,
    /// The text of what was deleted is kept for an audit.
    pub keep_deleted: bool,
    pub rights: RightsGiven,
}

impl Settings {
    pub fn of(itself: &WorkspaceSelf) -> Self {
        let Json(settings) = &itself.settings;
        let Rights { create_channels, shout, invite, make_bots } = &settings.rights;
        Self {
            edit_s: settings.edit_s.unwrap_or(EDIT_SECONDS_DEFAULT),
            keep_deleted: settings.keep_deleted,
            rights: RightsGiven {
                create_channels: (*create_channels).into(),
                shout: (*shout).into(),
                invite: (*invite).into(),
                make_bots: (*make_bots).into(),
            },
        }
    }
}

/// From whom upwards; guests have none of these.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RightsGiven {
    pub create_channels: FromWhom,
    /// `@channel` and `@here`.
    pub shout: FromWhom,
    pub invite: FromWhom,
    pub make_bots: FromWhom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FromWhom {
    Members,
    Admins,
    Owners,
}

impl From<Who> for FromWhom {
    fn from(who: Who) -> Self {
        match who {
            Who::Members => Self::Members,
            Who::Admins => Self::Admins,
            Who::Owners => Self::Owners,
        }
    }
}

impl From<FromWhom> for Who {
    fn from(whom: FromWhom) -> Self {
        match whom {
            FromWhom::Members => Self::Members,
            FromWhom::Admins => Self::Admins,
            FromWhom::Owners => Self::Owners,
        }
    }
}

impl Workspace {
    pub fn of(slug: String, itself: &WorkspaceSelf, member: &Member) -> Self {
        let told = member.role != Role::Guest;
        Self {
            id: itself.workspace,
            slug,
            name: itself.name.clone(),
            picture: picture(itself),
            state: state(itself),
            role: member.role.word(),
            settings: Settings::of(itself),
            default_channels: told.then(|| itself.settings.0.defaults.clone()),
            members: told.then_some(itself.members),
            channels: told.then_some(itself.channels),
            changed: itself.changed.0,
        }
    }
}

pub(crate) fn picture(itself: &WorkspaceSelf) -> Option<String> {
    itself.picture.as_deref().map(hex)
}

pub(crate) fn state(itself: &WorkspaceSelf) -> &'static str {
    if itself.state == SelfState::Active { "active" } else { "archived" }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewWorkspace {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Made of the name where absent: small letters, digits and dashes.
    #[schema(min_length = 1, max_length = 40)]
    pub slug: Option<String>,
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct WorkspacePatch {
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    pub settings: Option<SettingsPatch>,
    /// Refused: links all over the world name it.
    pub slug: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct SettingsPatch {
    /// Seconds, at most a year.
    #[schema(maximum = 31_536_000)]
    pub edit_s: Option<u32>,
    pub keep_deleted: Option<bool>,
    /// Only an owner decides these.
    pub rights: Option<RightsPatch>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct RightsPatch {
    pub create_channels: Option<FromWhom>,
    pub shout: Option<FromWhom>,
    pub invite: Option<FromWhom>,
    pub make_bots: Option<FromWhom>,
}

impl From<RightsPatch> for RightsChange {
    fn from(patch: RightsPatch) -> Self {
        Self {
            create_channels: patch.create_channels.map(Into::into),
            shout: patch.shout.map(Into::into),
            invite: patch.invite.map(Into::into),
            make_bots: patch.make_bots.map(Into::into),
        }
    }
}
