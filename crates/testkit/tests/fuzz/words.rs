//! What people write, and whom it calls.

use domain::limits::{EMOJI_BYTES_MAX, MENTIONS_MAX, MESSAGE_BYTES_MAX, NAME_BYTES_MAX};
use domain::text::{Emoji, Line, MessageText, Name, Slug, mentions_in};
use proptest::prelude::*;

use crate::cases;
use crate::nonsense::{line, markdown};

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_message_that_is_taken_can_be_stored_and_found_as_it_was_written(text in markdown()) {
        if let Ok(taken) = MessageText::new(text.clone()) {
            prop_assert_eq!(taken.as_str(), &text);
            prop_assert!(text.len() <= MESSAGE_BYTES_MAX && !text.contains('\0') && !text.trim().is_empty());
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_no_message(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let taken = MessageText::from_bytes(&bytes).is_ok();
        prop_assert!(!taken || std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn whom_a_text_calls_stands_in_it(text in markdown()) {
        let Ok(called) = mentions_in(&text) else { return Ok(()) };
        prop_assert!(called.people.len() <= MENTIONS_MAX);
        for person in &called.people {
            let written = format!("<@{person}>");
            prop_assert!(text.contains(&written), "{} is not in it", person);
        }
        if let Some(all) = &called.all {
            let written = format!("<!{all}>");
            prop_assert!(text.contains(&written));
        }
        let mut once = called.people.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), called.people.len());
    }

    #[test]
    fn nobody_is_called_from_within_code(text in markdown()) {
        let inside = text.replace('`', "'");
        let called = mentions_in(&format!("```\n{inside}\n```")).expect("code calls nobody");
        prop_assert!(called.people.is_empty() && called.all.is_none());
    }

    #[test]
    fn names_lines_addresses_and_emoji_keep_their_bounds(text in line()) {
        if let Ok(name) = Name::new(&text) {
            prop_assert!((1..=NAME_BYTES_MAX).contains(&name.as_str().len()));
            let slug = Slug::of(&name);
            prop_assert!(Slug::new(slug.as_str()).is_ok(), "{} makes {}", text, slug.as_str());
        }
        if let Ok(line) = Line::new("topic", &text, 250) {
            prop_assert!(line.as_str().len() <= 250 && !line.as_str().contains('\0'));
        }
        if let Ok(emoji) = Emoji::new(&text) {
            prop_assert!(emoji.as_str().len() <= EMOJI_BYTES_MAX);
        }
    }
}
