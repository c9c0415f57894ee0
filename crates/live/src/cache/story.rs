//! What touched what, as far as this node has heard: the judge of every value. No I/O, no clock.

use std::collections::HashMap;

use domain::{AccountId, ChannelId, Commit, Epoch, Event, EventKind, Position, WorkspaceId};
use parking_lot::Mutex;

use super::levels::Asked;
use crate::journal::Mark;

/// What an event may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Member(AccountId),
    /// Any of them.
    Members,
    Seats(ChannelId),
}

/// Topics remembered of one workspace; with more, only what is read from then on is believed.
const TOPICS_MAX: usize = 2_000;

/// The journals this node follows.
#[derive(Default)]
pub(super) struct Stories(Mutex<HashMap<WorkspaceId, Story>>);

/// One of them: from `floor` to `at` everything was heard, and this was touched last where.
struct Story {
    epoch: Epoch,
    floor: Position,
    at: Position,
    touched: HashMap<Topic, Position>,
}

impl Story {
    fn from(mark: Mark) -> Self {
        Self { epoch: mark.epoch, floor: mark.position, at: mark.position, touched: HashMap::new() }
    }

    fn hear(&mut self, commit: &Commit) {
        if commit.epoch != self.epoch || commit.first > self.at.next() {
            *self = Self::from(end_of(commit));
            return;
        }
        for (event, _) in &commit.events {
            self.at = self.at.max(event.position);
            match touches(event) {
                Touches::Nothing => {}
                Touches::These(topics) => topics.into_iter().flatten().for_each(|topic| {
                    self.touched.insert(topic, event.position);
                }),
                Touches::Anything => self.forget(),
            }
        }
        if self.touched.len() > TOPICS_MAX {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.touched.clear();
        self.floor = self.at;
    }

    /// Whether nothing touched these from one moment to the other, both of this history.
    fn is_quiet(&self, topics: &[Topic], from: Position, to: Position) -> bool {
        let last = |topic| self.touched.get(topic).copied().unwrap_or(Position(0));
        self.floor <= from && to <= self.at && topics.iter().all(|topic| last(topic) <= from)
    }
}

fn end_of(commit: &Commit) -> Mark {
    let position = Position((commit.first.0 + commit.events.len() as u64).saturating_sub(1));
    Mark { epoch: commit.epoch, position }
}

enum Touches {
    Nothing,
    These([Option<Topic>; 2]),
    /// Nobody here knows what it means: nothing from before it is believed.
    Anything,
}

fn touches(event: &Event) -> Touches {
    match event.kind {
        EventKind::MemberJoined | EventKind::MemberChanged | EventKind::MemberLeft => {
            match event.account.map(Topic::Member) {
                Some(member) => Touches::These([Some(member), Some(Topic::Members)]),
                None => Touches::Anything,
            }
        }
        EventKind::ChannelCreated
        | EventKind::ChannelChanged
        | EventKind::ChannelHidden
        | EventKind::ChannelArchived
        | EventKind::ChannelRestored
        | EventKind::SeatJoined
        | EventKind::SeatLeft
        | EventKind::SeatChanged => match event.channel.map(Topic::Seats) {
            Some(seats) => Touches::These([Some(seats), None]),
            None => Touches::Anything,
        },
        EventKind::WorkspaceCreated
        | EventKind::WorkspaceChanged
        | EventKind::WorkspaceArchived
        | EventKind::WorkspaceRestored
        | EventKind::MessageSent
        | EventKind::MessageEdited
        | EventKind::MessageDeleted
        | EventKind::MessagePinned
        | EventKind::MessageUnpinned
        | EventKind::ReactionAdded
        | EventKind::ReactionRemoved
        | EventKind::InvitationMade
        | EventKind::InvitationUsed
        | EventKind::InvitationRevoked
        | EventKind::AuditNoted => Touches::Nothing,
        EventKind::InstallationSetUp
        | EventKind::AccountCreated
        | EventKind::WorkspacePlaced
        | EventKind::MembershipChanged
        | EventKind::LevelRaised
        | EventKind::SessionsEnded
        | EventKind::AccountChanged => Touches::Anything,
    }
}

impl Stories {
    pub fn begin(&self, workspace: WorkspaceId, at: Mark) {
        self.0.lock().insert(workspace, Story::from(at));
    }
    pub fn end(&self, workspace: WorkspaceId) {
        self.0.lock().remove(&workspace);
    }
    pub fn hear(&self, commit: &Commit) {
        if let Some(story) = self.0.lock().get_mut(&commit.workspace) {
            story.hear(commit);
        }
    }

    /// Whether a value read at that moment is what `asked` asks for.
    pub fn holds(&self, asked: &Asked, kept: Mark, topics: &[Topic]) -> bool {
        let wanted = asked.mark();
        if kept.epoch != wanted.epoch {
            return false;
        }
        let (kept, wanted, newer_will_do) =
            (kept.position, wanted.position, matches!(asked, Asked::AtLeast(..)));
        if kept == wanted || (newer_will_do && kept > wanted) {
            return true;
        }
        let stories = self.0.lock();
        let story = stories.get(&asked.workspace()).filter(|story| story.epoch == asked.mark().epoch);
        story.is_some_and(|story| story.is_quiet(topics, kept.min(wanted), kept.max(wanted)))
    }

    /// Whether it is followed, so that values of it are of use later.
    pub fn knows(&self, workspace: WorkspaceId) -> bool {
        self.0.lock().contains_key(&workspace)
    }
}
