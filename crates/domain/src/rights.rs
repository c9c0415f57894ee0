//! Rights a workspace hands out; every default stands on this page.

use serde::{Deserialize, Serialize};

use crate::{Member, Refusal, Role, Settings};

/// From whom upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    Members,
    Admins,
    Owners,
}

/// Guests have none of these, whatever a workspace decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rights {
    pub create_channels: Who,
    /// `@channel` and `@here`, where the channel is not so large that only admins may.
    pub shout: Who,
    pub invite: Who,
    pub make_bots: Who,
}

impl Default for Rights {
    fn default() -> Self {
        Self {
            create_channels: Who::Members,
            shout: Who::Members,
            invite: Who::Admins,
            make_bots: Who::Admins,
        }
    }
}

/// What an owner decides anew; a right not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RightsChange {
    pub create_channels: Option<Who>,
    pub shout: Option<Who>,
    pub invite: Option<Who>,
    pub make_bots: Option<Who>,
}

impl RightsChange {
    #[must_use]
    pub fn of(&self, was: &Rights) -> Rights {
        Rights {
            create_channels: self.create_channels.unwrap_or(was.create_channels),
            shout: self.shout.unwrap_or(was.shout),
            invite: self.invite.unwrap_or(was.invite),
            make_bots: self.make_bots.unwrap_or(was.make_bots),
        }
    }
}

impl From<Rights> for RightsChange {
    fn from(Rights { create_channels, shout, invite, make_bots }: Rights) -> Self {
        Self {
            create_channels: Some(create_channels),
            shout: Some(shout),
            invite: Some(invite),
            make_bots: Some(make_bots),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    CreateChannels,
    Shout,
    Invite,
    MakeBots,
}

impl Right {
    pub const ALL: &'static [Self] = &[Self::CreateChannels, Self::Shout, Self::Invite, Self::MakeBots];

    pub fn word(self) -> &'static str {
        match self {
            Self::CreateChannels => "create_channels",
            Self::Shout => "shout",
            Self::Invite => "invite",
            Self::MakeBots => "make_bots",
        }
    }
    fn given_to(self, rights: &Rights) -> Who {
        match self {
            Self::CreateChannels => rights.create_channels,
            Self::Shout => rights.shout,
            Self::Invite => rights.invite,
            Self::MakeBots => rights.make_bots,
        }
    }
    /// A program never brings in people or other programs.
    fn is_for_bots(self) -> bool {
        matches!(self, Self::CreateChannels | Self::Shout)
    }
    pub fn held_by(self, member: &Member, settings: &Settings) -> bool {
        member.is_active() && self.is_open_to(member.role, settings)
    }
    /// Whether it comes with a role, for a member.
    pub fn is_open_to(self, role: Role, settings: &Settings) -> bool {
        let who = self.given_to(&settings.rights);
        match role {
            Role::Owner => true,
            Role::Admin => who != Who::Owners,
            Role::Member => who == Who::Members,
            Role::Bot => who == Who::Members && self.is_for_bots(),
            Role::Guest => false,
        }
    }
    pub fn required(self, member: &Member, settings: &Settings) -> Result<(), Refusal> {
        if self.held_by(member, settings) {
            return Ok(());
        }
        Err(Refusal::not_allowed(
            self.word(),
            match self {
                Self::CreateChannels => "you may not create channels here; ask an admin",
                Self::Shout => "you may not call everyone here; name the people you mean",
                Self::Invite => "you may not invite people here; ask an admin",
                Self::MakeBots => "you may not make bots here; ask an admin",
            },
        ))
    }
}

/// Whether a role is no higher than another: nobody gives more than they have.
pub fn is_at_most(role: Role, of: Role) -> bool {
    let rank = |role| match role {
        Role::Owner => 3,
        Role::Admin => 2,
        Role::Member | Role::Bot => 1,
        Role::Guest => 0,
    };
    rank(role) <= rank(of)
}

/// Owners look after everyone, admins after everyone but owners.
pub fn may_manage(actor: &Member, target: &Member) -> Result<(), Refusal> {
    if actor.role == Role::Admin && target.role == Role::Owner {
        return Err(Refusal::not_allowed("owner", "only an owner does this to an owner"));
    }
    admin(actor)
}

/// What changes the workspace itself.
pub fn admin(member: &Member) -> Result<(), Refusal> {
    if member.is_admin() {
        return Ok(());
    }
    Err(Refusal::not_allowed("admin", "only owners and admins do this"))
}
