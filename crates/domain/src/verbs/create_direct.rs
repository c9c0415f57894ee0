//! A few people talk among themselves: one channel for each set of them.

use super::create_channel::first_tip;
use super::field;
use super::join::give_seat;
use crate::cell::Json;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{DIRECT_MEMBERS_MAX, GUEST_SEATS_MAX};
use crate::permission::{CHANNEL_BY_DIRECT, SEATS_OF, member, open_workspace, other};
use crate::rows::{
    Channel, ChannelKind, ChannelProfile, ChannelState, ChannelTip, Member, Role, Seat, SeatRole,
    WorkspaceSelf,
};
use crate::{AccountId, By, Changes, ChannelId, Command, Needs, Position, Refusal, Reply, World, values};

/// The same set gives the same channel again, and seats whoever of them had left the workspace and is back. Alone
/// it is a notebook. It counts for no limit of channels. Its people never change: who leaves the workspace loses the seat, the others keep talking.
#[derive(Debug)]
pub struct CreateDirect {
    /// Used where there is none of this set yet.
    id: ChannelId,
    /// Sorted, each once, the asker among them.
    people: Vec<AccountId>,
}

impl CreateDirect {
    pub fn new(id: ChannelId, by: By, others: Vec<AccountId>) -> Result<Self, Refusal> {
        let mut people = others;
        people.push(by.account);
        people.sort_unstable();
        people.dedup();
        if people.len() > DIRECT_MEMBERS_MAX {
            let message = format!("a direct channel is between at most {DIRECT_MEMBERS_MAX} people");
            return Err(Refusal::invalid("members", message));
        }
        Ok(Self { id, people })
    }
    /// Nine ids are 144 bytes.
    fn key(&self) -> Vec<u8> {
        self.people.iter().flat_map(|person| *person.bytes()).collect()
    }
    fn values(&self, by: By) -> Vec<crate::cell::Value> {
        values![&by.workspace, &Some(self.key())]
    }
    fn others(&self, by: By) -> impl Iterator<Item = AccountId> + '_ {
        self.people.iter().copied().filter(move |person| *person != by.account)
    }
}

impl Command for CreateDirect {
    fn name(&self) -> &'static str {
        "create_direct"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.find::<Channel>(&CHANNEL_BY_DIRECT, self.values(by), 1);
        needs.find::<Seat>(&SEATS_OF, values![&by.workspace, &by.account], GUEST_SEATS_MAX);
        for person in &self.people {
            needs.row::<Member>((by.workspace, *person));
        }
    }
    /// Who sits in the known one, and whom a guest shares a seat with, is known once it is read.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let values = self.values(by);
        if let Some(known) = seen.find::<Channel>(&CHANNEL_BY_DIRECT, &values).next() {
            needs.row::<ChannelTip>((by.workspace, known.id));
            self.people.iter().for_each(|person| needs.row::<Seat>((known.id, *person)));
            return true;
        }
        if seen.get::<Member>(&(by.workspace, by.account)).is_none_or(|member| member.role != Role::Guest) {
            return false;
        }
        let seats = values![&by.workspace, &by.account];
        for seat in seen.find::<Seat>(&SEATS_OF, &seats).filter(|seat| seat.is_held()) {
            self.others(by).for_each(|person| needs.row::<Seat>((seat.channel, person)));
        }
        true
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let member = member(by, world)?;
        open_workspace(by, world)?;
        let values = self.values(by);
        if let Some(known) = world.find::<Channel>(&CHANNEL_BY_DIRECT, &values).next() {
            return self.again(by, known, world);
        }
        for person in self.others(by) {
            other(by, person, world)?;
            if member.role == Role::Guest && !share_a_channel(by, person, world) {
                return Err(Refusal::not_found("member"));
            }
        }
        let mut changes = Changes::begin(world);
        self.make(by, &mut changes);
        Ok(changes.answering(Reply::of(&serde_json::json!({ "id": self.id }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.key());
    }
}

/// A guest knows those with whom they sit somewhere.
fn share_a_channel(by: By, person: AccountId, world: &World) -> bool {
    let values = values![&by.workspace, &by.account];
    let mut mine = world.find::<Seat>(&SEATS_OF, &values).filter(|seat| seat.is_held());
    mine.any(|seat| world.get::<Seat>(&(seat.channel, person)).is_some_and(Seat::is_held))
}

impl CreateDirect {
    fn make(&self, by: By, changes: &mut Changes) {
        let created = changes
            .tell(Tell::of(EventKind::ChannelCreated, Audience::Seats).by(by.account).in_channel(self.id));
        // Everyone sits there from the beginning, and each is told so with a seat to show.
        for person in &self.people {
            let at = match *person == by.account {
                true => created,
                false => changes.tell(
                    Tell::of(EventKind::SeatJoined, Audience::Seats)
                        .by(by.account)
                        .in_channel(self.id)
                        .about(*person),
                ),
            };
            changes.put(Seat {
                channel: self.id,
                account: *person,
                workspace: by.workspace,
                role: SeatRole::Member,
                since: created,
                read_number: 0,
                read_version: 0,
                changed: at,
            });
        }
        let last = Position(changes.next().0 - 1);
        changes.put(Channel {
            workspace: by.workspace,
            id: self.id,
            kind: ChannelKind::Direct,
            name: String::new(),
            name_key: None,
            direct_key: Some(self.key()),
            profile: Json(ChannelProfile { direct: self.people.clone(), ..ChannelProfile::default() }),
            state: ChannelState::Active,
            hidden: Position(0),
            changed: last,
        });
        changes.put(ChannelTip {
            members: self.people.len() as u64,
            last_position: last,
            ..first_tip(by, self.id, created, changes)
        });
    }

    fn again(&self, by: By, known: &Channel, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        let tip = world
            .get::<ChannelTip>(&(by.workspace, known.id))
            .ok_or_else(|| Refusal::not_found("channel"))?;
        let mut tip = tip.clone();
        for person in &self.people {
            let sits = world.get::<Seat>(&(known.id, *person)).is_some_and(Seat::is_held);
            let here = world.get::<Member>(&(by.workspace, *person)).is_some_and(Member::is_active);
            if !sits && here {
                (_, tip) = give_seat(by, *person, SeatRole::Member, known, &tip, &mut changes)?;
            }
        }
        Ok(changes.answering(Reply::of(&serde_json::json!({ "id": known.id }))))
    }
}
