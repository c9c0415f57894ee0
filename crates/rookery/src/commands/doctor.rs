//! `rookery doctor`: every finding, what to do about it, and an exit code that says the worst.

use serde_json::{Value, json};

use crate::args::Place;
use crate::commands::config::load;
use crate::compose::{Finding, State, examine};
use crate::config::kinds::LogFormat;
use crate::exit::Failure;
use crate::output::Output;
use crate::telemetry;

pub fn run(place: &Place, output: &Output) -> Result<(), Failure> {
    let loaded = load(place)?;
    telemetry::log(LogFormat::Text, "error")?;
    let findings = telemetry::runtime()?.block_on(examine(&loaded));
    output.done(|| words(&findings), || shown(&findings));
    ended(&findings)
}

fn words(findings: &[Finding]) -> String {
    let lines = findings.iter().map(Finding::shown).collect::<Vec<_>>().join("\n");
    let ill = findings.iter().filter(|finding| finding.state != State::Well).count();
    match ill {
        0 => format!("{lines}\nall is well"),
        1 => format!("{lines}\none thing to look after"),
        more => format!("{lines}\n{more} things to look after"),
    }
}

fn shown(findings: &[Finding]) -> Value {
    json!({ "ok": ended(findings).is_ok(), "findings": findings.iter().map(Finding::json).collect::<Vec<_>>() })
}

/// What could not be reached first: nobody knows what else is the matter there.
fn ended(findings: &[Finding]) -> Result<(), Failure> {
    let any = |state| findings.iter().any(|finding| finding.state == state);
    if any(State::Away) {
        Err(Failure::ToldAway)
    } else if any(State::Wrong) {
        Err(Failure::Told)
    } else {
        Ok(())
    }
}
