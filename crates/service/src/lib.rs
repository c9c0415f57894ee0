//! What people can do, one file a verb: each names who asks, under which key, and lets the store decide.
//!
//! **Invariant.** Nothing else writes events, and nothing here writes without a command.

mod accounts;
mod bots;
mod changed;
mod channel_list;
mod channels;
mod closing;
mod come_in;
mod create_channel;
mod create_workspace;
mod crowd;
mod delete;
mod door;
mod easel;
mod edit;
mod entering;
mod events;
mod export;
mod finish;
pub mod following;
mod invitation_code;
mod invitations;
mod join;
mod keep;
mod keeping;
mod known;
mod lists;
pub mod live;
mod mark;
mod member_list;
mod members;
mod memberships;
mod messages;
mod mine;
mod notify;
mod operating;
mod passing;
mod password;
mod people;
mod pictures;
mod pins;
mod place;
mod portrait;
mod raise_level;
mod react;
mod reads;
mod recent;
mod remembered;
mod scopes;
mod secret;
mod send;
mod set_up;
mod set_up_code;
mod sign_in;
mod together;
mod tokens;
mod workspaces;

pub use bots::{Bot, Bots};
pub use changed::{Away, Changed};
pub use channel_list::{Channels, ChannelsAfter, ChannelsAsked, ListedChannel, Seats};
pub use channels::ChannelChange;
pub use come_in::{Newcomer, Opening};
pub use create_channel::NewChannel;
pub use create_workspace::NewWorkspace;
pub use crowd::{Crowd, CrowdAsked, Extra};
pub use door::Who;
pub use entering::{Arrived, Entered, Was};
pub use export::{Export, Mark, OwnRows, Utterance};
pub use finish::QUERIES;
pub use invitation_code::InvitationCode;
pub use invitations::{NewInvite, WorkspaceChange};
pub use lists::{Call, Followed, From, Saved, Thread};
pub use mark::ReadMark;
pub use member_list::{After, Asked, Members};
pub use members::MemberChange;
pub use messages::{Page, Window};
pub use mine::Kept;
pub use notify::{Notification, Notifications};
pub use passing::AccountChange;
pub use password::{Cost, Passwords};
pub use pictures::Of;
pub use pins::Pins;
pub use place::Places;
pub use scopes::{Scope, Scopes};
pub use secret::Secret;
pub use send::Draft;
pub use set_up::FirstOwner;
pub use sign_in::{Device, Session};
pub use tokens::{NewToken, scopes_of};
pub use workspaces::{Home, Room};

use std::sync::Arc;

use domain::{By, Command, Key};
use store::clock::Clock;
use store::{Order, Store};

pub use domain::CredentialKind;
pub use domain::Status;
pub use domain::verbs::{Notify, PrivateKind};
pub use reading::messages::Shown;
pub use store::{Done, Freshness, NotDone, Seen};

/// Where a message stands: its address everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub channel: domain::ChannelId,
    /// 0: the timeline.
    pub thread: u64,
    pub number: u64,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.thread {
            0 => write!(f, "{}.{}", self.channel, self.number),
            thread => write!(f, "{}.{thread}.{}", self.channel, self.number),
        }
    }
}

/// The verbs, on the directory and the shards.
#[derive(Clone)]
pub struct Service {
    places: Places,
    clock: Arc<dyn Clock>,
    easel: easel::Easel,
    marks: mark::Gathered,
    passwords: Passwords,
    known: Arc<known::Known>,
    entrants: entering::Entrants,
    returning: entering::Returning,
    strangers: door::Strangers,
    cache: Option<live::cache::Cached>,
}

impl Service {
    pub fn new(places: Places, clock: Arc<dyn Clock>) -> Self {
        Self {
            places,
            clock,
            passwords: Passwords::default(),
            known: Arc::default(),
            entrants: entering::Entrants::default(),
            returning: entering::Returning::default(),
            strangers: door::Strangers::default(),
            easel: easel::Easel::default(),
            marks: mark::Gathered::default(),
            cache: None,
        }
    }
    /// With others than those of a server: a test's cost nothing.
    #[must_use]
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Self { passwords, ..self }
    }
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }
    pub fn places(&self) -> &Places {
        &self.places
    }
    /// A key made here, for who sends none.
    pub fn new_key(&self) -> Key {
        store::clock::new_key(&self.clock)
    }

    async fn order(
        &self,
        store: &Store,
        by: By,
        key: Key,
        command: impl Command + 'static,
    ) -> Result<Done, NotDone> {
        store.execute(Order { by, key, command: Box::new(command) }).await
    }
    async fn in_workspace(&self, by: By, key: Key, command: impl Command + 'static) -> Result<Done, NotDone> {
        self.order(self.places.of(by.workspace), by, key, command).await
    }
}
