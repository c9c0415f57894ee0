//! Names people see and tell apart by looking at them.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};

use crate::limits::NAME_BYTES_MAX;
use crate::refusal::Refusal;

/// One line, not empty, bounded, in Unicode's composed form, with single blanks between its words, and with nothing in it
/// that is not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    pub fn new(name: &str) -> Result<Self, Refusal> {
        if name.chars().any(char::is_control) || is_unseen(name) {
            let message = "a name stands on one line and has nothing in it that is not seen";
            return Err(Refusal::invalid("name", message));
        }
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect::<String>();
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Err(Refusal::invalid(
                "name",
                format!("a name has 1 to {NAME_BYTES_MAX} bytes on one line"),
            ));
        }
        Ok(Self(name))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// A name or the beginning of one, as names are compared: however wide, ligated or composed its letters are written;
/// where it ends in a space, a word is over.
pub fn folded(name: &str) -> String {
    let plain: String = name.nfkc().filter(|c| !is_joiner(*c) && !is_selector(*c)).collect();
    let mut folded =
        plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().nfkc().collect::<String>();
    if !folded.is_empty() && plain.ends_with(char::is_whitespace) {
        folded.push(' ');
    }
    folded
}

/// Turns the direction of what follows, or is there without being seen, and has no place in one line about something.
pub(super) fn steers(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, Unassigned};
    let category = c.general_category();
    matches!(category, Control | Format | LineSeparator | ParagraphSeparator | Unassigned)
        && !is_joiner(c)
        && !unicode_properties::emoji::is_tag_character(c)
}

/// Whether a name holds what nobody sees: two names that look alike would be two.
fn is_unseen(name: &str) -> bool {
    let mut before: Option<char> = None;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let allowed = match c {
            // Some scripts are written with joiners, and emoji are put together by them: between two signs of those alone.
            _ if is_joiner(c) => {
                [before, rest.peek().copied()].iter().all(|beside| beside.is_some_and(joins))
            }
            // It makes an emoji of the sign before it.
            '\u{FE0F}' => before.is_some_and(|sign| !sign.is_ascii() && sign.is_emoji_char()),
            _ => !steers(c) && !is_blank_sign(c) && !unicode_properties::emoji::is_tag_character(c),
        };
        if !allowed {
            return true;
        }
        before = Some(c);
    }
    false
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}')
}

/// Letters of scripts that are joined, their marks, and emoji; never what Latin is written with.
fn joins(c: char) -> bool {
    c > '\u{02FF}' && !c.is_whitespace() && !is_joiner(c)
}

/// Letters, marks and symbols by their category, and blank all the same; and selectors of a form nothing has.
fn is_blank_sign(c: char) -> bool {
    matches!(
        c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180D}' | '\u{180F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0E}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'
    ) || matches!(c.general_category(), GeneralCategory::PrivateUse)
}
