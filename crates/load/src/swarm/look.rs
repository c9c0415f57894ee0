//! Faces on screens: some look at others, and those turn from here to away and back.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Swarm;
use super::wire::{TEXT, masked};

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Lookers {
    /// The first so many sockets look.
    pub lookers: usize,
    /// At so many people each.
    pub people: usize,
    /// Of all others, so many a second go away or come back.
    pub turns_per_second: f64,
    pub seconds: f64,
}

impl Swarm {
    /// Gives how many frames of changed faces came.
    pub fn look(&mut self, asked: Lookers) -> io::Result<u64> {
        let others = self.people.len() - asked.lookers;
        for looker in 0..asked.lookers {
            // Spread, so that everyone is on somebody's screen.
            let seen = (0..asked.people).map(|nth| asked.lookers + (looker * asked.people + nth) % others);
            let names: Vec<String> = seen.map(|at| format!("\"{}\"", self.people[at].account)).collect();
            self.say_look(looker, &names.join(","), false);
        }
        let before = self.happened;
        let (began, mut turned) = (Instant::now(), 0_usize);
        while began.elapsed().as_secs_f64() < asked.seconds {
            while (turned as f64) < began.elapsed().as_secs_f64() * asked.turns_per_second {
                // One of them twice in a row: away, and back again.
                self.say_look(asked.lookers + turned / 2 % others, "", turned % 2 == 0);
                turned += 1;
            }
            self.turn(Duration::from_millis(10))?;
        }
        // Everyone who says what they look at is first shown that.
        let answers = asked.lookers + turned;
        Ok((self.happened.faces - before.faces).saturating_sub(answers as u64))
    }

    fn say_look(&mut self, at: usize, people: &str, idle: bool) {
        let frame = format!(r#"{{"look":{{"channels":[],"people":[{people}],"idle":{idle}}}}}"#);
        let mut bytes = Vec::with_capacity(frame.len() + 16);
        masked(TEXT, frame.as_bytes(), &mut bytes);
        if self.sockets[at].say(&bytes).is_err() {
            self.lose(at);
        }
    }
}
