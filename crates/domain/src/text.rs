//! Text people wrote: valid by construction, and whom it calls.

mod emoji;
mod name;

use crate::limits::{MENTIONS_MAX, MESSAGE_BYTES_MAX};
use crate::refusal::{Code, Refusal};
use crate::{AccountId, Mentions};

pub use emoji::Emoji;
pub use name::{Name, folded};

/// A message's text: not blank, at most 16 KiB, without U+0000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    pub fn new(text: impl Into<String>) -> Result<Self, Refusal> {
        let text = text.into();
        if text.len() > MESSAGE_BYTES_MAX {
            let message =
                format!("a message holds at most {MESSAGE_BYTES_MAX} bytes, this one has {}", text.len());
            return Err(Refusal { code: Code::TooLarge, message: message.into(), about: Some("text") });
        }
        without_nul("text", &text)?;
        if text.trim().is_empty() {
            return Err(Refusal::invalid("text", "a message needs something in it"));
        }
        Ok(Self(text))
    }
    /// For what comes as bytes: half a character or a lone surrogate is refused here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::new(text),
            Err(_) => Err(Refusal::invalid("text", "the text is not valid UTF-8")),
        }
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A line or two about something, or nothing at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(String);

impl Line {
    pub fn new(field: &'static str, text: &str, bytes_max: usize) -> Result<Self, Refusal> {
        let text = text.trim();
        without_nul(field, text)?;
        if text.len() > bytes_max || text.chars().any(|c| name::steers(c) && c != '\n') {
            let message = format!("at most {bytes_max} bytes, without control characters");
            return Err(Refusal::invalid(field, message));
        }
        Ok(Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A workspace's name in an address: letters, digits and dashes, and none of the words our own pages stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    pub const MAX: usize = 40;
    const OURS: [&'static str; 17] = [
        "about",
        "admin",
        "api",
        "assets",
        "docs",
        "health",
        "invitations",
        "join",
        "links",
        "metrics",
        "new",
        "session",
        "setup",
        "sign-in",
        "socket",
        "static",
        "workspaces",
    ];
    pub fn new(slug: &str) -> Result<Self, Refusal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let dashed = slug.starts_with('-') || slug.ends_with('-');
        if slug.is_empty() || slug.len() > Self::MAX || dashed || !slug.chars().all(plain) {
            let max = Self::MAX;
            let message =
                format!("an address has 1 to {max} small letters, digits and dashes, none at its ends");
            return Err(Refusal::invalid("slug", message));
        }
        if Self::OURS.contains(&slug) {
            return Err(Refusal::invalid("slug", "this address is one of our own pages; choose another"));
        }
        Ok(Self(slug.to_owned()))
    }
    /// What a name looks like in an address.
    pub fn of(name: &Name) -> Self {
        let lower = name.as_str().to_lowercase();
        let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug: String = words.collect::<Vec<_>>().join("-").chars().take(Self::MAX).collect();
        let slug = slug.trim_end_matches('-');
        Self::new(slug).unwrap_or_else(|_| Self(format!("team-{slug}").trim_end_matches('-').to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes as people copy them: two small digits each.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn without_nul(field: &'static str, text: &str) -> Result<(), Refusal> {
    match text.contains('\0') {
        true => Err(Refusal::invalid(field, "U+0000 cannot be stored")),
        false => Ok(()),
    }
}

/// `<@`, the 26 characters of an id, `>`.
const CALL_BYTES_MAX: usize = 29;

/// Whom a text calls: `<@U…>`, `<!channel>`, `<!here>`, outside of code.
pub fn mentions_in(text: &str) -> Result<Mentions, Refusal> {
    let mut mentions = Mentions::default();
    if !text.contains('<') {
        return Ok(mentions);
    }
    for spoken in Spoken::of(text) {
        for (at, _) in spoken.match_indices('<') {
            // What is longer calls nobody; looking further would cost the square of a text made of `<`.
            let near = spoken.as_bytes()[at..].iter().take(CALL_BYTES_MAX).position(|byte| *byte == b'>');
            let Some(end) = near else { continue };
            match &spoken[at + 1..at + end] {
                "!channel" => mentions.all = Some("channel".into()),
                "!here" if mentions.all.is_none() => mentions.all = Some("here".into()),
                called => note_person(called, &mut mentions),
            }
        }
    }
    if mentions.people.len() > MENTIONS_MAX {
        return Err(Refusal::invalid(
            "text",
            format!("a message calls at most {MENTIONS_MAX} people by name"),
        ));
    }
    Ok(mentions)
}

fn note_person(called: &str, mentions: &mut Mentions) {
    let Some(Ok(person)) = called.strip_prefix('@').map(str::parse::<AccountId>) else { return };
    if !mentions.people.contains(&person) {
        mentions.people.push(person);
    }
}

/// The parts of a Markdown text that are not code.
struct Spoken<'a> {
    rest: &'a str,
}

impl<'a> Spoken<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Spoken<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(open) = self.rest.find('`') else { return Some(std::mem::take(&mut self.rest)) };
        let (before, code) = self.rest.split_at(open);
        let ticks = code.len() - code.trim_start_matches('`').len();
        let inside = &code[ticks..];
        self.rest = match closing(inside, ticks) {
            Some(end) => &inside[end..],
            // A fence never closed makes the rest code; a lone tick is just a tick.
            None if ticks >= 3 => "",
            None => inside,
        };
        Some(before)
    }
}

/// Where the run of exactly `ticks` ticks that closes a span ends.
fn closing(inside: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = inside[at..].find('`') {
        let start = at + found;
        let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
        if run == ticks {
            return Some(start + run);
        }
        at = start + run;
    }
    None
}
