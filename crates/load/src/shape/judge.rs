//! What a run was held against.

use super::verdict::{Thresholds, Verdict};
use super::{Asked, Outcome, Shape};
use crate::counters::Counters;
use crate::latency::{Percentiles, milliseconds};
use crate::swarm::TeamTold;

/// What no bound on the command line excuses.
const WRONG: &str = "lost, doubled, out of order, torn or leaked";

/// Of those who came, and of what was said and heard.
pub fn all(asked: &Asked, outcome: &Outcome) -> Vec<Verdict> {
    let bounds = &asked.thresholds;
    let mut verdicts = Vec::new();
    if let Some(arrived) = outcome.arrived.last() {
        let away = share(asked.people.saturating_sub(arrived.level), asked.people);
        verdicts.push(Verdict::at_most("people who could not come in, share", away, bounds.errors_share));
        if matches!(asked.shape, Shape::Idle | Shape::Storm) {
            let waited = within(arrived.waited, arrived.level as u64);
            verdicts.push(Verdict::at_most("95 of 100 came in within, ms", waited, bounds.p95_ms));
        }
    }
    if let Some(held) = outcome.level_after {
        let gone = share(asked.people.saturating_sub(held), asked.people);
        verdicts.push(Verdict::at_most("people who were gone at the end, share", gone, bounds.errors_share));
    }
    if let Some(told) = &outcome.told {
        verdicts.extend(of_messages(bounds, told, asked.people));
    }
    if let Some(pages) = &outcome.pages {
        let pages = of_answers(&Thresholds { p95_ms: bounds.page_p95_ms, ..*bounds }, pages);
        verdicts.extend(
            pages.into_iter().map(|verdict| Verdict { what: format!("pages: {}", verdict.what), ..verdict }),
        );
    }
    verdicts
}

/// Of what was asked, each of which has one who hears it.
pub fn of_answers(bounds: &Thresholds, told: &TeamTold) -> Vec<Verdict> {
    vec![
        Verdict::at_most("95 of 100 within, ms", within(told.each, told.deliveries), bounds.p95_ms),
        Verdict::at_most("errors, share", errors(told), bounds.errors_share),
        Verdict::at_most("the generator's own lag, p99, ms", told.lag_p99_ms, bounds.lag_ms),
    ]
}

/// Of what was said and heard.
fn of_messages(bounds: &Thresholds, told: &TeamTold, people: usize) -> Vec<Verdict> {
    let Counters { lost, doubled, reordered, holes, torn, leaked, .. } = told.counters;
    let wrong = lost + doubled + reordered + holes + torn + leaked;
    let overrun = share(told.overrun as usize, people);
    let mut verdicts = of_answers(bounds, told);
    verdicts.extend([
        Verdict::at_most(WRONG, wrong as f64, 0.0),
        Verdict::at_most(
            "people told what moved instead of each message, share",
            overrun,
            bounds.errors_share,
        ),
    ]);
    verdicts
}

/// Nothing of that kind: a bound that breaks for being slow breaks for nothing else.
pub fn is_correct(verdicts: &[Verdict]) -> bool {
    verdicts.iter().all(|verdict| verdict.kept || verdict.what != WRONG)
}

/// What was not measured is no number, and keeps no bound.
fn within(percentiles: Percentiles, count: u64) -> f64 {
    if count == 0 { f64::NAN } else { milliseconds(percentiles.p95) }
}

/// Refused, never answered, or due and not even asked.
fn errors(told: &TeamTold) -> f64 {
    let Counters { sent, refused, unknown, .. } = told.counters;
    let due = sent + told.unsaid;
    if due == 0 { f64::NAN } else { (refused + unknown + told.unsaid) as f64 / due as f64 }
}

fn share(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told() -> TeamTold {
        let each = Percentiles { p95: Duration::from_millis(20), ..Percentiles::default() };
        let counters = Counters { sent: 1_000, acknowledged: 1_000, ..Counters::default() };
        TeamTold { deliveries: 5_000, each, counters, ..TeamTold::default() }
    }

    fn broken(told: &TeamTold) -> Vec<String> {
        let all = of_messages(&Thresholds::default(), told, 100);
        all.into_iter().filter(|verdict| !verdict.kept).map(|verdict| verdict.what).collect()
    }

    #[test]
    fn a_run_that_was_heard_and_answered_keeps_its_bounds() {
        assert!(broken(&told()).is_empty());
    }

    #[test]
    fn who_hears_nothing_is_not_fast_and_who_answers_nothing_makes_no_errors_only_by_dying() {
        assert_eq!(broken(&TeamTold { deliveries: 0, ..told() }), ["95 of 100 within, ms"]);
        let silent = Counters { unknown: 1_000, acknowledged: 0, ..told().counters };
        assert_eq!(broken(&TeamTold { counters: silent, ..told() }), ["errors, share"]);
        assert_eq!(broken(&TeamTold { unsaid: 500, ..told() }), ["errors, share"]);
        assert_eq!(broken(&TeamTold { counters: Counters::default(), ..told() }), ["errors, share"]);
    }

    #[test]
    fn a_server_that_drops_what_it_cannot_tell_is_seen_by_those_it_drops_it_for() {
        assert_eq!(
            broken(&TeamTold { overrun: 50, ..told() }),
            ["people told what moved instead of each message, share"]
        );
    }

    #[test]
    fn what_was_lost_is_wrong_whatever_else_was_kept() {
        let lost = TeamTold { counters: Counters { lost: 1, ..told().counters }, ..told() };
        let verdicts = of_messages(&Thresholds::default(), &lost, 100);
        assert!(!is_correct(&verdicts));
        let slow = TeamTold { deliveries: 0, ..told() };
        assert!(is_correct(&of_messages(&Thresholds::default(), &slow, 100)));
    }
}
