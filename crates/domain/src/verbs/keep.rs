//! What one keeps for oneself: drafts, stars, mutes, choices. Private, without event, on all one's devices.

use super::field;
use crate::limits::{DRAFT_BYTES_MAX, PRIVATE_BYTES_MAX};
use crate::permission::{member, needs_standing, standing};
use crate::private::PrivateItem;
use crate::refusal::Code;
use crate::rows::{Member, Message, Private};
use crate::{By, Changes, ChannelId, Command, Needs, Refusal, Reply, World, word_cell};

word_cell!(
    PrivateKind {
        Draft = "draft",
        Star = "star",
        Mute = "mute",
        Notify = "notify",
        Section = "section",
        Preference = "preference",
        Saved = "saved",
    }
);

/// What a private row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `C…`, `C….41`, `C….41.7`: a channel, a message or its thread, a reply.
    Place { channel: ChannelId, number: Option<u64>, reply: Option<u64> },
    /// A section's or a preference's own name.
    Word(String),
}

const WORD_BYTES_MAX: usize = 40;

impl Subject {
    pub fn read(kind: PrivateKind, text: &str) -> Result<Self, Refusal> {
        let wrong = || {
            let message = match kind {
                PrivateKind::Draft => "a channel or a thread: C… or C….41",
                PrivateKind::Star | PrivateKind::Mute => "a channel: C…",
                PrivateKind::Saved => "a message or a reply: C….41 or C….41.7",
                PrivateKind::Notify => "a channel, or `all`",
                PrivateKind::Section | PrivateKind::Preference => {
                    "a word of lower-case letters, digits, dashes and underscores"
                }
            };
            Refusal::invalid("subject", message)
        };
        match kind {
            PrivateKind::Section | PrivateKind::Preference => word(text).ok_or_else(wrong),
            PrivateKind::Notify if text == "all" => Ok(Self::Word(text.to_owned())),
            _ => {
                let (channel, number, reply) = place(text).ok_or_else(wrong)?;
                let fits = match kind {
                    PrivateKind::Draft => reply.is_none(),
                    PrivateKind::Saved => number.is_some(),
                    _ => number.is_none(),
                };
                if fits { Ok(Self::Place { channel, number, reply }) } else { Err(wrong()) }
            }
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Place { channel, number, reply } => {
                write!(f, "{channel}")?;
                number.map_or(Ok(()), |number| write!(f, ".{number}"))?;
                reply.map_or(Ok(()), |reply| write!(f, ".{reply}"))
            }
        }
    }
}

fn word(text: &str) -> Option<Subject> {
    let known = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_');
    let fits = !text.is_empty() && text.len() <= WORD_BYTES_MAX && text.bytes().all(known);
    fits.then(|| Subject::Word(text.to_owned()))
}

fn place(text: &str) -> Option<(ChannelId, Option<u64>, Option<u64>)> {
    let mut parts = text.split('.');
    let channel = parts.next()?.parse().ok()?;
    // Written in one way only: 41, never 041 or +41.
    let mut number = || match parts.next() {
        None => Some(None),
        Some(text) => {
            let number: u64 = text.parse().ok().filter(|number| *number > 0)?;
            (number.to_string() == text && i64::try_from(number).is_ok()).then_some(Some(number))
        }
    };
    let place = (channel, number()?, number()?);
    parts.next().is_none().then_some(place)
}

/// The private version at which it is so.
fn answer(version: u64) -> Reply {
    Reply::of(&serde_json::json!({ "version": version }))
}

/// A value, or none: removed, and kept as an empty row so that other devices learn of it.
#[derive(Debug)]
pub struct Keep {
    kind: PrivateKind,
    subject: Subject,
    value: Option<String>,
}

impl Keep {
    pub fn new(kind: PrivateKind, subject: &str, value: Option<String>) -> Result<Self, Refusal> {
        let subject = Subject::read(kind, subject)?;
        if let Some(value) = &value {
            let most = if kind == PrivateKind::Draft { DRAFT_BYTES_MAX } else { PRIVATE_BYTES_MAX };
            if value.len() > most {
                let message = format!("a {} holds at most {most} bytes", kind.word());
                return Err(Refusal { about: Some("value"), ..Refusal::new(Code::TooLarge, message) });
            }
            serde_json::from_str::<serde::de::IgnoredAny>(value)
                .map_err(|_| Refusal::invalid("value", "the value is not JSON"))?;
            if value.contains('\0') {
                return Err(Refusal::invalid("value", "U+0000 cannot be stored"));
            }
        }
        Ok(Self { kind, subject, value })
    }
    /// The message that is kept, unless it is thrown away.
    fn saved(&self) -> Option<(ChannelId, u64, u64)> {
        match (self.kind, &self.subject, &self.value) {
            (PrivateKind::Saved, Subject::Place { channel, number: Some(number), reply }, Some(_)) => {
                Some(reply.map_or((*channel, 0, *number), |reply| (*channel, *number, reply)))
            }
            _ => None,
        }
    }
    fn key(&self, by: By) -> (crate::WorkspaceId, crate::AccountId, String, String) {
        (by.workspace, by.account, self.kind.word().to_owned(), self.subject.to_string())
    }
}

impl Command for Keep {
    fn name(&self) -> &'static str {
        if self.value.is_some() { "put" } else { "remove" }
    }
    /// Done twice is done once.
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<Private>(self.key(by));
        if let Subject::Place { channel, .. } = self.subject {
            needs_standing(by, channel, needs);
        }
        if let Some(key) = self.saved() {
            needs.row::<Message>(key);
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let member = member(by, world)?;
        // What was kept of a channel that is gone may still be thrown away.
        if let (Subject::Place { channel, .. }, Some(_)) = (&self.subject, &self.value) {
            standing(by, *channel, world)?;
        }
        if let Some(key) = self.saved() {
            let there = |message: &&Message| message.deleted_us.is_none() && message.extra().of.is_none();
            world.get::<Message>(&key).filter(there).ok_or_else(|| Refusal::not_found("message"))?;
        }
        let known = world.get::<Private>(&self.key(by));
        let mut changes = Changes::begin(world);
        if known.map_or(self.value.is_none(), |known| known.value == self.value) {
            // A version they hold already, or none where nothing was ever kept.
            return Ok(changes.answering(answer(known.map_or(0, |known| known.version))));
        }
        let version = member.private + 1;
        let (workspace, account, kind, subject) = self.key(by);
        changes.put(Member { private: version, ..member.clone() });
        changes.put(Private {
            workspace,
            account,
            kind,
            subject: subject.clone(),
            value: self.value.clone(),
            version,
            at_us: changes.stamp(),
        });
        let item = PrivateItem { kind: self.kind.word(), subject, value: self.value.clone(), version };
        changes.whisper(by.account, item);
        Ok(changes.answering(answer(version)))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.kind.word().as_bytes());
        field(into, self.subject.to_string().as_bytes());
        field(into, self.value.as_deref().unwrap_or_default().as_bytes());
    }
}
