//! What happened in a storm, and what it did to people.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::ledger::Wrongs;
use crate::process::Said;

#[derive(Debug, Clone)]
pub struct Tally {
    pub servers_killed: usize,
    pub primaries_killed: usize,
    pub promoted: usize,
    pub rejoined: usize,
    pub tried: usize,
    pub acknowledged: usize,
    /// Told to ask again: not done, or not known.
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
