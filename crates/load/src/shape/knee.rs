//! The most a shape holds: more and more is asked for until a bound breaks, then what lies between is halved.

use std::io;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::{Asked, Outcome, run};

const GROWS: f64 = 1.5;
/// Above this nobody asks one machine.
const MOST: f64 = 5_000_000.0;
/// Between what was held and what was not.
const HALVINGS: usize = 3;

#[derive(Debug, Clone, Copy)]
pub struct Climb {
    /// The first step, a second; more than nothing.
    pub from: f64,
    /// How long each is held.
    pub step_s: f64,
}

/// One of the rates that were tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub per_second: f64,
    pub kept: bool,
    pub p95_ms: f64,
}

#[derive(Debug, Clone)]
pub struct Knee {
    /// Nothing where not even the first was.
    pub held: Option<f64>,
    /// The run that broke; where none did, the last.
    pub outcome: Outcome,
    /// Whether nothing was ever lost or wrong.
    pub is_correct: bool,
}

/// `tell` hears of every step.
pub fn find(
    asked: &Asked,
    party: &impl Fn() -> Command,
    climb: Climb,
    mut tell: impl FnMut(&Step),
) -> io::Result<Knee> {
    let mut steps = Vec::new();
    let mut knee = seek(climb.from, |rate| {
        let ramp = climb.step_s / 4.0;
        let stages = format!("{ramp:.1}s→{rate:.1}, {:.1}s hold", climb.step_s);
        let outcome = run(&Asked { stages, warm_up_s: ramp, ..asked.clone() }, party)?;
        let p95_ms = outcome.told.as_ref().map_or(0.0, |told| told.each.p95.as_secs_f64() * 1e3);
        let step = Step { per_second: rate, kept: outcome.is_kept(), p95_ms };
        tell(&step);
        steps.push(step);
        Ok(outcome)
    })?;
    knee.outcome.steps = steps;
    knee.outcome.knee = knee.held;
    Ok(knee)
}

fn seek(from: f64, mut runs: impl FnMut(f64) -> io::Result<Outcome>) -> io::Result<Knee> {
    let (mut held, mut rate) = (None, from);
    let mut is_correct = true;
    let mut tries = |rate| -> io::Result<Outcome> {
        let outcome = runs(rate)?;
        is_correct &= outcome.is_correct();
        Ok(outcome)
    };
    let mut outcome = loop {
        let outcome = tries(rate)?;
        if !outcome.is_kept() || rate * GROWS > MOST {
            break outcome;
        }
        held = Some(rate);
        rate *= GROWS;
    };
    let mut broke = rate;
    if let Some(mut kept) = held.filter(|_| !outcome.is_kept()) {
        for _ in 0..HALVINGS {
            let between = f64::midpoint(kept, broke);
            let tried = tries(between)?;
            if tried.is_kept() {
                kept = between;
            } else {
                (broke, outcome) = (between, tried);
            }
        }
        held = Some(kept);
    }
    Ok(Knee { held: if outcome.is_kept() { Some(broke) } else { held }, outcome, is_correct })
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Verdict;
    use super::*;

    fn holds(most: f64, tried: &mut Vec<f64>) -> Option<f64> {
        let knee = seek(100.0, |rate| {
            tried.push(rate);
            Ok(Outcome { verdicts: vec![Verdict::at_most("rate", rate, most)], ..Outcome::default() })
        });
        knee.expect("nothing fails").held
    }

    #[test]
    fn what_lies_between_the_last_that_held_and_the_first_that_did_not_is_halved() {
        let mut tried = Vec::new();
        let held = holds(400.0, &mut tried).expect("something held");
        assert!((375.0..=400.0).contains(&held), "{held}");
        assert_eq!(tried.len(), 5 + HALVINGS, "{tried:?}");
    }

    #[test]
    fn where_not_even_the_first_step_holds_nothing_does_and_where_all_do_there_is_an_end() {
        assert_eq!(holds(50.0, &mut Vec::new()), None);
        let mut tried = Vec::new();
        assert!(holds(f64::MAX, &mut tried).is_some_and(|held| held > MOST / GROWS));
        assert!(tried.len() < 40);
    }
}
