//! Ids, keys and times out of a path, a header or a query.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

use domain::{AccountId, ChannelId, FileId, Key, WorkspaceId};
use proptest::prelude::*;

use crate::cases;
use crate::nonsense::{line, near_id};

/// What reads as an id shows as it was written: no two texts name the same thing.
fn reads_back<T: FromStr + Display>(text: &str) -> Result<(), TestCaseError>
where
    T::Err: Debug,
{
    if let Ok(id) = text.parse::<T>() {
        prop_assert_eq!(id.to_string(), text);
    }
    Ok(())
}

fn all_read_back(text: &str) -> Result<(), TestCaseError> {
    reads_back::<AccountId>(text)?;
    reads_back::<ChannelId>(text)?;
    reads_back::<FileId>(text)?;
    reads_back::<Key>(text)?;
    reads_back::<WorkspaceId>(text)
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn an_id_is_one_text_or_none(text in prop_oneof![line(), near_id()]) {
        all_read_back(&text)?;
    }

    #[test]
    fn every_key_reads_back_and_names_the_same_thing(bytes in any::<[u8; 16]>()) {
        let key = Key(bytes);
        prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        let account = AccountId::new(key);
        prop_assert_eq!(account.to_string().parse::<AccountId>(), Ok(account));
        prop_assert!(account.to_string().parse::<ChannelId>().is_err(), "a person is no channel");
    }

    #[test]
    fn every_time_is_shown_in_the_one_form(micros in 0..253_402_300_800_000_000_u64) {
        let shown = protocol::time::rfc3339(UNIX_EPOCH + Duration::from_micros(micros));
        prop_assert_eq!(shown.len(), "2026-11-21T13:30:00.123Z".len());
        let later = protocol::time::rfc3339(UNIX_EPOCH + Duration::from_micros(micros + 1_000));
        prop_assert!(later > shown, "{} comes after {}", later, shown);
    }
}
