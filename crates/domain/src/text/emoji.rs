//! What people react with.

use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::{EmojiStatus, is_regional_indicator, is_zwj};

use crate::limits::EMOJI_BYTES_MAX;
use crate::refusal::Refusal;

/// One emoji of Unicode, put together of however many characters, or `:name:` for a workspace's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji(String);

impl Emoji {
    pub fn new(emoji: &str) -> Result<Self, Refusal> {
        if emoji.len() <= EMOJI_BYTES_MAX && (is_own(emoji) || is_one(emoji)) {
            return Ok(Self(emoji.to_owned()));
        }
        Err(Refusal::invalid("emoji", "an emoji is one character, or :name: for the workspace's own"))
    }
    /// What was taken for one once, so that it can be taken back.
    pub fn of_old(emoji: &str) -> Result<Self, Refusal> {
        match emoji.is_empty() || emoji.len() > EMOJI_BYTES_MAX || emoji.contains('\0') {
            true => Self::new(emoji),
            false => Ok(Self(emoji.to_owned())),
        }
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_own(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(&byte);
    let name = text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(plain))
}

/// The grammar of UTS #51: signs, each perhaps with a skin, joined to one.
fn is_one(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let mut rest = &signs[..];
    loop {
        let Some(after) = element(rest) else { return false };
        match after {
            [] => return true,
            [joiner, more @ ..] if is_zwj(*joiner) => rest = more,
            _ => return false,
        }
    }
}

const SHOWN_AS_EMOJI: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const TAGS_END: char = '\u{E007F}';

/// What follows the first element; none where there is none.
fn element(signs: &[char]) -> Option<&[char]> {
    let (first, rest) = signs.split_first()?;
    if is_regional_indicator(*first) {
        let (second, rest) = rest.split_first()?;
        return is_regional_indicator(*second).then_some(rest);
    }
    if matches!(first, '0'..='9' | '#' | '*') {
        let rest = rest.strip_prefix(&[SHOWN_AS_EMOJI]).unwrap_or(rest);
        return rest.strip_prefix(&[KEYCAP]);
    }
    if !first.is_emoji_char() {
        return None;
    }
    let rest = match rest {
        [SHOWN_AS_EMOJI, rest @ ..] => rest,
        [skin, rest @ ..] if is_skin(*skin) => rest,
        _ => rest,
    };
    without_tags(rest)
}

fn is_skin(c: char) -> bool {
    c.emoji_status() == EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
}

/// Tags name the flag of a region, and end; none where they do not.
fn without_tags(signs: &[char]) -> Option<&[char]> {
    let tags = signs.iter().take_while(|sign| matches!(sign, '\u{E0020}'..='\u{E007E}')).count();
    if tags == 0 {
        return Some(signs);
    }
    signs[tags..].strip_prefix(&[TAGS_END])
}
