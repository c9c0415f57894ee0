//! A socket comes in, or is brought level again: with what it missed, and everything after.

use std::sync::Arc;

use protocol::frame::{Again, Faces, GoodbyeCode};
use protocol::{AccountId, Position, Role, Stamp};
use service::live::{EventKind, Mark, Piece, may_see};

use super::Core;
use super::faces;
use super::room::Room;
use super::sockets::NO_ROOM;
use super::tell::{hold, is_open, sits, viewer};
use crate::codec;
use crate::desk::{Answer, Errand, Opening, What};
use crate::door::Refusal;
use crate::frames::Frames;
use crate::session::{Ask, Me, Turn, Unseated};
use crate::wire::cut;

impl Core {
    pub(super) fn answered(&mut self, answer: Answer) {
        let Answer { slot, generation, what } = answer;
        if let What::Versions(workspace, versions) = what {
            return self.compared(workspace, &versions);
        }
        let Some(socket) = self.sockets.addressed(slot, generation) else { return };
        match what {
            What::Opened(opening) => self.opened(slot, *opening),
            What::Done { frames, count, position } => self.done(slot, &frames, count, position),
            What::Say(frames) => self.say(slot, &frames),
            What::Private { frames, version } => self.repaired(slot, &frames, version),
            What::Looking { look, people, narrow, since } => {
                self.looking(slot, look, &people, (narrow, since));
            }
            What::Still { role, may_invite, doubt, is_settled } => {
                if socket.doubt.hears(doubt, is_settled) {
                    self.stays(slot, role, may_invite);
                }
            }
            What::Goodbye(code, again) => self.goodbye(slot, code, again),
            What::Judged(judged) => self.judged(slot, *judged),
            // Of no socket: taken above.
            What::Versions(..) => {}
        }
    }

    /// Still here, perhaps as somebody else: a guest looks at nothing until they ask again, and are judged as a guest. Who is
    /// one no longer was not told what members were, and is told by the state.
    pub(super) fn stays(&mut self, slot: u32, role: Role, may_invite: bool) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        let Some(me) = socket.me.as_mut() else { return };
        let became_guest = role == Role::Guest && me.role != Role::Guest;
        let was_guest = me.role == Role::Guest && role != Role::Guest;
        (me.role, me.may_invite) = (role, may_invite);
        if was_guest {
            return self.fall_and_rise(slot);
        }
        let at = socket.room;
        let looked = if became_guest { socket.look.take() } else { None };
        if let (Some(look), Some(room)) = (looked, self.room_mut(at)) {
            room.unlook(slot, &look);
        }
    }

    pub(super) fn goodbye(&mut self, slot: u32, code: GoodbyeCode, again: Again) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        if socket.greeting.is_some() {
            let slow = code == GoodbyeCode::NoHello;
            return self.refuse(slot, if slow { Refusal::Slow } else { Refusal::Busy });
        }
        let put = socket.goodbye(code, again, now, &limits);
        self.was_put(slot, put);
    }

    /// Answers first, then the events that waited for them.
    fn done(&mut self, slot: u32, frames: &[u8], count: u16, position: Position) {
        self.say(slot, frames);
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        socket.session.answered(count);
        if !socket.session.is_level() {
            return socket.drop_held();
        }
        let before = socket.private();
        let Some(held) = &mut socket.held else { return };
        let freed = held.release(position, socket.session.unanswered() == 0);
        if held.is_empty() {
            socket.held = None;
        }
        self.say_events(slot, &freed);
        if let Some(socket) = self.sockets.get_mut(slot).filter(|socket| !socket.session.is_level()) {
            // It fell behind over them, and perhaps over what was its own among them.
            socket.session.private = before;
        }
    }

    /// Events that were already judged; the socket may fall behind over them.
    pub(super) fn say_events(&mut self, slot: u32, frames: &[u8]) {
        if frames.is_empty() {
            return;
        }
        let (now, limits) = (self.now, self.given.limits);
        if let Some(socket) = self.sockets.get_mut(slot) {
            let put = socket.put(frames, &[(0, frames.len() as u32)], now, &limits);
            self.was_put(slot, put);
        }
    }

    fn opened(&mut self, slot: u32, mut opening: Opening) {
        let stay = opening.stay.take();
        let Opening {
            by,
            who,
            as_of,
            device,
            role,
            may_invite,
            epoch,
            position,
            level,
            private,
            seats,
            frames,
            ..
        } = opening;
        // Its seats are of one moment, what it was told goes to another: from the earlier on everything is looked at.
        let begin = position.min(level);
        let known = self.by_workspace.get(&by.workspace).copied();
        if let Some(at) = known {
            // What is gathered goes to those who were here.
            self.run_pass(at);
        }
        let at = known.unwrap_or_else(|| self.make_room(Room::new(by.workspace, epoch, begin).kept_by(stay)));
        let Some(room) = self.rooms[at as usize].as_mut() else { return };
        if room.epoch != epoch {
            return self.goodbye(slot, GoodbyeCode::Epoch, Again::Now);
        }
        room.enter(slot, by.account, &seats);
        let came_to = room.position;
        if let Some(socket) = self.sockets.get_mut(slot) {
            let is_first = socket.room == NO_ROOM;
            socket.room = at;
            socket.pass.who = Some(who);
            drop(socket.pass.stranger.take());
            // Brought level again, it holds its own already.
            socket.pass.device = device.or(socket.pass.device.take());
            socket.me = Some(Me { account: by.account, role, may_invite });
            socket.drop_held();
            socket.session.enter(epoch, level, private);
            if is_first {
                self.errands.push(Errand::Here(faces::here(by.workspace, by.account, socket)));
            }
        }
        self.say_opening(slot, &frames);
        self.ask_what_waited(slot, by.account, as_of);
        // The room may be further than the feed, by somebody's state: what lies between is told to nobody who comes now.
        let lacks = known.is_some()
            && begin < came_to
            && !self.is_told_to(Mark { epoch, position: came_to }, by.workspace);
        let missed = self.missed(Mark { epoch, position: begin }, by.workspace);
        match (known, missed) {
            (_, None) => self.fall_and_rise(slot),
            _ if lacks => self.fall_and_rise(slot),
            // Nobody else is here: what came since is told as if it came now.
            (None, Some(pieces)) => pieces.iter().for_each(|piece| self.tell(piece)),
            (Some(_), Some(pieces)) => self.catch_up(slot, by.account, &pieces, came_to),
        }
    }

    fn ask_what_waited(&mut self, slot: u32, account: AccountId, as_of: Option<Stamp>) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        // What it lost the sight of meanwhile was told to nobody; what it looked at before it was in was not judged.
        let look = socket.look.clone().or_else(|| socket.later.take());
        let look = look.map(|look| Ask::Look(look, Unseated::default()));
        let ahead = std::mem::take(&mut socket.ahead);
        look.into_iter().chain(ahead).for_each(|ask| self.ask(slot, ask));
        // An end that was heard while it was on its way found it in no room.
        if as_of.is_some_and(|as_of| self.given.tickets.may_have_ended(account, as_of)) {
            self.recheck(slot);
        }
    }

    fn make_room(&mut self, room: Room) -> u32 {
        let workspace = room.workspace;
        let free = self.rooms.iter().position(Option::is_none);
        let at = free.unwrap_or_else(|| {
            self.rooms.push(None);
            self.rooms.len() - 1
        });
        self.rooms[at] = Some(room);
        self.by_workspace.insert(workspace, at as u32);
        at as u32
    }

    /// What was told since; none where the tail no longer reaches back.
    fn missed(&self, since: Mark, workspace: protocol::WorkspaceId) -> Option<Vec<Arc<Piece>>> {
        let feed = &self.given.feed;
        match feed.at(workspace) {
            Some(at) if at.epoch == since.epoch && at.position <= since.position => Some(Vec::new()),
            _ => feed.since(workspace, since.epoch, since.position),
        }
    }

    /// Whether the feed has told everything up to there.
    fn is_told_to(&self, mark: Mark, workspace: protocol::WorkspaceId) -> bool {
        let at = self.given.feed.at(workspace);
        at.is_some_and(|at| at.epoch == mark.epoch && at.position >= mark.position)
    }

    fn fall_and_rise(&mut self, slot: u32) {
        let Some(socket) = self.sockets.get_mut(slot) else { return };
        socket.fall_behind();
        if let Some(ask) = socket.rise() {
            self.ask(slot, ask);
        }
    }

    /// What others here heard already between the socket's own moment and now, to it alone.
    fn catch_up(&mut self, slot: u32, account: AccountId, pieces: &[Arc<Piece>], came_to: Position) {
        let at = self.sockets.get(slot).map_or(NO_ROOM, |socket| socket.room);
        let mut frames = Vec::new();
        for piece in pieces {
            let encoded = piece.form(Frames::of);
            for (line, (event, image)) in piece.commit().events.iter().enumerate() {
                if event.position > came_to {
                    break;
                }
                let own = event.account == Some(account);
                if let Some((sitting, channel, since)) = sits(event, image)
                    && sitting == account
                    && let Some(room) = self.room_mut(at)
                {
                    room.seat(account, channel, since);
                }
                self.judge_for_one(slot, at, event, cut(&encoded.bytes, encoded.lines[line]), &mut frames);
                match (own, event.kind, event.channel) {
                    (true, EventKind::SeatLeft, Some(channel)) => {
                        if let Some(room) = self.room_mut(at) {
                            room.unseat(account, channel, event.position, is_open(event));
                        }
                    }
                    (true, EventKind::MemberChanged | EventKind::MemberLeft | EventKind::AuditNoted, _) => {
                        self.may_be_another(slot, account, Some(image));
                    }
                    _ => {}
                }
            }
        }
        if let Some(socket) = self.sockets.get_mut(slot) {
            socket.session.from = socket.session.from.max(came_to);
        }
        self.say_events(slot, &frames);
    }

    pub(super) fn judge_for_one(
        &mut self,
        slot: u32,
        at: u32,
        event: &service::live::Event,
        frame: &[u8],
        frames: &mut Vec<u8>,
    ) {
        let (Some(room), Some(socket)) =
            (self.rooms.get(at as usize).and_then(Option::as_ref), self.sockets.get_mut(slot))
        else {
            return;
        };
        let Some(me) = socket.me else { return };
        if !may_see(event, &viewer(&me, &room.stands(slot, event))) {
            return;
        }
        match socket.session.turn(&me, event, socket.held.is_some()) {
            Turn::Skip => {}
            Turn::Now => frames.extend_from_slice(frame),
            Turn::Hold => hold(socket, &me, event, frame),
        }
    }

    /// What somebody has on their screen from now on.
    fn looking(
        &mut self,
        slot: u32,
        look: Box<protocol::frame::Look>,
        people: &[(AccountId, &'static str)],
        (narrow, since): (bool, Position),
    ) {
        let Some(socket) = self.sockets.get(slot) else { return };
        let room = self.rooms.get(socket.room as usize).and_then(Option::as_ref);
        let is_guest_now = !narrow && socket.me.is_some_and(|me| me.role == Role::Guest);
        if is_guest_now || room.is_some_and(|room| room.is_narrowed(&look.channels, since)) {
            // Judged before they were made a guest, or lost the sight of it.
            return self.ask(slot, Ask::Look(look, Unseated::default()));
        }
        let (at, looked) = (socket.room, socket.look.as_ref().is_some_and(|look| !look.channels.is_empty()));
        self.run_pass(at);
        if looked {
            self.tell_owed(at, slot);
        }
        let Some(room) = self.rooms.get_mut(at as usize).and_then(Option::as_mut) else { return };
        let position = room.position;
        if let Some(socket) = self.sockets.get_mut(slot) {
            if let Some(before) = &socket.look {
                room.unlook(slot, before);
            }
            room.look(slot, &look);
            if let Some(me) = socket.me {
                let here = faces::seen(room.workspace, me.account, socket, look.idle);
                self.errands.push(Errand::Here(here));
            }
            socket.look = Some(look);
        }
        let mut frame = Vec::new();
        let faces = Faces { position: Some(position.0), people, typing: &[] };
        codec::text(&protocol::frame::Down::Faces(faces).text(), &mut frame);
        self.say(slot, &frame);
    }

    /// Sessions of an account ended somewhere: is each of its sockets here still good?
    pub(super) fn ended(&mut self, account: Option<AccountId>) {
        let rooms: Vec<u32> = self.by_workspace.values().copied().collect();
        for at in rooms {
            let slots: Vec<u32> = match (self.room_mut(at), account) {
                (None, _) => Vec::new(),
                (Some(room), Some(account)) => room.slots_of(account).to_vec(),
                (Some(room), None) => room.slots().collect(),
            };
            slots.into_iter().for_each(|slot| self.recheck(slot));
        }
    }
}
