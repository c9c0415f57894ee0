//! Everything somebody can ask for, drawn by a seed; most of it may be refused, and then nothing happens.

use domain::verbs::{NewPicture, SetPicture};
use domain::{AccountId, By, ChannelId, Key, Role};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use service::{
    Address, ChannelChange, Draft, MemberChange, NewChannel, NotDone, PrivateKind, ReadMark, WorkspaceChange,
};
use testkit::{Person, Town};

/// The people, and the channels they have made so far.
pub struct Cast {
    pub chance: StdRng,
    pub people: Vec<Person>,
    pub channels: Vec<ChannelId>,
    pub invited: Vec<(Key, [u8; 32])>,
    pub newcomers: Vec<Person>,
}

/// In the order in which a tour makes each of them possible.
pub const VERBS: [&str; 36] = [
    "send",
    "name",
    "shout",
    "reply",
    "reply in both",
    "edit",
    "edit reply",
    "react",
    "take back",
    "react to reply",
    "pin",
    "unpin",
    "pin reply",
    "delete reply",
    "delete",
    "open",
    "open private",
    "direct",
    "join",
    "bring in",
    "look after",
    "rename",
    "topic",
    "admins post",
    "close",
    "send away",
    "leave channel",
    "archive",
    "restore",
    "change role",
    "profile",
    "status",
    "picture",
    "settings",
    "invite",
    "follow",
];
/// What changes who is there, or ends much of it: after the others, and seldom.
pub const RARE: [&str; 10] = [
    "invite",
    "accept",
    "revoke",
    "add bot",
    "sign in again",
    "archive workspace",
    "restore workspace",
    "remove",
    "let back in",
    "leave",
];

type Outcome = Result<store::Done, NotDone>;

impl Cast {
    pub fn new(seed: u64, people: Vec<Person>, general: ChannelId, newcomers: Vec<Person>) -> Self {
        let chance = StdRng::seed_from_u64(seed);
        Self { chance, people, channels: vec![general], invited: Vec::new(), newcomers }
    }
    pub fn somebody(&mut self) -> Person {
        *self.people.choose(&mut self.chance).expect("people")
    }
    fn channel(&mut self) -> ChannelId {
        // Mostly where everyone is, so that things meet.
        if self.chance.random_bool(0.5) { self.channels[0] } else { self.last_or_any() }
    }
    fn last_or_any(&mut self) -> ChannelId {
        *self.channels.choose(&mut self.chance).expect("channels")
    }
    fn message(&mut self) -> Address {
        Address { channel: self.channel(), thread: 0, number: self.chance.random_range(1..8) }
    }
    fn reply(&mut self) -> Address {
        let root = self.message();
        Address { thread: root.number, number: self.chance.random_range(1..3), ..root }
    }

    /// Carries out one thing in somebody's name.
    pub async fn does(&mut self, town: &Town, who: Person, verb: &str) -> Outcome {
        match verb {
            "send" | "name" | "shout" | "reply" | "reply in both" | "edit" | "edit reply" | "react"
            | "take back" | "react to reply" | "pin" | "unpin" | "pin reply" | "delete" | "delete reply"
            | "follow" => self.talks(town, who.by, verb).await,
            "open" | "open private" | "direct" | "join" | "bring in" | "look after" | "send away"
            | "leave channel" => self.sits(town, who.by, verb).await,
            "rename" | "topic" | "admins post" | "close" | "archive" | "restore" => {
                self.changes(town, who.by, verb).await
            }
            _ => self.manages(town, who.by, verb).await,
        }
    }

    async fn talks(&mut self, town: &Town, by: By, verb: &str) -> Outcome {
        let (service, key) = (&town.node.service, town.node.new_key());
        let draft =
            |channel, thread, text: &str| Draft { channel, thread, text: text.into(), in_channel: false };
        let (message, reply, whom) = (self.message(), self.reply(), self.somebody());
        let text = format!("{verb} {}", self.chance.random::<u16>());
        match verb {
            "send" => service.send(by, key, draft(message.channel, 0, &text)).await,
            "name" => service.send(by, key, draft(message.channel, 0, &whom.mention())).await,
            "shout" => service.send(by, key, draft(message.channel, 0, "<!channel> look")).await,
            "reply" => service.send(by, key, draft(message.channel, message.number, &whom.mention())).await,
            "reply in both" => {
                let draft = Draft { in_channel: true, ..draft(message.channel, message.number, &text) };
                service.send(by, key, draft).await
            }
            "edit" => service.edit(by, key, message, &format!("{text} {}", whom.mention())).await,
            "edit reply" => service.edit(by, key, reply, &text).await,
            "react" => service.react(by, key, message, "🎉", true).await,
            "take back" => service.react(by, key, message, "🎉", false).await,
            "react to reply" => service.react(by, key, reply, "👍", true).await,
            "pin" | "unpin" => service.pin(by, key, message, verb == "pin").await,
            "pin reply" => service.pin(by, key, reply, true).await,
            "delete" => service.delete(by, key, message).await,
            "delete reply" => service.delete(by, key, reply).await,
            _ => {
                service.mark(by, ReadMark { at: message, back: None }).await?;
                service.keep(by, PrivateKind::Star, &message.channel.to_string(), Some("1".into())).await?;
                service.follow(by, key, message.channel, message.number, true).await
            }
        }
    }

    async fn sits(&mut self, town: &Town, by: By, verb: &str) -> Outcome {
        let (service, key) = (&town.node.service, town.node.new_key());
        let (channel, whom) = (self.last_or_any(), self.somebody().account());
        let done = match verb {
            "open" | "open private" => {
                let name = format!("channel-{}", self.chance.random::<u32>());
                let members = if self.chance.random_bool(0.5) { vec![whom] } else { Vec::new() };
                let new =
                    NewChannel { name, private: verb == "open private", members, ..NewChannel::default() };
                service.create_channel(by, key, new).await
            }
            "direct" => service.create_direct(by, key, vec![whom]).await,
            "join" => service.join(by, key, channel).await,
            "bring in" => service.add_to_channel(by, key, channel, whom).await,
            "look after" => {
                let manager = self.chance.random_bool(0.7);
                service.change_seat(by, key, channel, whom, manager).await
            }
            "send away" => service.remove_from_channel(by, key, channel, whom).await,
            _ => service.remove_from_channel(by, key, channel, by.account).await,
        }?;
        let made = done.reply.read::<Value>().and_then(|reply| reply["id"].as_str()?.parse().ok());
        if let Some(made) = made.filter(|made| !self.channels.contains(made)) {
            self.channels.push(made);
        }
        Ok(done)
    }

    async fn changes(&mut self, town: &Town, by: By, verb: &str) -> Outcome {
        let (service, key) = (&town.node.service, town.node.new_key());
        let (channel, said) = (self.last_or_any(), format!("{verb}-{}", self.chance.random::<u16>()));
        let change = match verb {
            "rename" => ChannelChange { name: Some(said), ..ChannelChange::default() },
            "topic" => ChannelChange { topic: Some(said), ..ChannelChange::default() },
            "admins post" => {
                ChannelChange { admins_post: Some(self.chance.random_bool(0.3)), ..ChannelChange::default() }
            }
            "close" => ChannelChange { private: true, ..ChannelChange::default() },
            _ => return service.archive_channel(by, key, channel, verb == "archive").await,
        };
        service.change_channel(by, key, channel, change).await
    }

    async fn manages(&mut self, town: &Town, by: By, verb: &str) -> Outcome {
        let (service, key) = (&town.node.service, town.node.new_key());
        let whom = self.somebody().account();
        let said = format!("{verb} {}", self.chance.random::<u16>());
        match verb {
            "change role" => {
                let role = [Role::Admin, Role::Member, Role::Guest][self.chance.random_range(0..3)];
                service.change_role(by, key, whom, role).await
            }
            "profile" => {
                let change = MemberChange { name: Some(said), ..MemberChange::default() };
                service.change_member(by, key, by.account, change).await
            }
            "status" => {
                let status = domain::Status { text: said, emoji: None, until_us: None };
                let change = MemberChange { status: Some(Some(status)), ..MemberChange::default() };
                service.change_member(by, key, by.account, change).await
            }
            "picture" => {
                let of_workspace = self.chance.random_bool(0.5);
                let digest: [u8; 32] = self.chance.random();
                let picture = NewPicture { digest, media: "image/png".into(), bytes: vec![1, 2, 3] };
                town.node.execute(by, key, SetPicture { of_workspace, picture: Some(picture) }).await
            }
            "settings" => {
                let change = WorkspaceChange { name: Some(said), ..WorkspaceChange::default() };
                service.change_workspace(by, key, change).await
            }
            "invite" => self.invites(town, by, key).await,
            "accept" | "revoke" => self.answers(town, by, verb, key).await,
            "add bot" => service.add_bot(by, key, AccountId::new(town.node.new_key()), &said).await,
            "sign in again" => service.require_sign_in(by, key, whom).await,
            "archive workspace" => service.archive_workspace(by, key, true).await,
            "restore workspace" => service.archive_workspace(by, key, false).await,
            "remove" => service.remove_member(by, key, whom, false).await,
            "let back in" => service.let_back_in(by, key, whom, Role::Member).await,
            _ => service.remove_member(by, key, by.account, false).await,
        }
    }

    async fn invites(&mut self, town: &Town, by: By, key: Key) -> Outcome {
        let (id, hash) = (town.node.new_key(), self.chance.random());
        let channels = vec![self.channels[0]];
        let invite =
            domain::verbs::Invite { id, hash, role: Role::Member, channels, uses: None, expires_s: None };
        let done = town.node.execute(by, key, invite).await?;
        self.invited.push((id, hash));
        Ok(done)
    }

    async fn answers(&mut self, town: &Town, by: By, verb: &str, key: Key) -> Outcome {
        let missing = || NotDone::Refused(domain::Refusal::not_found("invitation"));
        let (id, hash) = *self.invited.last().ok_or_else(missing)?;
        if verb == "revoke" {
            return town.node.service.revoke_invitation(by, key, id).await;
        }
        let newcomer = self.newcomers.pop().ok_or_else(missing)?;
        let done = town.node.service.accept_invitation(newcomer.by, key, hash, "Newcomer").await?;
        self.people.push(newcomer);
        Ok(done)
    }
}
