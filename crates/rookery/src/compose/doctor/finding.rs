//! One thing that was looked at: how it is, and what to do where it is not well.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Well,
    /// It works, and something will not go as one expects.
    Doubtful,
    /// Something people rely on does not hold.
    Wrong,
    /// It could not be asked.
    Away,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Well => "well",
            State::Doubtful => "doubtful",
            State::Wrong => "wrong",
            State::Away => "away",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    pub state: State,
    pub what: String,
    /// Nothing where it is well.
    pub advice: String,
}

impl Finding {
    pub fn well(name: &'static str, what: impl Into<String>) -> Finding {
        Finding { name, state: State::Well, what: what.into(), advice: String::new() }
    }
    pub fn doubtful(name: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { name, state: State::Doubtful, what: what.into(), advice: advice.into() }
    }
    pub fn wrong(name: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { name, state: State::Wrong, what: what.into(), advice: advice.into() }
    }
    pub fn away(name: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { name, state: State::Away, what: what.into(), advice: advice.into() }
    }

    pub fn shown(&self) -> String {
        let Finding { name, state, what, advice } = self;
        let line = format!("{:<9} {name}: {what}", state.word());
        if advice.is_empty() { line } else { format!("{line}\n{:<9} -> {advice}", "") }
    }

    pub fn json(&self) -> Value {
        let mut shown = json!({ "name": self.name, "state": self.state.word(), "what": self.what });
        if !self.advice.is_empty() {
            shown["do"] = Value::from(self.advice.as_str());
        }
        shown
    }
}
