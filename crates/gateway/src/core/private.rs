//! What is one member's own: whispers in the order of their versions, and what tells that one was lost.

use protocol::{AccountId, WorkspaceId};
use service::NotDone;

use super::Core;
use super::sockets::Socket;
use crate::desk::Errand;
use crate::frames::Whisper;
use crate::session::{Ask, Held};

/// Where whispers may have been lost versions are compared no sooner than so many seconds after the last time.
const DOUBTED_EVERY_S: u64 = 2;

/// When a room's versions were compared, by the core's own seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Compared {
    at_s: u64,
    doubted: bool,
    /// They are being compared, or wait for that.
    asked: bool,
}

impl Compared {
    /// Whether they are compared now: once a heartbeat, and soon where they are in doubt. However long that waits for its
    /// turn, a room asks for it once.
    fn begins(&mut self, second: u64, is_turn: bool) -> bool {
        let is_due = is_turn || (self.doubted && second >= self.at_s + DOUBTED_EVERY_S);
        if self.asked || !is_due {
            return false;
        }
        *self = Self { at_s: second, doubted: false, asked: true };
        true
    }

    /// What could not be found out is as much in doubt as it was.
    fn ends(&mut self, is_known: bool) {
        self.asked = false;
        self.doubted |= !is_known;
    }
}

impl Core {
    pub(super) fn whisper(&mut self, at: u32, whisper: &Whisper) {
        let Some(room) = self.rooms[at as usize].as_ref() else { return };
        for slot in room.slots_of(whisper.account).to_vec() {
            let Some(socket) = self.sockets.get(slot).filter(|socket| socket.session.is_level()) else {
                continue;
            };
            let private = socket.session.private;
            if whisper.first > private + 1 {
                self.ask(slot, Ask::Private(private));
            } else if whisper.version > private {
                self.say_own(slot, &whisper.frame, whisper.version);
            }
        }
    }

    fn say_own(&mut self, slot: u32, frames: &[u8], version: u64) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let before = std::mem::replace(&mut socket.session.private, version);
        if socket.session.unanswered() == 0 {
            return self.say(slot, frames);
        }
        // It may be what an open command did, and that is answered first. What is gathered and not told yet stands behind it.
        let room = self.rooms.get(socket.room as usize).and_then(Option::as_ref);
        let next = room.map_or(socket.session.from, |room| room.told).next();
        let held = socket.held.get_or_insert_with(|| Box::new(Held::default()));
        held.whisper(frames, next, before);
    }

    pub(super) fn doubted(&mut self, workspace: Option<WorkspaceId>) {
        for room in self.rooms.iter_mut().flatten() {
            room.compared.doubted |= workspace.is_none_or(|doubted| doubted == room.workspace);
        }
    }

    /// Once a heartbeat, and soon where one is in doubt: a whisper that was lost is shown by nothing else.
    pub(super) fn compare_versions(&mut self, second: u64, wheel: u64) {
        for (at, room) in self.rooms.iter_mut().enumerate() {
            let Some(room) = room else { continue };
            let is_turn = at as u64 % wheel == second % wheel;
            if room.compared.begins(second, is_turn) {
                self.errands.push(Errand::Compare(room.workspace, room.accounts()));
            }
        }
    }

    pub(super) fn compared(
        &mut self,
        workspace: WorkspaceId,
        versions: &Result<Vec<(AccountId, u64)>, NotDone>,
    ) {
        let Some(at) = self.by_workspace.get(&workspace).copied() else { return };
        let Some(room) = self.room_mut(at) else { return };
        room.compared.ends(versions.is_ok());
        for (account, version) in versions.iter().flatten() {
            let slots = self.room_mut(at).map(|room| room.slots_of(*account).to_vec()).unwrap_or_default();
            for slot in slots {
                let Some(socket) = self.sockets.get(slot) else { continue };
                let private = socket.session.private;
                if socket.session.is_level() && private < *version {
                    self.ask(slot, Ask::Private(private));
                }
            }
        }
    }

    /// Rows newer than what was told, unless they were whispered meanwhile: then newer ones may have been, too. Who is not
    /// level is told them with all else.
    pub(super) fn repaired(&mut self, slot: u32, frames: &[u8], version: u64) {
        let lacks = |socket: &Socket| socket.session.is_level() && version > socket.session.private;
        if self.sockets.get(slot).is_some_and(lacks) {
            self.say_own(slot, frames, version);
        }
    }
}

impl Socket {
    /// The version of its private rows that was told to it; what is held may yet be dropped.
    pub(super) fn private(&self) -> u64 {
        let held = self.held.as_ref().and_then(|held| held.before_whispers());
        held.unwrap_or(self.session.private)
    }

    /// What waits for it is dropped; brought level, it is told that, too.
    pub(super) fn fall_behind(&mut self) {
        self.drop_held();
        self.session.fall_behind();
    }

    /// Asks to be brought level, unless something it was sent before still waits: then it is asked for once that was taken,
    /// so that there is never more for one socket than one opening and one queue.
    pub(super) fn rise(&mut self) -> Option<Ask> {
        if self.outbox.is_some() { None } else { self.session.rise() }
    }

    pub(super) fn drop_held(&mut self) {
        self.session.private = self.private();
        self.held = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_compared_with_each_heartbeat_and_soon_where_it_is_in_doubt() {
        let mut compared = Compared::default();
        assert!(!compared.begins(1, false));
        assert!(compared.begins(7, true));
        compared.ends(true);
        compared.doubted = true;
        assert_eq!([8, 9].map(|second| compared.begins(second, false)), [false, true]);
        compared.ends(true);
        assert!(!compared.begins(20, false), "in doubt no longer");
        assert!(compared.begins(37, true));
    }

    #[test]
    fn a_room_whose_turn_has_not_come_asks_no_second_time_and_what_is_not_known_is_asked_again() {
        let mut compared = Compared::default();
        assert!(compared.begins(7, true));
        compared.doubted = true;
        assert_eq!([9, 37, 67].map(|second| compared.begins(second, true)), [false; 3]);
        compared.ends(true);
        assert!(compared.begins(68, false), "what was missed meanwhile may not have been seen");
        compared.ends(false);
        assert_eq!([69, 70].map(|second| compared.begins(second, false)), [false, true]);
    }
}
