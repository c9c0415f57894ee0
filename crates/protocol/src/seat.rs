//! Somebody in a channel.

use domain::{AccountId, ChannelId, SeatRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::person::{People, Person};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Seat {
    #[schema(value_type = String)]
    pub channel: ChannelId,
    #[schema(value_type = String)]
    pub account: AccountId,
    #[schema(value_type = Role)]
    pub role: &'static str,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
}

impl Seat {
    pub fn of(seat: &domain::Seat) -> Self {
        Self { channel: seat.channel, account: seat.account, role: role(seat), changed: seat.changed.0 }
    }
}

/// As it is called outside.
pub fn role(seat: &domain::Seat) -> &'static str {
    match seat.role {
        SeatRole::Manager => "manager",
        SeatRole::Member => "member",
        SeatRole::Left => "left",
    }
}

/// One seat, with whose it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OneSeat)]
pub struct One {
    #[serde(flatten)]
    pub seat: Seat,
    #[schema(value_type = BTreeMap<String, Person>)]
    pub people: People,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SeatRole)]
pub enum Role {
    Manager,
    Member,
}

/// In which role somebody is to sit; absent: as they do, or as a member.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = NewSeat)]
pub struct New {
    pub role: Option<Role>,
}
