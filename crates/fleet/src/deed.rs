//! What people ask for: at a socket as a frame, or of an API node; each drawn by the seed, and most of it may be refused.

use domain::{AccountId, By, ChannelId, Key, Role};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use service::{Address, ChannelChange, Draft, MemberChange, NewChannel, Service};
use store::{Done, NotDone};

/// In each channel that was there before.
pub const OLD_MESSAGES: u64 = 3;

/// Asked of an API node.
#[derive(Debug, Clone)]
pub enum Deed {
    Send { channel: ChannelId, thread: u64, text: String },
    Open { name: String, private: bool, with: Vec<AccountId> },
    Join(ChannelId),
    Bring(ChannelId, AccountId),
    SendAway(ChannelId, AccountId),
    Manage(ChannelId, AccountId, bool),
    Change(ChannelId, ChannelChange),
    Archive(ChannelId, bool),
    Role(AccountId, Role),
    Rename(String),
    Remove(AccountId),
    LetBackIn(AccountId),
    Delete(Address),
}

/// Whom and where it may be about.
pub struct Cast<'a> {
    pub people: &'a [AccountId],
    pub channels: &'a [ChannelId],
    /// Where something was said before the schedule: only that is edited and deleted, for the ledger knows what is said
    /// in it by its text.
    pub old: &'a [ChannelId],
}

impl Deed {
    /// Something about who sits where and who is who: what decides who hears what.
    pub fn any(cast: &Cast, by: By, said: &str, chance: &mut StdRng) -> Self {
        let channel = *cast.channels.choose(chance).expect("a channel");
        let whom = *cast.people.choose(chance).expect("somebody");
        match chance.random_range(0..100) {
            0..10 => {
                let with = if chance.random_bool(0.5) { vec![whom] } else { Vec::new() };
                Self::Open { name: said.into(), private: chance.random_bool(0.5), with }
            }
            10..22 => Self::Join(channel),
            22..40 => Self::Bring(channel, whom),
            40..55 => Self::SendAway(channel, if chance.random_bool(0.4) { by.account } else { whom }),
            55..60 => Self::Manage(channel, whom, chance.random_bool(0.7)),
            60..66 => {
                Self::Change(channel, ChannelChange { topic: Some(said.into()), ..ChannelChange::default() })
            }
            66..70 => Self::Change(channel, ChannelChange { private: true, ..ChannelChange::default() }),
            70..76 => Self::Archive(channel, chance.random_bool(0.4)),
            76..84 => Self::Role(whom, [Role::Admin, Role::Member, Role::Guest][chance.random_range(0..3)]),
            84..90 => Self::Rename(said.into()),
            90..93 => Self::Remove(whom),
            93..96 => Self::LetBackIn(whom),
            _ => {
                let channel = *cast.old.choose(chance).expect("a channel");
                Self::Delete(Address { channel, thread: 0, number: chance.random_range(1..=OLD_MESSAGES) })
            }
        }
    }

    /// Whose rights it is about to change, if anybody's.
    pub fn raises_or_lowers(&self) -> Option<AccountId> {
        match self {
            Self::Role(whom, _) | Self::Remove(whom) | Self::LetBackIn(whom) => Some(*whom),
            _ => None,
        }
    }

    pub async fn done_by(self, service: Service, by: By, key: Key) -> Result<Done, NotDone> {
        match self {
            Self::Send { channel, thread, text } => {
                service.send(by, key, Draft { channel, thread, text, in_channel: false }).await
            }
            Self::Open { name, private, with } => {
                let new = NewChannel { name, private, members: with, ..NewChannel::default() };
                service.create_channel(by, key, new).await
            }
            Self::Join(channel) => service.join(by, key, channel).await,
            Self::Bring(channel, whom) => service.add_to_channel(by, key, channel, whom).await,
            Self::SendAway(channel, whom) => service.remove_from_channel(by, key, channel, whom).await,
            Self::Manage(channel, whom, on) => service.change_seat(by, key, channel, whom, on).await,
            Self::Change(channel, change) => service.change_channel(by, key, channel, change).await,
            Self::Archive(channel, on) => service.archive_channel(by, key, channel, on).await,
            Self::Role(whom, role) => service.change_role(by, key, whom, role).await,
            Self::Rename(name) => {
                let change = MemberChange { name: Some(name), ..MemberChange::default() };
                service.change_member(by, key, by.account, change).await
            }
            Self::Remove(whom) => service.remove_member(by, key, whom, false).await,
            Self::LetBackIn(whom) => service.let_back_in(by, key, whom, Role::Member).await,
            Self::Delete(at) => service.delete(by, key, at).await,
        }
    }
}

/// A frame about something that was said, or about where one sits.
pub fn frame(cast: &Cast, key: &str, said: &str, chance: &mut StdRng) -> Value {
    let channel = *cast.channels.choose(chance).expect("a channel");
    let number: u64 = chance.random_range(1..8);
    let target = json!({ "channel": channel, "number": number });
    let verb = |name: &str, what: Value| json!({ "do": { "key": key, name: what } });
    match chance.random_range(0..10) {
        0 | 1 => verb("react", json!({ "channel": channel, "number": number, "emoji": "🎉" })),
        2 => verb("unreact", json!({ "channel": channel, "number": number, "emoji": "🎉" })),
        3 | 4 => {
            let channel = cast.old.choose(chance).expect("a channel");
            let number = chance.random_range(1..=OLD_MESSAGES);
            verb("edit", json!({ "channel": channel, "number": number, "text": format!("{said}, edited") }))
        }
        5 => verb("pin", target),
        6 => verb("unpin", target),
        7 => verb("join", json!({ "channel": channel })),
        8 => verb("leave", json!({ "channel": channel })),
        _ if chance.random_bool(0.6) => {
            verb("put", json!({ "kind": "star", "subject": channel, "value": 1 }))
        }
        _ => verb("remove", json!({ "kind": "star", "subject": channel })),
    }
}
