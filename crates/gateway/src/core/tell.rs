//! What happened in a workspace, to everyone here whom it concerns.

use std::sync::Arc;

use protocol::frame::{Again, GoodbyeCode};
use protocol::{AccountId, ChannelId, Position, Role, WorkspaceId};
use service::live::{Audience, Event, EventKind, Image, Mark, Piece, Right, Seat, Viewer, may_see};
use tokio::time::Instant;

use super::Core;
use super::late::Late;
use super::pass::Pass;
use super::room::{Listener, Room};
use super::sockets::{Socket, Sockets};
use super::write::Put;
use crate::frames::Frames;
use crate::limits::Limits;
use crate::session::{Ask, Held, Me, Stage, Turn, Unseated};
use crate::wire::{Span, cut};

/// Bytes of a pass after which it does not wait for more.
const PASS_BYTES_MAX: usize = 512 * 1024;

impl Core {
    pub(super) fn tell(&mut self, piece: &Arc<Piece>) {
        let commit = piece.commit();
        let Some(at) = self.by_workspace.get(&commit.workspace).copied() else { return };
        let frames = piece.form(Frames::of);
        let Some(room) = self.room_mut(at).filter(|room| room.epoch == commit.epoch) else { return };
        for (event, image) in &commit.events {
            if let Some((account, channel, since)) =
                sits(event, image).filter(|_| event.position > room.position)
            {
                // Before the events of the same commit are judged: a channel that is made is seen by those in it.
                room.seat(account, channel, since);
            }
        }
        for (line, (event, _)) in commit.events.iter().enumerate() {
            self.tell_line(at, piece, line, event, cut(&frames.bytes, frames.lines[line]));
        }
        for whisper in &frames.private {
            self.whisper(at, whisper);
        }
        self.stir(at);
    }

    fn tell_line(&mut self, at: u32, piece: &Arc<Piece>, line: usize, event: &Event, frame: &[u8]) {
        let turns = turns(event.kind);
        if turns {
            self.run_pass(at);
        }
        let is_new = self.room_mut(at).is_some_and(|room| event.position > room.position);
        if !is_new || self.waits(at, piece, line, event) {
            return;
        }
        let Some(room) = self.room_mut(at) else { return };
        if matches!(event.kind, EventKind::MessageEdited | EventKind::MessageDeleted) {
            room.late.take_back(event);
        }
        room.place_late();
        let place = room.pass.line(piece, line, frame);
        room.aim(event, place);
        room.position = event.position;
        if turns {
            self.run_pass(at);
            self.turn(at, event, piece);
        }
    }

    /// What changes who hears what, once everyone heard of it.
    fn turn(&mut self, at: u32, event: &Event, piece: &Piece) {
        let Some(room) = self.rooms[at as usize].as_mut() else { return };
        let image = piece.commit().events.iter().find(|(known, _)| known.position == event.position);
        match (event.kind, event.account, event.channel) {
            (EventKind::SeatLeft, Some(account), Some(channel)) => {
                room.unseat(account, channel, event.position, is_open(event));
                self.guests_look_again(at, account);
            }
            (EventKind::ChannelHidden, _, Some(channel)) => room.hide(channel, event.position),
            (EventKind::MemberLeft, Some(account), _) => self.dismiss(at, account),
            // What their role lets them hear, and whether they may still be here, the desk knows: an admin may have asked
            // them to sign in again, which only the audit tells.
            (EventKind::MemberChanged | EventKind::AuditNoted, Some(account), _) => {
                for slot in room.slots_of(account).to_vec() {
                    self.may_be_another(slot, account, image.map(|(_, image)| image));
                }
            }
            (EventKind::WorkspaceChanged, ..) => {
                let Some(itself) = image.and_then(|(_, image)| image.workspace.as_ref()) else { return };
                for slot in room.slots() {
                    if let Some(me) = self.sockets.get_mut(slot).and_then(|socket| socket.me.as_mut()) {
                        me.may_invite = Right::Invite.is_open_to(me.role, &itself.settings.0);
                    }
                }
            }
            _ => {}
        }
    }

    /// Something happened to who is at a socket. Their role is taken at once: what comes before the desk's word is not for who
    /// lost it, or would be kept from who is a guest no more.
    pub(super) fn may_be_another(&mut self, slot: u32, account: AccountId, image: Option<&Image>) {
        let me = self.sockets.get(slot).and_then(|socket| socket.me);
        let member = image.and_then(|image| image.member.as_ref()).filter(|member| member.account == account);
        let role = member.map(|member| member.role);
        if let (Some(me), Some(role)) = (me, role)
            && me.role != role
        {
            // Whether more than these may invite is for the desk to say.
            let may_invite =
                role == Role::Owner || (me.may_invite && (me.role, role) == (Role::Member, Role::Admin));
            self.stays(slot, role, may_invite);
        }
        self.recheck(slot);
    }

    /// A seat of somebody ended: guests who looked at them, and they themselves where they are one, may share no other.
    fn guests_look_again(&mut self, at: u32, account: AccountId) {
        let Some(room) = self.rooms[at as usize].as_ref() else { return };
        let mut slots = [room.slots_of(account), room.watchers(account)].concat();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots {
            let Some(socket) = self.sockets.get(slot) else { continue };
            let is_guest = socket.me.is_some_and(|me| me.role == Role::Guest);
            let look = socket.look.as_ref().filter(|look| is_guest && !look.people.is_empty()).cloned();
            look.into_iter().for_each(|look| self.ask(slot, Ask::Look(look, Unseated::default())));
        }
    }

    fn dismiss(&mut self, at: u32, account: AccountId) {
        let slots = self.room_mut(at).map(|room| room.slots_of(account).to_vec()).unwrap_or_default();
        let (now, limits) = (self.now, self.given.limits);
        for slot in slots {
            if let Some(socket) = self.sockets.get_mut(slot) {
                let put = socket.goodbye(GoodbyeCode::NotAMember, Again::Never, now, &limits);
                self.was_put(slot, put);
            }
        }
    }

    /// There is something to tell; now, unless the last pass was just a moment ago.
    fn stir(&mut self, at: u32) {
        let Some(room) = self.room_mut(at).filter(|room| !room.pass.is_empty()) else { return };
        let is_large = room.pass.bytes.len() > PASS_BYTES_MAX;
        if !self.stirred.contains(&at) {
            self.stirred.push(at);
        }
        if is_large {
            self.run_pass(at);
        } else if self.pass_at.is_none() {
            let linger = self.given.limits.linger;
            let since = self.now.duration_since(self.last_pass);
            self.pass_at = Some(if since < linger { self.now + linger } else { self.now });
        }
    }

    pub(super) fn pass_if_due(&mut self) {
        if self.pass_at.is_none_or(|at| at > self.now) {
            return;
        }
        self.pass_at = None;
        for at in std::mem::take(&mut self.stirred) {
            self.run_pass(at);
        }
        self.last_pass = Instant::now();
    }

    /// Everything a room has gathered, to everyone it is for.
    pub(super) fn run_pass(&mut self, at: u32) {
        let (now, limits) = (self.now, self.given.limits);
        let Some(room) = self.rooms.get_mut(at as usize).and_then(Option::as_mut) else { return };
        if room.pass.is_empty() {
            return;
        }
        let mut pass = std::mem::take(&mut room.pass);
        let mut trouble = Vec::new();
        let mut delivery = Delivery { sockets: &mut self.sockets, room, pass: &pass, now, limits: &limits };
        delivery.everywhere(&mut trouble);
        metrics::counter!("rookery_gateway_passes_total").increment(1);
        metrics::counter!("rookery_gateway_lines_total").increment(pass.lines.len() as u64);
        pass.clear();
        room.late.passed();
        room.told = room.late.before().unwrap_or(room.position);
        room.pass = pass;
        for (slot, put) in trouble {
            self.was_put(slot, put);
        }
    }

    /// The feed starts again: everyone in that workspace does.
    pub(super) fn broke(&mut self, workspace: WorkspaceId, mark: Mark) {
        let Some(at) = self.by_workspace.get(&workspace).copied() else { return };
        self.run_pass(at);
        let (now, limits) = (self.now, self.given.limits);
        let Some(room) = self.rooms[at as usize].as_mut() else { return };
        let is_other = room.epoch != mark.epoch;
        (room.epoch, room.position, room.told) = (mark.epoch, mark.position, mark.position);
        room.late = Late::default();
        for slot in room.slots().collect::<Vec<_>>() {
            let Some(socket) = self.sockets.get_mut(slot) else { continue };
            if is_other {
                let put = socket.goodbye(GoodbyeCode::Epoch, Again::Now, now, &limits);
                self.was_put(slot, put);
                continue;
            }
            socket.fall_behind();
            if let Some(ask) = socket.rise() {
                self.ask(slot, ask);
            }
        }
    }
}

/// Who sits down by an event, where, and since when. The seat of who makes a channel is told by its making alone.
pub(super) fn sits(event: &Event, image: &Image) -> Option<(AccountId, ChannelId, Position)> {
    let channel = event.channel?;
    match event.kind {
        EventKind::ChannelCreated => Some((event.actor?, channel, event.position)),
        EventKind::SeatJoined | EventKind::SeatChanged => {
            let since = image.seat.as_ref().map_or(Some(event.position), Seat::held_since)?;
            Some((event.account?, channel, since))
        }
        _ => None,
    }
}

/// Whether a channel one has left may still be looked at: its seats are told to lookers, too.
pub(super) fn is_open(event: &Event) -> bool {
    event.audience == Audience::SeatsAndLookers
}

/// Kinds that change who hears what comes next.
fn turns(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::SeatLeft
            | EventKind::ChannelHidden
            | EventKind::MemberLeft
            | EventKind::MemberChanged
            | EventKind::AuditNoted
            | EventKind::WorkspaceChanged
    )
}

/// One pass, on its way to the sockets.
struct Delivery<'a> {
    sockets: &'a mut Sockets,
    room: &'a Room,
    pass: &'a Pass,
    now: Instant,
    limits: &'a Limits,
}

impl Delivery<'_> {
    fn everywhere(&mut self, trouble: &mut Vec<(u32, Put)>) {
        if let ([run], []) = (&self.pass.runs[..], &self.pass.own[..]) {
            // The usual case: one channel. Nothing is gathered, nothing sorted.
            let room = self.room;
            room.listeners(run.to, &mut |listener| {
                let put = self.to(listener.slot, &[(listener, 0)], &[]);
                if put != Put::Well {
                    trouble.push((listener.slot, put));
                }
            });
            return;
        }
        let mut wanted: Vec<(Listener, u32)> = Vec::new();
        for (at, run) in self.pass.runs.iter().enumerate() {
            self.room.listeners(run.to, &mut |listener| wanted.push((listener, at as u32)));
        }
        wanted.sort_unstable_by_key(|(listener, run)| (listener.slot, *run));
        let mut own = self.pass.own.clone();
        own.sort_unstable();
        let (mut wanted, mut own) = (&wanted[..], &own[..]);
        while let Some(slot) =
            [wanted.first().map(|(listener, _)| listener.slot), own.first().map(|one| one.0)]
                .into_iter()
                .flatten()
                .min()
        {
            let runs = wanted.partition_point(|(listener, _)| listener.slot == slot);
            let lines = own.partition_point(|(known, _)| *known == slot);
            let put = self.to(slot, &wanted[..runs], &own[..lines]);
            if put != Put::Well {
                trouble.push((slot, put));
            }
            (wanted, own) = (&wanted[runs..], &own[lines..]);
        }
    }

    fn to(&mut self, slot: u32, runs: &[(Listener, u32)], own: &[(u32, u32)]) -> Put {
        let (pass, room) = (self.pass, self.room);
        let Some(socket) = self.sockets.get_mut(slot) else { return Put::Well };
        let Some(me) = socket.me else { return Put::Well };
        if own.is_empty() && pass.owed.is_empty() && hears_whole(pass, socket, &me, runs) {
            if let [(_, run)] = runs {
                return socket.put(&pass.bytes, &pass.runs[*run as usize].spans, self.now, self.limits);
            }
            let mut spans: Vec<Span> =
                runs.iter().flat_map(|(_, run)| &pass.runs[*run as usize].spans).copied().collect();
            spans.sort_unstable();
            return socket.put(&pass.bytes, &spans, self.now, self.limits);
        }
        let mut lines: Vec<u32> =
            runs.iter().flat_map(|(_, run)| &pass.runs[*run as usize].lines).copied().collect();
        lines.extend(own.iter().map(|(_, line)| *line).chain(pass.owed.iter().copied()));
        lines.sort_unstable();
        lines.dedup();
        let mut spans = Vec::new();
        for line in lines {
            let line = &pass.lines[line as usize];
            let event = line.event();
            if !may_see(event, &viewer(&me, &room.stands(slot, event))) {
                continue;
            }
            match socket.session.turn(&me, event, socket.held.is_some()) {
                Turn::Skip => {}
                Turn::Now => spans.push(line.span),
                Turn::Hold => hold(socket, &me, event, cut(&pass.bytes, line.span)),
            }
        }
        if !pass.owed.is_empty() {
            socket.session.heard = pass.last();
        }
        if socket.held.as_ref().is_some_and(|held| held.len() > self.limits.queue_bytes_max) {
            socket.fall_behind();
            return Put::Behind;
        }
        if spans.is_empty() { Put::Well } else { socket.put(&pass.bytes, &spans, self.now, self.limits) }
    }
}

/// Positions only grow, and a run has one audience: who may hear its first line now may hear all of it.
fn hears_whole(pass: &Pass, socket: &Socket, me: &Me, runs: &[(Listener, u32)]) -> bool {
    socket.session.unanswered() == 0
        && socket.held.is_none()
        && runs.iter().all(|(listener, run)| {
            let first = pass.runs[*run as usize].lines[0];
            let event = pass.lines[first as usize].event();
            // Since when somebody looks is not in the viewer: those are asked line by line.
            !listener.looking
                && socket.session.turn(me, event, false) == Turn::Now
                && may_see(event, &viewer(me, listener))
        })
}

pub(super) fn viewer(me: &Me, stands: &Listener) -> Viewer {
    Viewer {
        account: me.account,
        role: me.role,
        may_invite: me.may_invite,
        seat: stands.seat,
        looking: stands.looking,
    }
}

pub(super) fn hold(socket: &mut Socket, me: &Me, event: &Event, frame: &[u8]) {
    let own = event.actor == Some(me.account);
    socket.held.get_or_insert_with(|| Box::new(Held::default())).push(frame, event.position, own);
}

impl Socket {
    /// Everything up to here was told to it.
    pub(super) fn at(&self, told: Option<Position>) -> Position {
        let from = self.session.from;
        if self.session.stage() != Stage::Level {
            return from;
        }
        match &self.held {
            Some(held) => held.before().unwrap_or(from).max(from),
            None => told.map_or(from, |told| told.max(from)),
        }
    }
}
