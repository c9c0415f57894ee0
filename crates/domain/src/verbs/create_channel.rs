//! A new place to talk.

use super::field;
use super::join::give_seat;
use crate::cell::Json;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{CHANNELS_MAX, FIRST_MEMBERS_MAX};
use crate::permission::{CHANNEL_BY_NAME, member, open_workspace, other};
use crate::rights::Right;
use crate::rows::{
    Channel, ChannelKind, ChannelProfile, ChannelState, ChannelTip, Holes, Member, Seat, SeatRole,
    WorkspaceSelf,
};
use crate::text::{Line, Name};
use crate::{
    AccountId, By, Changes, ChannelId, Code, Command, Needs, Position, Refusal, Reply, World, values,
};

#[derive(Debug)]
pub struct CreateChannel {
    pub id: ChannelId,
    pub name: Name,
    /// Otherwise public.
    pub private: bool,
    pub topic: Line,
    pub purpose: Line,
    /// Who sits there from the beginning, besides whoever makes it.
    people: Vec<AccountId>,
}

impl CreateChannel {
    pub fn new(id: ChannelId, name: Name, private: bool) -> Self {
        Self { id, name, private, topic: Line::default(), purpose: Line::default(), people: Vec::new() }
    }
    /// Each once, in the order they are named.
    pub fn with(mut self, people: Vec<AccountId>) -> Result<Self, Refusal> {
        for person in people {
            if !self.people.contains(&person) {
                self.people.push(person);
            }
            if self.people.len() > FIRST_MEMBERS_MAX {
                let message =
                    format!("a channel begins with at most {FIRST_MEMBERS_MAX} others; add more later");
                return Err(Refusal::invalid("members", message));
            }
        }
        Ok(self)
    }
    fn others(&self, by: By) -> impl Iterator<Item = AccountId> + '_ {
        self.people.iter().copied().filter(move |person| *person != by.account)
    }
}

impl Command for CreateChannel {
    fn name(&self) -> &'static str {
        "create_channel"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.find::<Channel>(&CHANNEL_BY_NAME, values![&by.workspace, &Some(self.name.folded())], 1);
        self.others(by).for_each(|person| needs.row::<Member>((by.workspace, person)));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let member = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        Right::CreateChannels.required(member, &workspace.settings.0)?;
        if workspace.channels >= CHANNELS_MAX {
            return Err(Refusal::new(
                Code::Conflict,
                format!("a workspace has at most {CHANNELS_MAX} channels"),
            ));
        }
        let named = values![&by.workspace, &Some(self.name.folded())];
        if world.find::<Channel>(&CHANNEL_BY_NAME, &named).next().is_some() {
            return Err(Refusal {
                about: Some("name"),
                ..Refusal::new(Code::Conflict, "a channel has this name already")
            });
        }
        for person in self.others(by) {
            other(by, person, world)?;
        }
        let mut changes = Changes::begin(world);
        changes.put(WorkspaceSelf { channels: workspace.channels + 1, ..workspace.clone() });
        self.make(by, &mut changes)?;
        Ok(changes.answering(Reply::of(&serde_json::json!({ "id": self.id }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.name.as_str().as_bytes());
        field(into, &[u8::from(self.private)]);
        field(into, self.topic.as_str().as_bytes());
        field(into, self.purpose.as_str().as_bytes());
        self.people.iter().for_each(|person| field(into, person.bytes()));
    }
}

impl CreateChannel {
    fn make(&self, by: By, changes: &mut Changes) -> Result<(), Refusal> {
        let (kind, audience) = match self.private {
            true => (ChannelKind::Private, Audience::Seats),
            false => (ChannelKind::Public, Audience::Members),
        };
        let created =
            changes.tell(Tell::of(EventKind::ChannelCreated, audience).by(by.account).in_channel(self.id));
        let profile = ChannelProfile {
            topic: self.topic.as_str().into(),
            purpose: self.purpose.as_str().into(),
            ..ChannelProfile::default()
        };
        let mut channel = Channel {
            workspace: by.workspace,
            id: self.id,
            kind,
            name: self.name.as_str().into(),
            name_key: Some(self.name.folded()),
            direct_key: None,
            profile: Json(profile),
            state: ChannelState::Active,
            hidden: Position(0),
            changed: created,
        };
        changes.put(channel.clone());
        seat_first(by, self.id, created, changes);
        let mut tip = first_tip(by, self.id, created, changes);
        for person in self.others(by) {
            (channel, tip) = give_seat(by, person, SeatRole::Member, &channel, &tip, changes)?;
        }
        Ok(())
    }
}

/// Whoever makes a channel sits in it and manages it; the seat sees the making itself.
pub(super) fn seat_first(by: By, channel: ChannelId, created: Position, changes: &mut Changes) {
    changes.put(first_tip(by, channel, created, changes));
    changes.put(Seat {
        channel,
        account: by.account,
        workspace: by.workspace,
        role: SeatRole::Manager,
        since: created,
        read_number: 0,
        read_version: 0,
        changed: created,
    });
}

/// Before anything was said.
pub(super) fn first_tip(by: By, channel: ChannelId, created: Position, changes: &Changes) -> ChannelTip {
    ChannelTip {
        workspace: by.workspace,
        channel,
        last_number: 0,
        last_us: changes.stamp(),
        last_position: created,
        members: 1,
        pins: 0,
        holes: Json(Holes::default()),
    }
}
