//! What became of every request: the gate before any figure.

use std::fmt;

/// Counted while a load runs (the first four) and by the check of what was stored after it (the rest).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counters {
    pub sent: u64,
    pub acknowledged: u64,
    pub refused: u64,
    /// Without an answer that says either: the outcome is in the store alone.
    pub unknown: u64,
    /// Acknowledged and not there.
    pub lost: u64,
    /// There more often than asked for.
    pub doubled: u64,
    /// Begun after another was acknowledged, and placed before it.
    pub reordered: u64,
    /// Numbers missing from what must be dense.
    pub holes: u64,
    /// There, but not as it was sent.
    pub torn: u64,
    /// Heard by somebody it was not for.
    pub leaked: u64,
}

impl Counters {
    pub fn merge(&mut self, other: &Counters) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.holes += other.holes;
        self.torn += other.torn;
        self.leaked += other.leaked;
    }

    /// Whoever prints a figure asks this first. A request nobody accounts for is as wrong as a lost one.
    pub fn verdict(&self) -> Result<(), Wrong> {
        let answered = self.acknowledged + self.refused + self.unknown;
        let wrong = self.lost + self.doubled + self.reordered + self.holes + self.torn + self.leaked;
        if wrong == 0 && answered == self.sent { Ok(()) } else { Err(Wrong { counters: *self }) }
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, acknowledged, refused, unknown, lost, doubled, reordered, holes, torn, leaked } =
            self;
        write!(out, "sent {sent} acknowledged {acknowledged} refused {refused} unknown {unknown} ")?;
        write!(
            out,
            "lost {lost} doubled {doubled} reordered {reordered} holes {holes} torn {torn} leaked {leaked}"
        )
    }
}

/// The run proves nothing but its own failure: no figure may be printed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub counters: Counters,
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the run is not correct, so it has no figure: {}", self.counters)
    }
}

impl std::error::Error for Wrong {}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Counters {
        Counters { sent: 10, acknowledged: 7, refused: 2, unknown: 1, ..Counters::default() }
    }

    #[test]
    fn a_run_in_which_every_request_is_accounted_for_is_right() {
        assert_eq!(right().verdict(), Ok(()));
    }

    #[test]
    fn anything_lost_doubled_reordered_missing_torn_or_leaked_fails_the_run() {
        let wrongs = [
            Counters { lost: 1, ..right() },
            Counters { doubled: 1, ..right() },
            Counters { reordered: 1, ..right() },
            Counters { holes: 1, ..right() },
            Counters { torn: 1, ..right() },
            Counters { leaked: 1, ..right() },
        ];
        for counters in wrongs {
            assert_eq!(counters.verdict(), Err(Wrong { counters }));
        }
    }

    #[test]
    fn a_request_nobody_accounts_for_fails_the_run() {
        assert!(Counters { sent: 11, ..right() }.verdict().is_err());
    }

    #[test]
    fn the_counters_of_workers_add_up() {
        let mut sum = right();
        sum.merge(&Counters { sent: 1, lost: 1, acknowledged: 1, ..Counters::default() });
        assert_eq!(
            sum,
            Counters { sent: 11, acknowledged: 8, refused: 2, unknown: 1, lost: 1, ..Counters::default() }
        );
    }

    #[test]
    fn the_failure_names_every_counter() {
        let wrong = Wrong { counters: Counters { lost: 3, ..right() } };
        assert_eq!(
            wrong.to_string(),
            "the run is not correct, so it has no figure: sent 10 acknowledged 7 refused 2 unknown 1 \
             lost 3 doubled 0 reordered 0 holes 0 torn 0 leaked 0"
        );
    }
}
