//! What happened in a storm, and what it did to people.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::ledger::{Ledger, Told, Wrongs};
use crate::process::Said;

#[derive(Debug, Clone)]
pub struct Tally {
    pub servers_killed: usize,
    pub primaries_killed: usize,
    pub promoted: usize,
    pub rejoined: usize,
    pub tried: usize,
    pub acknowledged: usize,
    /// Told to ask again: not done, or not known. Last words of the dead are not counted.
    pub put_off: usize,
    pub refused: usize,
    /// Nobody was acknowledged anything for this long.
    pub gap_max: Duration,
    pub wrongs: Wrongs,
    last: Instant,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            servers_killed: 0,
            primaries_killed: 0,
            promoted: 0,
            rejoined: 0,
            tried: 0,
            acknowledged: 0,
            put_off: 0,
            refused: 0,
            gap_max: Duration::ZERO,
            wrongs: Wrongs::default(),
            last: Instant::now(),
        }
    }
}

impl Tally {
    pub(super) fn hears(&mut self, said: &Said) {
        match said {
            Said::Tried { .. } => self.tried += 1,
            Said::Acknowledged { .. } => {
                self.acknowledged += 1;
                self.gap_max = self.gap_max.max(self.last.elapsed());
                self.last = Instant::now();
            }
            Said::Refused { .. } => self.refused += 1,
            Said::Later { .. } => self.put_off += 1,
        }
    }

    /// What a dead server said last, and what was asked once more at the end, only the ledger knows.
    pub(super) fn settles(&mut self, ledger: &Ledger, wrongs: Wrongs) {
        let told = ledger.told_of_each();
        self.tried = told.len();
        self.acknowledged = told.iter().filter(|told| matches!(told, Told::Sent(_))).count();
        self.refused = told.iter().filter(|told| **told == Told::Refused).count();
        self.wrongs = wrongs;
    }

    /// Nothing is lost, doubled, reordered or missing, and nothing was refused for good.
    pub fn is_right(&self) -> bool {
        self.wrongs == Wrongs::default() && self.refused == 0 && self.acknowledged > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wrongs { lost, doubled, reordered, holes } = self.wrongs;
        writeln!(
            f,
            "  kills: {} of servers, {} of the primary; {} promoted, {} rejoined",
            self.servers_killed, self.primaries_killed, self.promoted, self.rejoined
        )?;
        writeln!(
            f,
            "  commands: {} tried, {} acknowledged, {} put off, {} refused; longest gap {} ms",
            self.tried,
            self.acknowledged,
            self.put_off,
            self.refused,
            self.gap_max.as_millis()
        )?;
        write!(f, "  {lost} lost, {doubled} doubled, {reordered} reordered, {holes} holes")
    }
}

#[cfg(test)]
mod tests {
    use domain::Key;

    use super::*;
    use crate::bus::{channel, workspace};

    #[test]
    fn what_the_dead_said_last_counts() {
        let (mut tally, ledger) = (Tally::default(), Ledger::default());
        for text in ["heard", "last words"] {
            ledger.tries(text, Key::default(), workspace(1), channel(1));
            ledger.told(text, Told::Sent(1));
        }
        tally.hears(&Said::Acknowledged { text: "last words".into(), number: 1 });
        tally.settles(&ledger, Wrongs::default());
        assert_eq!((tally.tried, tally.acknowledged, tally.refused), (2, 2, 0));
    }
}
