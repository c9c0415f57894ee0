//! Whatever happened before, an event reaches exactly those who may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use protocol::{Key, Role, Stamp};
use service::live::{Commit, Image, Piece, Viewer, may_see};

use super::*;

fn key(number: u8) -> Key {
    Key::new(Stamp(0), [number; 10])
}
fn account(number: u8) -> AccountId {
    AccountId::new(key(number))
}
fn channel(number: u8) -> ChannelId {
    ChannelId::new(key(number))
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Enter(u32, u8, u8),
    Leave(u32),
    Seat(u8, u8),
    Unseat(u8, u8),
    Look(u32, u8),
    Unlook(u32),
    Tell(Audience, u8, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let (slot, who, place) = (0..6u32, 0..4u8, 0..3u8);
    let audience = proptest::sample::select(Audience::ALL);
    prop_oneof![
        (slot.clone(), who.clone(), place.clone())
            .prop_map(|(slot, who, place)| Step::Enter(slot, who, place)),
        slot.clone().prop_map(Step::Leave),
        (who.clone(), place.clone()).prop_map(|(who, place)| Step::Seat(who, place)),
        (who.clone(), place.clone()).prop_map(|(who, place)| Step::Unseat(who, place)),
        (slot.clone(), place.clone()).prop_map(|(slot, place)| Step::Look(slot, place)),
        slot.prop_map(Step::Unlook),
        (audience, place, who).prop_map(|(audience, place, who)| Step::Tell(audience, place, who)),
    ]
}

fn role(who: u8) -> Role {
    [Role::Owner, Role::Member, Role::Guest, Role::Admin][usize::from(who)]
}

/// Who is where, written down the plain way.
#[derive(Default)]
struct Book {
    sockets: BTreeMap<u32, u8>,
    seats: BTreeMap<(u32, u8), Position>,
    looks: BTreeMap<u32, (u8, Position)>,
}

struct Stage {
    room: Room,
    book: Book,
}

impl Stage {
    fn new() -> Self {
        let room = Room::new(WorkspaceId::new(key(1)), Epoch(7), Position(0));
        Self { room, book: Book::default() }
    }

    fn take(&mut self, step: Step) {
        let next = self.room.position.next();
        match step {
            Step::Enter(slot, who, place) => {
                self.go(slot);
                self.room.enter(slot, account(who), &[(channel(place), next)]);
                self.book.sockets.insert(slot, who);
                self.book.seats.insert((slot, place), next);
            }
            Step::Leave(slot) => self.go(slot),
            Step::Seat(who, place) => {
                self.room.seat(account(who), channel(place), next);
                for (slot, _) in self.book.sockets.iter().filter(|(_, known)| **known == who) {
                    self.book.seats.insert((*slot, place), next);
                }
            }
            Step::Unseat(who, place) => {
                self.room.unseat(account(who), channel(place), next, true);
                let book = &mut self.book;
                book.seats.retain(|(slot, at), _| *at != place || book.sockets.get(slot) != Some(&who));
            }
            Step::Look(slot, place) => {
                if self.book.sockets.contains_key(&slot) {
                    self.unlook(slot);
                    self.room.look(slot, &Look { channels: vec![channel(place)], ..Look::default() });
                    self.book.looks.insert(slot, (place, next));
                }
            }
            Step::Unlook(slot) => self.unlook(slot),
            Step::Tell(audience, place, who) => self.tell(audience, place, who),
        }
    }

    fn unlook(&mut self, slot: u32) {
        if let Some((place, _)) = self.book.looks.remove(&slot) {
            self.room.unlook(slot, &Look { channels: vec![channel(place)], ..Look::default() });
        }
    }

    fn go(&mut self, slot: u32) {
        self.unlook(slot);
        if let Some(who) = self.book.sockets.remove(&slot) {
            self.room.leave(slot, account(who));
            self.book.seats.retain(|(known, _), _| *known != slot);
        }
    }

    fn tell(&mut self, audience: Audience, place: u8, who: u8) {
        let position = self.room.position.next();
        let event = Event {
            workspace: self.room.workspace,
            position,
            kind: EventKind::SeatLeft,
            audience,
            at_us: Stamp(0),
            actor: None,
            channel: Some(channel(place)),
            thread: None,
            number: None,
            account: Some(account(who)),
            body: None,
        };
        let events = vec![(event.clone(), Image::default())];
        let commit =
            Commit { workspace: event.workspace, epoch: Epoch(7), first: position, events, private: vec![] };
        let piece = Arc::new(Piece::new(commit));
        let line = self.room.pass.line(&piece, 0, b"frame");
        self.room.aim(&event, line);
        self.room.position = position;
        let viewer = |slot: u32, stands: Listener| {
            let who = self.book.sockets[&slot];
            let Listener { seat, looking, .. } = stands;
            Viewer { account: account(who), role: role(who), may_invite: who == 0, seat, looking }
        };
        let mut heard = BTreeSet::new();
        for run in &self.room.pass.runs {
            self.room.listeners(run.to, &mut |listener| {
                if may_see(&event, &viewer(listener.slot, listener)) {
                    heard.insert(listener.slot);
                }
            });
        }
        for (slot, _) in &self.room.pass.own {
            if may_see(&event, &viewer(*slot, self.room.stands(*slot, &event))) {
                heard.insert(*slot);
            }
        }
        let expected: BTreeSet<u32> = self
            .book
            .sockets
            .keys()
            .copied()
            .filter(|slot| {
                let seat = self.book.seats.get(&(*slot, place)).copied();
                let looking =
                    self.book.looks.get(slot).is_some_and(|(at, since)| *at == place && *since <= position);
                may_see(&event, &viewer(*slot, Listener { slot: *slot, seat, looking }))
            })
            .collect();
        assert_eq!(heard, expected, "{audience:?}");
        self.room.pass.clear();
    }
}

#[test]
fn what_was_judged_of_a_look_holds_until_somebody_loses_the_sight_of_it() {
    let Stage { mut room, .. } = Stage::new();
    let (here, there) = (channel(1), channel(2));
    room.enter(0, account(0), &[(here, Position(1)), (there, Position(1))]);
    let since = room.position;
    let gone = since.next();
    room.unseat(account(0), here, gone, true);
    assert!(!room.is_narrowed(&[here, there], since), "a public one is seen without a seat");
    room.unseat(account(0), here, gone, false);
    assert!(room.is_narrowed(&[there, here], since));
    assert!(!room.is_narrowed(&[there], since));
    assert!(!room.is_narrowed(&[here], gone), "judged after that");
    room.hide(there, gone.next());
    assert!(room.is_narrowed(&[there], gone));
}

proptest! {
    #[test]
    fn an_event_reaches_exactly_those_who_may_see_it(steps in proptest::collection::vec(step(), 0..60)) {
        let mut stage = Stage::new();
        for step in steps {
            stage.take(step);
        }
        for audience in Audience::ALL {
            for place in 0..3 {
                for who in 0..4 {
                    stage.tell(*audience, place, who);
                }
            }
        }
    }
}
