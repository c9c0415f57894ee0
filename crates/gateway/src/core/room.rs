//! A workspace on one core: who is in it, who sits where, who looks at what. No I/O.

use std::collections::HashMap;

use protocol::frame::Look;
use protocol::{AccountId, ChannelId, Epoch, Position, WorkspaceId};
use service::live::{Audience, Event, EventKind, Stay};

use super::late::Late;
use super::pass::{Pass, To};
use super::private::Compared;

/// One socket at a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seated {
    pub slot: u32,
    /// From this position on its events are for this socket.
    pub since: Position,
}

/// A channel. Both lists are in the order of their slots.
#[derive(Debug, Default)]
struct Table {
    seats: Vec<Seated>,
    /// Who has it on the screen, with or without a seat.
    looking: Vec<Seated>,
    /// When somebody here lost the sight of it last.
    narrowed: Position,
}

#[derive(Debug, Default)]
struct Person {
    slots: Vec<u32>,
    tables: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Room {
    pub workspace: WorkspaceId,
    pub epoch: Epoch,
    /// How far this core has taken it, the pass under way with it.
    pub position: Position,
    /// How far it was told.
    pub told: Position,
    channels: HashMap<ChannelId, u32>,
    tables: Vec<Table>,
    people: HashMap<AccountId, Person>,
    everyone: Vec<Seated>,
    /// Who has somebody's face on the screen.
    watching: HashMap<AccountId, Vec<u32>>,
    pub pass: Pass,
    pub late: Late,
    pub compared: Compared,
    /// As long as anybody is here it is followed.
    #[expect(dead_code, reason = "held for what dropping it does")]
    stay: Option<Stay>,
}

/// Somebody who may hear a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listener {
    pub slot: u32,
    /// Since when a seat is held.
    pub seat: Option<Position>,
    pub looking: bool,
}

fn put(list: &mut Vec<Seated>, seated: Seated) {
    match list.binary_search_by_key(&seated.slot, |known| known.slot) {
        Ok(at) => list[at] = seated,
        Err(at) => list.insert(at, seated),
    }
}

fn find(list: &[Seated], slot: u32) -> Option<Position> {
    list.binary_search_by_key(&slot, |known| known.slot).ok().map(|at| list[at].since)
}

fn take(list: &mut Vec<Seated>, slot: u32) {
    if let Ok(at) = list.binary_search_by_key(&slot, |known| known.slot) {
        list.remove(at);
    }
}

impl Room {
    pub fn new(workspace: WorkspaceId, epoch: Epoch, position: Position) -> Self {
        Self {
            workspace,
            epoch,
            position,
            told: position,
            channels: HashMap::new(),
            tables: Vec::new(),
            people: HashMap::new(),
            everyone: Vec::new(),
            watching: HashMap::new(),
            pass: Pass::default(),
            late: Late::default(),
            compared: Compared::default(),
            stay: None,
        }
    }
    pub fn kept_by(self, stay: Option<Stay>) -> Self {
        Self { stay, ..self }
    }
    pub fn is_empty(&self) -> bool {
        self.everyone.is_empty()
    }
    pub fn slots(&self) -> impl Iterator<Item = u32> {
        self.everyone.iter().map(|seated| seated.slot)
    }
    /// Whoever is in it, in one order.
    pub fn accounts(&self) -> Vec<AccountId> {
        let mut accounts: Vec<_> = self.people.keys().copied().collect();
        accounts.sort_unstable();
        accounts
    }
    pub fn slots_of(&self, account: AccountId) -> &[u32] {
        self.people.get(&account).map_or(&[], |person| &person.slots)
    }

    fn table(&mut self, channel: ChannelId) -> u32 {
        let next = self.tables.len() as u32;
        let at = *self.channels.entry(channel).or_insert(next);
        if at == next {
            self.tables.push(Table::default());
        }
        at
    }

    /// A socket comes in with its seats, or is brought level again with those it has now.
    pub fn enter(&mut self, slot: u32, account: AccountId, seats: &[(ChannelId, Position)]) {
        self.leave(slot, account);
        put(&mut self.everyone, Seated { slot, since: Position(0) });
        let tables: Vec<u32> = seats.iter().map(|(channel, _)| self.table(*channel)).collect();
        for (table, (_, since)) in tables.iter().zip(seats) {
            put(&mut self.tables[*table as usize].seats, Seated { slot, since: *since });
        }
        let person = self.people.entry(account).or_default();
        person.slots.push(slot);
        for table in tables {
            if !person.tables.contains(&table) {
                person.tables.push(table);
            }
        }
    }

    /// Its seats go with it; what it looks at is unlooked apart.
    pub fn leave(&mut self, slot: u32, account: AccountId) {
        take(&mut self.everyone, slot);
        let Some(person) = self.people.get_mut(&account) else { return };
        person.slots.retain(|known| *known != slot);
        for table in &person.tables {
            take(&mut self.tables[*table as usize].seats, slot);
        }
        if person.slots.is_empty() {
            self.people.remove(&account);
        }
    }

    /// Somebody of this room sits down.
    pub fn seat(&mut self, account: AccountId, channel: ChannelId, since: Position) {
        if !self.people.contains_key(&account) {
            return;
        }
        let table = self.table(channel);
        let Some(person) = self.people.get_mut(&account) else { return };
        for slot in &person.slots {
            let seats = &mut self.tables[table as usize].seats;
            // Whoever came in later knows better.
            if find(seats, *slot).is_none_or(|known| known < since) {
                put(seats, Seated { slot: *slot, since });
            }
        }
        if !person.tables.contains(&table) {
            person.tables.push(table);
        }
    }

    /// Somebody's seat ended at a position; one taken since stays. Where the channel is not open to them without one,
    /// they stop looking, too.
    pub fn unseat(&mut self, account: AccountId, channel: ChannelId, at: Position, open: bool) {
        let (Some(table), Some(person)) = (self.channels.get(&channel), self.people.get(&account)) else {
            return;
        };
        let gone = |seated: &Seated| person.slots.contains(&seated.slot) && seated.since <= at;
        let Table { seats, looking, narrowed } = &mut self.tables[*table as usize];
        seats.retain(|seated| !gone(seated));
        if !open {
            *narrowed = at;
            looking
                .retain(|looker| !person.slots.contains(&looker.slot) || find(seats, looker.slot).is_some());
        }
    }

    /// A public channel became private: who has no seat stops looking.
    pub fn hide(&mut self, channel: ChannelId, at: Position) {
        if let Some(table) = self.channels.get(&channel) {
            let Table { seats, looking, narrowed } = &mut self.tables[*table as usize];
            *narrowed = at;
            looking.retain(|looker| find(seats, looker.slot).is_some());
        }
    }

    /// Whether somebody lost the sight of one of these since: what was judged then is no word any more.
    pub fn is_narrowed(&self, channels: &[ChannelId], since: Position) -> bool {
        let tables = channels.iter().filter_map(|channel| self.channels.get(channel));
        tables.map(|table| &self.tables[*table as usize]).any(|table| table.narrowed > since)
    }

    /// What a socket has on its screen from now on.
    pub fn look(&mut self, slot: u32, look: &Look) {
        let since = self.position.next();
        for channel in &look.channels {
            let table = self.table(*channel);
            put(&mut self.tables[table as usize].looking, Seated { slot, since });
        }
        for account in &look.people {
            self.watching.entry(*account).or_default().push(slot);
        }
    }
    /// What it had there is gone.
    pub fn unlook(&mut self, slot: u32, look: &Look) {
        for channel in &look.channels {
            if let Some(table) = self.channels.get(channel) {
                take(&mut self.tables[*table as usize].looking, slot);
            }
        }
        for account in &look.people {
            if let Some(slots) = self.watching.get_mut(account) {
                slots.retain(|known| *known != slot);
                if slots.is_empty() {
                    self.watching.remove(account);
                }
            }
        }
    }
    pub fn watchers(&self, account: AccountId) -> &[u32] {
        self.watching.get(&account).map_or(&[], Vec::as_slice)
    }
    pub fn lookers(&self, channel: ChannelId) -> impl Iterator<Item = u32> {
        let table = self.channels.get(&channel).map(|table| &self.tables[*table as usize]);
        table.into_iter().flat_map(|table| &table.looking).map(|seated| seated.slot)
    }
    pub fn has_seat(&self, slot: u32, channel: ChannelId) -> bool {
        let table = self.channels.get(&channel).map(|table| &self.tables[*table as usize]);
        table.is_some_and(|table| find(&table.seats, slot).is_some())
    }

    /// Where an event goes: to an audience as a whole, or to single sockets.
    pub fn aim(&mut self, event: &Event, line: u32) {
        match (event.audience, event.channel) {
            (Audience::Everyone, _) => self.pass.for_all(To::Everyone, line),
            (Audience::Members, _) => self.pass.for_all(To::Members, line),
            (Audience::Seats, Some(channel)) => {
                let table = self.table(channel);
                self.pass.for_all(To::Seats(table), line);
            }
            (Audience::SeatsAndLookers, Some(channel)) => {
                let table = self.table(channel);
                self.pass.for_all(To::Open(table), line);
            }
            // Few, and rare: each is asked about.
            (Audience::Inviters | Audience::Admins, _) => {
                self.everyone.iter().for_each(|seated| self.pass.for_one(seated.slot, line));
            }
            _ => {}
        }
        let Some(account) = event.account else { return };
        let is_theirs =
            matches!(event.kind, EventKind::SeatLeft | EventKind::MemberLeft | EventKind::MemberChanged);
        if is_theirs || event.audience == Audience::One {
            let slots = self.people.get(&account).map_or(&[][..], |person| &person.slots);
            slots.iter().for_each(|slot| self.pass.for_one(*slot, line));
        }
    }

    /// Who may hear a run, in the order of their slots.
    pub fn listeners(&self, to: To, hear: &mut dyn FnMut(Listener)) {
        match to {
            To::Everyone | To::Members => {
                let all = self.everyone.iter();
                all.for_each(|seated| hear(Listener { slot: seated.slot, seat: None, looking: false }));
            }
            To::Seats(table) => {
                let seats = self.tables[table as usize].seats.iter();
                seats.for_each(|seated| {
                    hear(Listener { slot: seated.slot, seat: Some(seated.since), looking: false });
                });
            }
            To::Open(table) => {
                let Table { seats, looking, .. } = &self.tables[table as usize];
                seats.iter().for_each(|seated| {
                    hear(Listener { slot: seated.slot, seat: Some(seated.since), looking: false });
                });
                let only = looking.iter().filter(|looker| find(seats, looker.slot).is_none());
                only.for_each(|looker| hear(Listener { slot: looker.slot, seat: None, looking: true }));
            }
        }
    }

    /// How many may hear an event of a channel.
    pub fn hearers(&self, event: &Event) -> usize {
        let table = event.channel.and_then(|channel| self.channels.get(&channel));
        let Some(Table { seats, looking, .. }) = table.map(|table| &self.tables[*table as usize]) else {
            return 0;
        };
        let only = looking.iter().filter(|looker| find(seats, looker.slot).is_none());
        seats.len() + if event.audience == Audience::SeatsAndLookers { only.count() } else { 0 }
    }

    /// How one socket stands to an event, for a judgement of it alone.
    pub fn stands(&self, slot: u32, event: &Event) -> Listener {
        let table = event.channel.and_then(|channel| self.channels.get(&channel));
        let table = table.map(|table| &self.tables[*table as usize]);
        Listener {
            slot,
            seat: table.and_then(|table| find(&table.seats, slot)),
            looking: match event.channel {
                Some(_) => table
                    .and_then(|table| find(&table.looking, slot))
                    .is_some_and(|since| event.position >= since),
                None => event.account.is_some_and(|account| self.watchers(account).contains(&slot)),
            },
        }
    }
}

#[cfg(test)]
mod tests;
