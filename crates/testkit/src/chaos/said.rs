//! What one person said: each thing under one key until it is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use store::clock::{SystemClock, new_key};
use tokio::time::Instant;

/// Not done for now: under the same key again.
const LATER: [&str; 4] = ["busy", "read_only", "slow_down", "failed"];
/// What was put off is asked for again no faster than one may ask.
const PUT_OFF: Duration = Duration::from_millis(1_500);

#[derive(Debug, Default)]
pub struct Said {
    /// By so-manieth: the number it was acknowledged under.
    pub acked: Vec<Option<u64>>,
    /// By so-manieth: the key of what has no answer.
    open: BTreeMap<usize, String>,
    /// Put off once, or open as a line broke where it may have been put off unheard: perhaps behind what was said after it.
    pub late: BTreeSet<usize>,
    /// Put off and not asked for again yet; all are at once.
    put_off: BTreeSet<usize>,
    again_at: Option<Instant>,
    /// Due while too much was open.
    pub held_back: usize,
    pub refused: usize,
}

impl Said {
    /// One more, under a key of its own.
    pub fn begins(&mut self) -> usize {
        let number = self.acked.len();
        self.acked.push(None);
        self.open.insert(number, new_key(&SystemClock).to_string());
        number
    }

    pub fn key(&self, number: usize) -> Option<&str> {
        self.open.get(&number).map(String::as_str)
    }
    pub fn keys(&self) -> Vec<&str> {
        self.open.values().map(String::as_str).collect()
    }
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Everything that is open, in order: asked for on a new line.
    pub fn all_again(&mut self) -> Vec<usize> {
        self.put_off.clear();
        self.late.extend(self.open.keys());
        self.open.keys().copied().collect()
    }

    /// What was put off long enough ago.
    pub fn put_off_again(&mut self) -> BTreeSet<usize> {
        match self.again_at.is_some_and(|at| at <= Instant::now()) {
            true => std::mem::take(&mut self.put_off),
            false => BTreeSet::new(),
        }
    }

    pub fn stands(&mut self, number: usize, answer: &Value) {
        self.open.remove(&number);
        self.put_off.remove(&number);
        self.acked[number] = answer["number"].as_u64();
    }

    pub fn answered(&mut self, answer: &Value) {
        if let Some(number) = self.number_under(answer) {
            self.stands(number, answer);
        }
    }

    /// Put off, or wrong: nothing here may be refused.
    pub fn refused(&mut self, answer: &Value) {
        let Some(number) = self.number_under(answer) else { return };
        if !answer["code"].as_str().is_some_and(|code| LATER.contains(&code)) {
            self.open.remove(&number);
            self.refused += 1;
            return;
        }
        if self.put_off.is_empty() {
            self.again_at = Some(Instant::now() + PUT_OFF);
        }
        self.put_off.insert(number);
        self.late.insert(number);
    }

    /// Which of what is open an answer is about.
    fn number_under(&self, answer: &Value) -> Option<usize> {
        let key = answer["key"].as_str()?;
        self.open.iter().find(|(_, known)| *known == key).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_have_been_put_off_is_late_and_nothing_else() {
        let mut said = Said::default();
        let keys: Vec<String> = (0..4)
            .map(|_| {
                let number = said.begins();
                said.key(number).expect("open").to_owned()
            })
            .collect();
        said.answered(&json!({ "key": keys[0], "number": 7 }));
        said.refused(&json!({ "key": keys[2], "code": "busy" }));
        assert_eq!((said.acked[0], &said.late), (Some(7), &BTreeSet::from([2])));
        said.answered(&json!({ "key": keys[1], "number": 8 }));
        assert_eq!(said.all_again(), [2, 3], "the line broke");
        assert_eq!((said.late, said.refused), (BTreeSet::from([2, 3]), 0));
    }
}
