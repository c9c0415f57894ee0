//! What is said of the bench, and what was aimed at.

use load::figure::{Figure, Goal, Peer, Quantity};
use load::rounds::Tally;

use crate::report::{Contestant, Report};

/// What HTTP may add to a send.
const SEND_CPU_US_OVER_STORE: f64 = 40.0;
/// A whole answer beside the bare statements.
const PAGE_CPU_RATIO: f64 = 2.0;
const PAGE_P99_MS: f64 = 1.0;
/// Half of what the store alone does: the other half of the machine is the client's and the wire's.
const SEND_RATE_RATIO: f64 = 0.5;
const AT_REST_MB: f64 = 20.0;
const AFTER_A_HUNDRED_MB: f64 = 45.0;
const COLD_START_MS: f64 = 100.0;
const BINARY_MB: f64 = 25.0;
const SENDS_BESIDE_SYNAPSE: f64 = 500.0;
const PAGES_BESIDE_SYNAPSE: f64 = 100.0;
const GENERATOR_RATIO: f64 = 2.0;

pub fn of(report: &Report) -> Vec<Figure> {
    let mut figures = Vec::new();
    for contestant in Contestant::SENDS {
        if let Contestant::Sends(callers) = *contestant {
            figures.extend(sends(report, callers));
        }
    }
    for contestant in Contestant::PAGES {
        if let Contestant::Pages(callers) = *contestant {
            figures.extend(pages(report, callers));
        }
    }
    let alone = [
        ("http_page_p99_half_load", report.at_half_load.median(), "ms", PAGE_P99_MS),
        ("http_memory_at_rest", report.at_rest_mb.median(), "MB", AT_REST_MB),
        ("http_memory_after_100_sign_ins", Some(report.after_a_hundred_mb), "MB", AFTER_A_HUNDRED_MB),
        ("http_cold_start", report.cold_start_ms.median(), "ms", COLD_START_MS),
        ("http_binary", Some(report.binary_mb), "MB", BINARY_MB),
    ];
    figures.extend(alone.into_iter().filter_map(|(name, value, unit, most)| {
        let ours = Quantity { value: value?, unit };
        Some(Figure { name: name.to_owned(), ours, peer: None, goal: Goal::AtMost(most) })
    }));
    figures.extend(generators(report));
    figures
}

/// A generator that is nearly as slow as what it measures measures itself.
fn generators(report: &Report) -> impl Iterator<Item = Figure> {
    let most = |of: fn(&Contestant) -> bool| report.most(of);
    let sends = (
        "generator_http_sends",
        most(|one| matches!(one, Contestant::SendsAlone(_))),
        most(|one| matches!(one, Contestant::Sends(_))),
    );
    let pages = (
        "generator_http_pages",
        most(|one| matches!(one, Contestant::PagesAlone(_))),
        most(|one| matches!(one, Contestant::Pages(_))),
    );
    let goal = Some(Goal::RatioAtLeast(GENERATOR_RATIO));
    [sends, pages].into_iter().filter_map(move |(name, alone, best)| {
        figure(name.to_owned(), "/s", "rookery", alone.zip(best), goal)
    })
}

fn sends(report: &Report, callers: usize) -> Vec<Figure> {
    let (ours, store) = (Contestant::Sends(callers), Contestant::Store(callers));
    let cpu = beside(report, (ours, store), |row| &row.cpu_us);
    let over = cpu.map(|(_, peer)| Goal::AtMost(peer + SEND_CPU_US_OVER_STORE));
    let rate = beside(report, (ours, store), |row| &row.rate);
    [
        figure(
            format!("http_sends_c{callers}"),
            "/s",
            "store",
            rate,
            Some(Goal::RatioAtLeast(SEND_RATE_RATIO)),
        ),
        figure(format!("http_send_cpu_c{callers}"), "us", "store", cpu, over),
        figure(
            format!("http_sends_synapse_c{callers}"),
            "/s",
            "synapse",
            beside(report, (ours, Contestant::SynapseSends(callers)), |row| &row.rate),
            Some(Goal::RatioAtLeast(SENDS_BESIDE_SYNAPSE)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn pages(report: &Report, callers: usize) -> Vec<Figure> {
    let both = (Contestant::Pages(callers), Contestant::Raw(callers));
    let (cpu, rate) = (beside(report, both, |row| &row.cpu_us), beside(report, both, |row| &row.rate));
    let name = |what: &str| format!("http_{what}_c{callers}");
    // Twice the cost is half the rate, on the part of the machine that is not the client's.
    let half = Some(Goal::RatioAtLeast(1.0 / PAGE_CPU_RATIO));
    [
        figure(name("pages"), "/s", "raw-sqlite", rate, half),
        figure(name("page_cpu"), "us", "raw-sqlite", cpu, Some(Goal::RatioAtMost(PAGE_CPU_RATIO))),
        figure(
            name("pages_synapse"),
            "/s",
            "synapse",
            beside(report, (both.0, Contestant::SynapsePages(callers)), |row| &row.rate),
            Some(Goal::RatioAtLeast(PAGES_BESIDE_SYNAPSE)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn beside(
    report: &Report,
    (ours, peer): (Contestant, Contestant),
    tally: impl Fn(&crate::report::Row) -> &Tally,
) -> Option<(f64, f64)> {
    Some((tally(report.row(ours)?).median()?, tally(report.row(peer)?).median()?))
}

fn figure(
    name: String,
    unit: &'static str,
    peer: &str,
    medians: Option<(f64, f64)>,
    goal: Option<Goal>,
) -> Option<Figure> {
    let (ours, median) = medians?;
    let peer = Peer { name: peer.to_owned(), median: Quantity { value: median, unit } };
    Some(Figure { name, ours: Quantity { value: ours, unit }, peer: Some(peer), goal: goal? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::Outcome;

    fn report(rows: &[(Contestant, f64, f64)]) -> Report {
        let mut report = Report::default();
        for &(contestant, per_second, cpu_us) in rows {
            report.add(contestant, &Outcome { per_second, cpu_us, ..Outcome::default() });
        }
        report
    }

    fn lines(report: &Report) -> Vec<String> {
        of(report).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_send_may_cost_so_much_more_than_the_store() {
        let lines = lines(&report(&[
            (Contestant::Sends(32), 20_000.0, 70.0),
            (Contestant::Store(32), 50_000.0, 20.0),
        ]));
        assert_eq!(
            lines[0],
            "FIGURE http_sends_c32 ours=20000/s peer=50000/s:store ratio=0.40 goal=0.50 short"
        );
        assert_eq!(lines[1], "FIGURE http_send_cpu_c32 ours=70us peer=20us:store ratio=3.50 goal=60us short");
    }

    #[test]
    fn a_page_may_cost_twice_its_statements() {
        let lines =
            lines(&report(&[(Contestant::Pages(8), 9_000.0, 150.0), (Contestant::Raw(8), 12_000.0, 90.0)]));
        assert_eq!(
            lines[0],
            "FIGURE http_pages_c8 ours=9000/s peer=12000/s:raw-sqlite ratio=0.75 goal=0.50 met"
        );
        assert_eq!(
            lines[1],
            "FIGURE http_page_cpu_c8 ours=150us peer=90us:raw-sqlite ratio=1.67 goal=2.00 met"
        );
    }
}
