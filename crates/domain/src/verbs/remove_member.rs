//! Somebody leaves the workspace, or is removed from it.
//!
//! What becomes of what they had:
//!
//! | theirs | then |
//! |---|---|
//! | messages, reactions, pins | stay, under their name; closing the account takes the name |
//! | seats | end, each with its event: 500 with the leaving, the rest by [`EndSeats`]; rights end at once |
//! | group directs | lose the seat and keep their people; the others go on talking there |
//! | invitations they made | stay, and open to nobody, since their maker is judged when they are used |
//! | drafts, marks, stars, follows | stay as they are, read by nobody: whoever is let in again finds them |
//! | notifications and their jobs | end where they are due: a job looks at the member first |
//! | bots they own | stay; an admin looks after them |
//! | their picture | stays while their name does |
//! | sessions | stay, for other workspaces; here `member.left` closes the sockets |
//! | tokens of this workspace | end with the membership row of the directory |

use serde_json::json;

use super::change_role::owners_without;
use super::change_workspace::changed;
use super::field;
use super::memory::note;
use super::seats::end_seat;
use super::set_picture::{picture_of, shown_no_longer};
use crate::event::{Audience, EventKind, Tell};
use crate::limits::SEATS_ENDED_MAX;
use crate::permission::{SEATS_OF, member, other};
use crate::rights::may_manage;
use crate::rows::{
    Channel, ChannelTip, Member, MemberProfile, MemberState, Picture, Seat, SelfState, WorkspaceSelf,
};
use crate::{AccountId, By, Changes, ChannelId, Command, Needs, Refusal, Reply, World, values};

/// Of oneself: leaving, for everyone but the last owner. Also from an archived workspace. Who is there alone and closes
/// their account puts the workspace away with it, since nobody is left to do so. Answers `{"rest": true}` where seats
/// are left to end.
#[derive(Debug)]
pub struct RemoveMember {
    pub account: AccountId,
    /// Their account closes: the name goes too.
    pub closing: bool,
}

impl RemoveMember {
    fn seats(&self, by: By) -> Vec<crate::cell::Value> {
        values![&by.workspace, &self.account]
    }
}

impl Command for RemoveMember {
    fn name(&self) -> &'static str {
        "remove_member"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<Member>((by.workspace, self.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.find::<Seat>(&SEATS_OF, self.seats(by), SEATS_ENDED_MAX);
    }
    /// Whose channels they are is known once the seats are.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let values = self.seats(by);
        for seat in seen.find::<Seat>(&SEATS_OF, &values).filter(|seat| seat.is_held()) {
            needs.row::<Channel>((by.workspace, seat.channel));
            needs.row::<ChannelTip>((by.workspace, seat.channel));
        }
        let goes = seen.get::<Member>(&(by.workspace, self.account)).filter(|_| self.closing);
        goes.into_iter().for_each(|member| needs_picture(member, needs));
        true
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let workspace =
            world.get::<WorkspaceSelf>(&(by.workspace,)).ok_or_else(|| Refusal::not_found("workspace"))?;
        let goes = other(by, self.account, world)?;
        if by.account != self.account {
            may_manage(actor, goes)?;
        }
        let is_closed = self.closing && by.account == self.account && workspace.members <= 1;
        let owners = if is_closed { 0 } else { owners_without(goes, workspace)? };
        let mut changes = Changes::begin(world);
        let values = self.seats(by);
        let seats: Vec<&Seat> = world.find::<Seat>(&SEATS_OF, &values).collect();
        end_seats(by, seats.iter().copied(), world, &mut changes);
        let mut left_behind =
            WorkspaceSelf { owners, members: workspace.members.saturating_sub(1), ..workspace.clone() };
        if is_closed && workspace.state == SelfState::Active {
            let kind = EventKind::WorkspaceArchived;
            left_behind.state = SelfState::Archived;
            left_behind.changed = changed(by, kind, kind.word(), &json!({}), &mut changes);
        }
        changes.put(left_behind);
        // The last of what they may see.
        let at = changes
            .tell(Tell::of(EventKind::MemberLeft, Audience::Members).by(by.account).about(self.account));
        if by.account != self.account {
            note(by, at, "member.removed", &json!({ "account": self.account }), &mut changes);
        }
        let mut left = Member { state: MemberState::Left, changed: at, ..goes.clone() };
        if self.closing && by.account == self.account {
            forget(&mut left, world, &mut changes);
        }
        changes.put(left);
        let rest = seats.len() >= SEATS_ENDED_MAX as usize;
        Ok(changes.answering(Reply::of(&json!({ "rest": rest }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, &[u8::from(self.closing)]);
    }
}

fn needs_picture(member: &Member, needs: &mut Needs) {
    if let Some(digest) = picture_of(member) {
        needs.row::<Picture>((member.workspace, digest));
    }
}

/// Messages stay, the name goes, and so does the picture.
fn forget(member: &mut Member, world: &World, changes: &mut Changes) {
    if let Some(digest) = picture_of(member) {
        shown_no_longer(member.workspace, digest, world, changes);
    }
    member.name = String::new();
    member.name_key = String::new();
    member.profile.0 = MemberProfile::default();
}

fn end_seats<'a>(by: By, seats: impl Iterator<Item = &'a Seat>, world: &World, changes: &mut Changes) {
    for seat in seats.filter(|seat| seat.is_held()) {
        let key = (by.workspace, seat.channel);
        if let Some((channel, tip)) = world.get::<Channel>(&key).zip(world.get::<ChannelTip>(&key)) {
            end_seat(by, seat, channel, tip, changes);
        }
    }
}

/// Ends the seats still held by somebody who left: at most 500 channels at once, as found. Done twice is done once.
/// Answers `{"ended": …}`.
#[derive(Debug)]
pub struct EndSeats {
    pub account: AccountId,
    pub channels: Vec<ChannelId>,
}

impl Command for EndSeats {
    fn name(&self) -> &'static str {
        "end_seats"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, self.account));
        for channel in self.named() {
            needs.row::<Channel>((by.workspace, channel));
            needs.row::<ChannelTip>((by.workspace, channel));
            needs.row::<Seat>((channel, self.account));
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        // Who is let in again meanwhile keeps what they hold.
        if world.get::<Member>(&(by.workspace, self.account)).is_none_or(Member::is_active) {
            return Ok(changes);
        }
        let seats = self.named().filter_map(|channel| world.get::<Seat>(&(channel, self.account)));
        end_seats(by, seats, world, &mut changes);
        let ended = changes.events().len();
        Ok(changes.answering(Reply::of(&json!({ "ended": ended }))))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        self.named().for_each(|channel| field(into, channel.bytes()));
    }
}

impl EndSeats {
    fn named(&self) -> impl Iterator<Item = ChannelId> + '_ {
        self.channels.iter().copied().take(SEATS_ENDED_MAX as usize)
    }
}

/// By somebody who left earlier and closes their account now: what they said stays, their name goes.
#[derive(Debug)]
pub struct ForgetMember;

impl Command for ForgetMember {
    fn name(&self) -> &'static str {
        "forget_member"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
    }
    /// What they showed stands in their row.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let member = seen.get::<Member>(&(by.workspace, by.account));
        member.into_iter().for_each(|member| needs_picture(member, needs));
        true
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        let gone = world.get::<Member>(&(by.workspace, by.account)).filter(|member| !member.is_active());
        let Some(gone) = gone.filter(|member| !member.name.is_empty()) else { return Ok(changes) };
        let mut nobody = gone.clone();
        forget(&mut nobody, world, &mut changes);
        nobody.changed = changes
            .tell(Tell::of(EventKind::MemberChanged, Audience::Members).by(by.account).about(by.account));
        changes.put(nobody);
        Ok(changes)
    }
    fn digest(&self, _into: &mut dyn FnMut(&[u8])) {}
}
