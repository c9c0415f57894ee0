//! What a client holds: an old snapshot and the events with their images make the new one.

use std::collections::BTreeMap;

use domain::{
    AccountId, Channel, ChannelId, ChannelKind, ChannelTip, Event, EventKind, Image, Member, MemberProfile,
    MemberState, Message, Position, Role, Seat, SeatRole, SelfState, Settings, WorkspaceSelf,
};

use crate::stage::Stage;

type Called = (Role, MemberState, String, MemberProfile, Position);

/// Name, picture, settings, state, changed.
type Itself = (String, Option<Vec<u8>>, Settings, SelfState, Position);

/// Rows as a client sees them: without what is private, and without what travels otherwise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    messages: BTreeMap<(ChannelId, u64, u64), Message>,
    channels: BTreeMap<ChannelId, (Channel, u64, u64)>,
    seats: BTreeMap<(ChannelId, AccountId), (SeatRole, Position)>,
    members: BTreeMap<AccountId, Called>,
    workspace: Option<Itself>,
}

impl Snapshot {
    pub fn of(stage: &Stage) -> Self {
        let mut snapshot = Self::default();
        stage.rows::<Message>().into_iter().for_each(|row| snapshot.message(row));
        for channel in stage.rows::<Channel>() {
            let tip = stage.tip(channel.id);
            snapshot.channel(channel, &tip);
        }
        stage.rows::<Seat>().into_iter().filter(Seat::is_held).for_each(|row| snapshot.seat(&row));
        stage.rows::<Member>().into_iter().for_each(|row| snapshot.member(row));
        stage.rows::<WorkspaceSelf>().into_iter().for_each(|row| snapshot.workspace(row));
        snapshot
    }

    pub fn apply(&mut self, event: &Event, image: Image) {
        for row in [image.message, image.root, image.row].into_iter().flatten() {
            self.message(row);
        }
        if let Some((channel, tip)) = image.channel {
            self.channel(channel, &tip);
        }
        image.seat.iter().for_each(|seat| self.seat(seat));
        image.member.into_iter().for_each(|member| self.member(member));
        image.workspace.into_iter().for_each(|workspace| self.workspace(workspace));
        match (event.kind, event.channel, event.account, event.actor) {
            (EventKind::SeatLeft, Some(channel), Some(account), _) => {
                self.seats.remove(&(channel, account));
            }
            // Whoever makes a channel sits in it.
            (EventKind::ChannelCreated, Some(channel), _, Some(maker)) => {
                let direct = self.channels.get(&channel).is_some_and(|row| row.0.kind == ChannelKind::Direct);
                let role = if direct { SeatRole::Member } else { SeatRole::Manager };
                self.seats.insert((channel, maker), (role, event.position));
            }
            _ => {}
        }
    }

    fn message(&mut self, row: Message) {
        let key = (row.channel, row.thread, row.number);
        if self.messages.get(&key).is_none_or(|known| known.changed < row.changed) {
            self.messages.insert(key, row);
        }
    }
    fn channel(&mut self, row: Channel, tip: &ChannelTip) {
        if self.channels.get(&row.id).is_none_or(|known| known.0.changed < row.changed) {
            self.channels.insert(row.id, (row, tip.members, tip.pins));
        }
    }
    fn seat(&mut self, row: &Seat) {
        self.seats.insert((row.channel, row.account), (row.role, row.changed));
    }
    fn member(&mut self, row: Member) {
        // A status travels to who is looking.
        let profile = MemberProfile { status: None, dnd_until_us: None, ..row.profile.0 };
        let called = (row.role, row.state, row.name, profile, row.changed);
        if self.members.get(&row.account).is_none_or(|known| known.4 < row.changed) {
            self.members.insert(row.account, called);
        }
    }
    fn workspace(&mut self, row: WorkspaceSelf) {
        // What everyone joins is said by the channels themselves.
        let settings = Settings { defaults: Vec::new(), ..row.settings.0 };
        self.workspace = Some((row.name, row.picture, settings, row.state, row.changed));
    }
}
