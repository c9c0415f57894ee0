//! What the callers were told, kept beside the store to hold against it afterwards.

use std::sync::atomic::{AtomicU64, Ordering};

use load::counters::Counters;

/// Each text begins with the number of its request, so that a row can be held against it.
pub const REQUEST_DIGITS: usize = 16;

/// One journal and its channels. Plain sums: two callers never wait for each other here.
#[derive(Debug, Default)]
pub struct Ledger {
    newest: AtomicU64,
    reordered: AtomicU64,
    pub channels: Vec<Channel>,
}

#[derive(Debug, Default)]
pub struct Channel {
    acknowledged: AtomicU64,
    unknown: AtomicU64,
    numbers: AtomicU64,
    requests: AtomicU64,
}

/// What the caller saw before it asked: whatever is acknowledged after must stand behind it.
#[derive(Clone, Copy, Debug)]
pub struct Before(u64);

impl Ledger {
    pub fn with_channels(channels: usize) -> Self {
        let channels = (0..channels).map(|_| Channel::default()).collect();
        Self { channels, ..Self::default() }
    }

    pub fn before(&self) -> Before {
        Before(self.newest.load(Ordering::Acquire))
    }

    pub fn acknowledged(&self, before: Before, channel: usize, request: u64, number: u64, position: u64) {
        if position <= before.0 {
            self.reordered.fetch_add(1, Ordering::Relaxed);
        }
        self.newest.fetch_max(position, Ordering::AcqRel);
        let channel = &self.channels[channel];
        channel.acknowledged.fetch_add(1, Ordering::Relaxed);
        channel.numbers.fetch_add(number, Ordering::Relaxed);
        channel.requests.fetch_add(request, Ordering::Relaxed);
    }

    pub fn unknown(&self, channel: usize) {
        self.channels[channel].unknown.fetch_add(1, Ordering::Relaxed);
    }

    /// Holds the database against what was said.
    pub fn judge(&self, journal: &StoredJournal, channels: &[StoredChannel]) -> Counters {
        let mut counters =
            Counters { reordered: self.reordered.load(Ordering::Relaxed), ..Counters::default() };
        counters.holes =
            journal.head.saturating_sub(journal.events) + u64::from(journal.last != journal.head);
        counters.lost = u64::from(self.newest.load(Ordering::Acquire) > journal.head);
        for (told, stored) in self.channels.iter().zip(channels) {
            counters.merge(&told.judge(stored));
        }
        counters
    }
}

impl Channel {
    fn judge(&self, stored: &StoredChannel) -> Counters {
        let told = self.acknowledged.load(Ordering::Relaxed);
        let unknown = self.unknown.load(Ordering::Relaxed);
        let sums = (self.numbers.load(Ordering::Relaxed), self.requests.load(Ordering::Relaxed));
        // Each acknowledged number is one row and holds the text that was sent for it; an unknown outcome blurs the sums.
        let mixed_up = unknown == 0 && stored.messages == told && sums != (stored.numbers, stored.requests);
        Counters {
            lost: told.saturating_sub(stored.messages),
            doubled: stored.messages.saturating_sub(told + unknown),
            holes: stored.last.saturating_sub(stored.messages),
            torn: stored.torn + u64::from(mixed_up),
            ..Counters::default()
        }
    }
}

/// A journal as the database holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredJournal {
    pub head: u64,
    pub events: u64,
    pub last: u64,
}

/// A timeline as the database holds it: sums of the numbers and of the requests named in the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredChannel {
    pub messages: u64,
    pub last: u64,
    pub numbers: u64,
    pub requests: u64,
    pub torn: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three requests, 10 to 12, got the numbers 1 to 3 at the positions 5 to 7.
    fn told() -> Ledger {
        let ledger = Ledger::with_channels(1);
        for (request, number, position) in [(10, 1, 5), (11, 2, 6), (12, 3, 7)] {
            ledger.acknowledged(ledger.before(), 0, request, number, position);
        }
        ledger
    }

    const JOURNAL: StoredJournal = StoredJournal { head: 7, events: 7, last: 7 };
    const CHANNEL: StoredChannel = StoredChannel { messages: 3, last: 3, numbers: 6, requests: 33, torn: 0 };

    fn check(journal: StoredJournal, channel: StoredChannel, expected: Counters) {
        assert_eq!(told().judge(&journal, &[channel]), expected);
    }

    #[test]
    fn a_store_that_holds_what_it_said_is_right() {
        check(JOURNAL, CHANNEL, Counters::default());
    }

    #[test]
    fn an_acknowledged_message_that_is_gone_is_lost() {
        let channel = StoredChannel { messages: 2, last: 2, numbers: 3, requests: 21, torn: 0 };
        check(JOURNAL, channel, Counters { lost: 1, ..Counters::default() });
        let journal = StoredJournal { head: 6, events: 6, last: 6 };
        check(journal, CHANNEL, Counters { lost: 1, ..Counters::default() });
    }

    #[test]
    fn a_message_nobody_was_told_of_is_doubled() {
        let channel = StoredChannel { messages: 4, last: 4, numbers: 10, requests: 45, torn: 0 };
        check(JOURNAL, channel, Counters { doubled: 1, ..Counters::default() });
    }

    #[test]
    fn missing_numbers_and_positions_are_holes() {
        check(JOURNAL, StoredChannel { last: 4, ..CHANNEL }, Counters { holes: 1, ..Counters::default() });
        check(StoredJournal { events: 6, ..JOURNAL }, CHANNEL, Counters { holes: 1, ..Counters::default() });
        check(StoredJournal { last: 6, ..JOURNAL }, CHANNEL, Counters { holes: 1, ..Counters::default() });
    }

    #[test]
    fn a_number_that_holds_another_text_is_torn() {
        check(
            JOURNAL,
            StoredChannel { requests: 34, ..CHANNEL },
            Counters { torn: 1, ..Counters::default() },
        );
        check(JOURNAL, StoredChannel { torn: 2, ..CHANNEL }, Counters { torn: 2, ..Counters::default() });
    }

    #[test]
    fn an_unknown_outcome_may_or_may_not_be_there() {
        let ledger = told();
        ledger.unknown(0);
        let there = StoredChannel { messages: 4, last: 4, numbers: 10, requests: 46, torn: 0 };
        for channel in [CHANNEL, there] {
            assert_eq!(ledger.judge(&JOURNAL, &[channel]), Counters::default());
        }
    }

    #[test]
    fn what_was_asked_after_an_acknowledgement_stands_behind_it() {
        let ledger = told();
        let before = ledger.before();
        ledger.acknowledged(before, 0, 13, 4, 7);
        assert_eq!(ledger.judge(&JOURNAL, &[CHANNEL]).reordered, 1);
    }
}
