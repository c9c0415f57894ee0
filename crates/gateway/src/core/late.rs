//! Reactions of a crowd: an image of a message is told, and of those that come within a second only the last.
//!
//! Whoever is told anything newer is told before it what waits, so a position never claims an image that was not told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use protocol::{ChannelId, Position};
use service::live::{Commit, Event, EventKind, Image, Piece};
use tokio::time::Instant;

use super::Core;
use super::room::Room;
use crate::frames::Frames;
use crate::wire::cut;

/// Channel, thread and number of a message.
type Address = (ChannelId, u64, u64);

#[derive(Debug, Default)]
pub(super) struct Late {
    messages: BTreeMap<Address, Message>,
}

#[derive(Debug)]
struct Message {
    /// When an image of it was told.
    told: Instant,
    waits: Option<Waits>,
}

/// An event and, in it, all of the same message since the last one that was told.
#[derive(Debug)]
struct Waits {
    piece: Arc<Piece>,
    line: usize,
    /// The first of them.
    first: Position,
    last: Position,
    /// In the pass under way, for whoever is told anything by it.
    placed: bool,
}

fn address(event: &Event) -> Option<Address> {
    Some((event.channel?, event.thread?, event.number?))
}

impl Late {
    /// Whether an image of the message was told so lately that this event waits; it counts as told where not.
    fn is_soon(&mut self, event: &Event, now: Instant, every: Duration) -> bool {
        let Some(address) = address(event) else { return false };
        let before = self.messages.get(&address);
        let soon = before.is_some_and(|known| known.waits.is_some() || now < known.told + every);
        if !soon {
            self.messages.insert(address, Message { told: now, waits: None });
        }
        soon
    }

    /// It tells what the one before it would have told.
    fn put(&mut self, piece: &Arc<Piece>, line: usize, event: &Event) {
        let Some(message) = address(event).and_then(|address| self.messages.get_mut(&address)) else {
            return;
        };
        let last = event.position;
        let first = message.waits.as_ref().map_or(last, |before| before.first);
        if first < last {
            metrics::counter!("rookery_gateway_coalesced_total").increment(1);
        }
        let piece = Arc::clone(piece);
        message.waits = Some(Waits { piece, line, first, last, placed: false });
    }

    /// Its text changed or is gone: what waits says no more than what comes back from the tail.
    pub fn take_back(&mut self, event: &Event) {
        let message = address(event).and_then(|address| self.messages.get_mut(&address));
        let Some(waits) = message.and_then(|message| message.waits.as_mut()) else { return };
        let commit = waits.piece.commit();
        let events = vec![(commit.events[waits.line].0.clone(), Image::default())];
        let bare = Commit { first: waits.last, events, private: Vec::new(), ..*commit };
        (waits.piece, waits.line) = (Arc::new(Piece::new(bare)), 0);
    }

    /// In the order of their positions.
    fn sorted<'a>(waiting: impl Iterator<Item = &'a mut Waits>) -> Vec<&'a mut Waits> {
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable_by_key(|waits| waits.last);
        waiting
    }

    /// What waits and is not in the pass yet; it is from now on.
    fn unplaced(&mut self) -> Vec<(Arc<Piece>, usize)> {
        let waiting = self.messages.values_mut().filter_map(|message| message.waits.as_mut());
        let place = |waits: &mut Waits| {
            waits.placed = true;
            (Arc::clone(&waits.piece), waits.line)
        };
        Self::sorted(waiting.filter(|waits| !waits.placed)).into_iter().map(place).collect()
    }

    /// All that waits, to be told now.
    fn take(&mut self, now: Instant) -> Vec<(Arc<Piece>, usize)> {
        let mut waiting: Vec<Waits> = Vec::new();
        for message in self.messages.values_mut() {
            if let Some(waits) = message.waits.take() {
                message.told = now;
                waiting.push(waits);
            }
        }
        waiting.sort_unstable_by_key(|waits| waits.last);
        waiting.into_iter().map(|waits| (waits.piece, waits.line)).collect()
    }

    /// All that waits, and goes on waiting.
    fn all(&mut self) -> Vec<(Arc<Piece>, usize)> {
        let waiting = self.messages.values_mut().filter_map(|message| message.waits.as_mut());
        Self::sorted(waiting).into_iter().map(|waits| (Arc::clone(&waits.piece), waits.line)).collect()
    }

    fn waiting(&self) -> impl Iterator<Item = (&Message, &Waits)> {
        self.messages.values().filter_map(|message| Some((message, message.waits.as_ref()?)))
    }

    /// The pass is over: it went to who is told something by it, to nobody else.
    pub fn passed(&mut self) {
        let waiting = self.messages.values_mut().filter_map(|message| message.waits.as_mut());
        waiting.for_each(|waits| waits.placed = false);
    }

    /// Everybody was told everything up to there.
    pub fn before(&self) -> Option<Position> {
        let first = self.waiting().map(|(_, waits)| waits.first).min()?;
        Some(Position(first.0.saturating_sub(1)))
    }

    fn due(&self, every: Duration) -> Option<Instant> {
        self.waiting().map(|(message, _)| message.told + every).min()
    }

    /// Those that were told long ago are as any others.
    pub fn forget(&mut self, now: Instant, every: Duration) {
        self.messages.retain(|_, message| message.waits.is_some() || now < message.told + every);
    }
}

impl Room {
    /// What waits goes before what is told next, to whoever is told of that.
    pub(super) fn place_late(&mut self) {
        for (piece, line) in self.late.unplaced() {
            let frames = piece.form(Frames::of);
            let place = self.pass.line(&piece, line, cut(&frames.bytes, frames.lines[line]));
            self.pass.owed.push(place);
        }
    }
}

impl Core {
    /// Whether a reaction waits for others to the same message: where more than so many hear it, an image was told just
    /// now, and it is told at once only to who reacted.
    pub(super) fn waits(&mut self, at: u32, piece: &Arc<Piece>, line: usize, event: &Event) -> bool {
        if !matches!(event.kind, EventKind::ReactionAdded | EventKind::ReactionRemoved) {
            return false;
        }
        let (now, limits) = (self.now, self.given.limits);
        let Some(room) = self.rooms.get_mut(at as usize).and_then(Option::as_mut) else { return false };
        let (here, Some(channel)) = (room.hearers(event), event.channel) else { return false };
        let heard = self.given.crowds.count(self.given.core, (room.workspace, channel), here);
        if heard <= limits.crowd || !room.late.is_soon(event, now, limits.crowd_every) {
            return false;
        }
        let own = event.actor.map_or(Vec::new(), |actor| room.slots_of(actor).to_vec());
        if !own.is_empty() {
            room.place_late();
        }
        room.late.put(piece, line, event);
        if !own.is_empty() {
            room.place_late();
            let last = room.pass.lines.len() as u32 - 1;
            own.into_iter().for_each(|slot| room.pass.for_one(slot, last));
        }
        room.position = event.position;
        let due = room.late.due(limits.crowd_every);
        self.late_at = [self.late_at, due].into_iter().flatten().min();
        true
    }

    /// What waited long enough, to everyone it is for and who was not told it yet.
    pub(super) fn tell_late(&mut self) {
        if self.late_at.is_none_or(|at| at > self.now) {
            return;
        }
        let (now, every) = (self.now, self.given.limits.crowd_every);
        for at in 0..self.rooms.len() as u32 {
            let due = self.room_mut(at).and_then(|room| room.late.due(every));
            if due.is_none_or(|due| due > now) {
                continue;
            }
            self.run_pass(at);
            if let Some(room) = self.room_mut(at) {
                // All of them: one that is due may stand behind one that is not.
                for (piece, line) in room.late.take(now) {
                    let frames = piece.form(Frames::of);
                    let place = room.pass.line(&piece, line, cut(&frames.bytes, frames.lines[line]));
                    room.aim(&piece.commit().events[line].0, place);
                }
            }
            self.run_pass(at);
        }
        self.late_at = self.rooms.iter().flatten().filter_map(|room| room.late.due(every)).min();
    }

    /// What a socket may yet hear of what waits, before it looks elsewhere.
    pub(super) fn tell_owed(&mut self, at: u32, slot: u32) {
        let waiting = self.room_mut(at).map(|room| room.late.all()).unwrap_or_default();
        let Some((last, line)) = waiting.last() else { return };
        let heard = last.commit().events[*line].0.position;
        let mut told = Vec::new();
        for (piece, line) in &waiting {
            let frames = piece.form(Frames::of);
            let event = &piece.commit().events[*line].0;
            self.judge_for_one(slot, at, event, cut(&frames.bytes, frames.lines[*line]), &mut told);
        }
        if let Some(socket) = self.sockets.get_mut(slot) {
            socket.session.heard = socket.session.heard.max(heard);
        }
        self.say_events(slot, &told);
    }
}

#[cfg(test)]
mod tests {
    use protocol::{AccountId, Epoch, Key, Stamp, WorkspaceId};
    use service::live::Audience;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn reaction(position: u64, number: u64) -> (Arc<Piece>, Event) {
        let key = Key::new(Stamp(0), [7; 10]);
        let event = Event {
            workspace: WorkspaceId::new(key),
            position: Position(position),
            kind: EventKind::ReactionAdded,
            audience: Audience::Seats,
            at_us: Stamp(0),
            actor: Some(AccountId::new(key)),
            channel: Some(ChannelId::new(key)),
            thread: Some(0),
            number: Some(number),
            account: None,
            body: Some("👍".into()),
        };
        let events = vec![(event.clone(), Image::default())];
        let (workspace, first) = (event.workspace, event.position);
        (Arc::new(Piece::new(Commit { workspace, epoch: Epoch(7), first, events, private: vec![] })), event)
    }

    /// Whether it waits.
    fn comes(late: &mut Late, position: u64, number: u64, now: Instant) -> bool {
        let (piece, event) = reaction(position, number);
        let soon = late.is_soon(&event, now, SECOND);
        if soon {
            late.put(&piece, 0, &event);
        }
        soon
    }

    fn positions(told: &[(Arc<Piece>, usize)]) -> Vec<u64> {
        told.iter().map(|(piece, line)| piece.commit().events[*line].0.position.0).collect()
    }

    #[test]
    fn the_first_of_a_second_is_told_and_the_last_waits_for_its_end() {
        let (mut late, now) = (Late::default(), Instant::now());
        let came = [(5, 1), (6, 1), (7, 2), (8, 1), (9, 2)];
        let waits = came.map(|(position, number)| comes(&mut late, position, number, now));
        assert_eq!(waits, [false, true, false, true, true]);
        assert_eq!((late.before(), late.due(SECOND)), (Some(Position(5)), Some(now + SECOND)));
        let then = now + SECOND;
        assert!(comes(&mut late, 10, 1, then), "behind the one that waits");
        assert_eq!(positions(&late.take(then)), [9, 10], "in order");
        assert_eq!((late.before(), late.due(SECOND)), (None, None));
        assert!(comes(&mut late, 11, 1, then), "its second begins anew");
        late.take(then);
        assert!(!comes(&mut late, 12, 1, then + SECOND));
    }

    #[test]
    fn what_waits_is_in_a_pass_once_and_in_the_next_again() {
        let (mut late, now) = (Late::default(), Instant::now());
        for (position, number) in [(5, 1), (6, 2), (7, 1), (8, 2)] {
            comes(&mut late, position, number, now);
        }
        assert_eq!(positions(&late.unplaced()), [7, 8]);
        assert!(late.unplaced().is_empty());
        comes(&mut late, 9, 1, now);
        assert_eq!(positions(&late.unplaced()), [9], "what took its place");
        late.passed();
        assert_eq!(positions(&late.unplaced()), [8, 9]);
    }

    #[test]
    fn what_was_told_long_ago_is_forgotten_unless_something_waits() {
        let (mut late, now) = (Late::default(), Instant::now());
        for (position, number) in [(5, 1), (6, 2), (7, 2)] {
            comes(&mut late, position, number, now);
        }
        late.forget(now, SECOND);
        assert_eq!(late.messages.len(), 2);
        late.forget(now + SECOND, SECOND);
        assert_eq!(late.messages.len(), 1);
        late.take(now);
        late.forget(now + SECOND, SECOND);
        assert!(late.messages.is_empty());
    }
}
