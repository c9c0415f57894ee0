//! `rookery check`.

use serde_json::Value;

use crate::args::Place;
use crate::commands::{ask::ask, config::load};
use crate::control::Ask;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(place: &Place, output: &Output) -> Result<(), Failure> {
    let config = load(place)?.config;
    let answer = ask(&config, Ask::Check {}, output)?;
    tell(&answer, || "the store is consistent".to_owned(), output)
}

/// What was found, each by the name of the rule it breaks; a sound one in the words given.
pub fn tell(answer: &Value, sound: impl FnOnce() -> String, output: &Output) -> Result<(), Failure> {
    let findings = answer["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let words = || {
        if findings.is_empty() {
            return sound();
        }
        let line = |finding: &Value| {
            let part = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", part("name"), part("what"))
        };
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    output.done(words, || answer.clone());
    if findings.is_empty() { Ok(()) } else { Err(Failure::Told) }
}
