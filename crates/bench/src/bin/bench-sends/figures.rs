//! What is said of the bench, and what was aimed at.

use load::figure::{Figure, Goal, Peer, Quantity};
use load::latency::LATENCY_US_MAX;

use crate::args::Engine;
use crate::plan::{
    CALLERS_AT_PEAK, Cell, Contestant, GENERATOR_AT_PEAK, Load, OPEN_PER_SECOND, SPREADS, Spread,
};
use crate::report::Report;

const SENDS_PER_SECOND: f64 = 50_000.0;
const P99_MS: f64 = 10.0;
/// As long as the histogram goes.
const NEVER_MS: f64 = LATENCY_US_MAX as f64 / 1e3;
const RATIO_TO_A_ROW_A_COMMIT: f64 = 1.6;
const RATIO_TO_BATCHES: f64 = 0.25;
const GENERATOR_RATIO: f64 = 2.0;
/// The spread the ratios are taken at: a few teams at work.
const USUAL: Spread = Spread { workspaces: 16, zipf: false };
const ROW_A_COMMIT: Contestant = Contestant::Peer { rows: 1 };
const BATCHES: Contestant = Contestant::Peer { rows: 100 };

/// Only what was run, so one cell alone has no figure it was not asked for.
pub fn of(report: &Report) -> Vec<Figure> {
    let engines = [Engine::Sqlite, Engine::Postgres];
    engines.into_iter().flat_map(|engine| of_engine(report, engine)).collect()
}

fn of_engine(report: &Report, engine: Engine) -> Vec<Figure> {
    let rates = SPREADS.into_iter().filter_map(|spread| {
        let goal = Goal::AtLeast(SENDS_PER_SECOND);
        rate(report, engine, spread, &format!("sends_{engine}_{spread}"), (engine, ROW_A_COMMIT), goal)
    });
    // A row a commit on PostgreSQL is what both engines are held against; raw batches are each engine's own floor.
    let commits = rate(
        report,
        engine,
        USUAL,
        &format!("sends_{engine}_beside_pgbench"),
        (Engine::Postgres, ROW_A_COMMIT),
        Goal::RatioAtLeast(RATIO_TO_A_ROW_A_COMMIT),
    );
    let batches = rate(
        report,
        engine,
        USUAL,
        &format!("sends_{engine}_beside_batches"),
        (engine, BATCHES),
        Goal::RatioAtLeast(RATIO_TO_BATCHES),
    );
    let compared = [commits, batches].into_iter().flatten().filter(|figure| figure.peer.is_some());
    let waits = SPREADS.into_iter().filter_map(|spread| wait(report, engine, spread));
    rates.chain(compared).chain(waits).chain(generator(report, engine)).collect()
}

/// A generator that is nearly as slow as what it measures measures itself.
fn generator(report: &Report, engine: Engine) -> Option<Figure> {
    let alone = report.row(engine, GENERATOR_AT_PEAK)?.rate.median()?;
    let rates = SPREADS.into_iter().filter_map(|spread| report.row(engine, at_peak(spread))?.rate.median());
    let best = rates.reduce(f64::max)?;
    Some(Figure {
        name: format!("generator_sends_{engine}"),
        ours: Quantity::per_second(alone),
        peer: Some(Peer { name: "rookery".to_owned(), median: Quantity::per_second(best) }),
        goal: Goal::RatioAtLeast(GENERATOR_RATIO),
    })
}

fn rate(
    report: &Report,
    engine: Engine,
    spread: Spread,
    name: &str,
    (peer_engine, peer): (Engine, Contestant),
    goal: Goal,
) -> Option<Figure> {
    let ours = report.row(engine, at_peak(spread))?.rate.median()?;
    let peer_median = report.row(peer_engine, peer).and_then(|row| row.rate.median());
    Some(Figure {
        name: name.to_owned(),
        ours: Quantity::per_second(ours),
        peer: peer_median.map(|median| Peer {
            name: peer_name(peer_engine, peer).to_owned(),
            median: Quantity::per_second(median),
        }),
        goal,
    })
}

fn wait(report: &Report, engine: Engine, spread: Spread) -> Option<Figure> {
    let row = report.row(engine, at_rate(spread))?;
    let served = row.p99_ms.median()?;
    Some(Figure {
        name: format!("send_p99_{engine}_{spread}"),
        ours: Quantity::milliseconds(if row.serves_ninety_nine() { served } else { NEVER_MS }),
        peer: None,
        goal: Goal::AtMost(P99_MS),
    })
}

const fn at_peak(spread: Spread) -> Contestant {
    Contestant::Ours(Cell { spread, load: Load::Closed { callers: CALLERS_AT_PEAK } })
}

const fn at_rate(spread: Spread) -> Contestant {
    Contestant::Ours(Cell { spread, load: Load::Open { per_second: OPEN_PER_SECOND } })
}

pub fn peer_name(engine: Engine, peer: Contestant) -> &'static str {
    match (engine, peer) {
        (Engine::Sqlite, Contestant::Unqueued) => "sqlite-unqueued",
        (Engine::Postgres, Contestant::Unqueued) => "pgbench-unqueued",
        (Engine::Sqlite, ROW_A_COMMIT) => "sqlite-1",
        (Engine::Sqlite, _) => "sqlite-100",
        (Engine::Postgres, ROW_A_COMMIT) => "pgbench-32",
        (Engine::Postgres, _) => "pgbench-100",
    }
}

#[cfg(test)]
mod tests {
    use load::counters::Counters;
    use load::latency::Percentiles;
    use std::time::Duration;

    use super::*;
    use crate::outcome::Outcome;

    fn lines(cells: &[(Engine, Contestant, f64, u64)]) -> String {
        let mut report = Report::default();
        for &(engine, contestant, per_second, p99_ms) in cells {
            let waited = Percentiles { p99: Duration::from_millis(p99_ms), ..Percentiles::default() };
            let outcome = Outcome { per_second, waited: Some(waited), ..Outcome::default() };
            report.add(engine, contestant, &outcome);
        }
        of(&report).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const PEAK: Contestant = at_peak(USUAL);
    const OPEN: Contestant = at_rate(USUAL);

    #[test]
    fn both_engines_are_held_against_pgbench_and_their_own_batches() {
        let cells = [
            (Engine::Sqlite, PEAK, 58_000.0, 9),
            (Engine::Sqlite, BATCHES, 248_000.0, 0),
            (Engine::Postgres, PEAK, 41_000.0, 12),
            (Engine::Postgres, ROW_A_COMMIT, 30_000.0, 0),
        ];
        assert_eq!(
            lines(&cells),
            "FIGURE sends_sqlite_w16 ours=58000/s goal=50000/s met\n\
             FIGURE sends_sqlite_beside_pgbench ours=58000/s peer=30000/s:pgbench-32 ratio=1.93 goal=1.60 met\n\
             FIGURE sends_sqlite_beside_batches ours=58000/s peer=248000/s:sqlite-100 ratio=0.23 goal=0.25 short\n\
             FIGURE sends_postgres_w16 ours=41000/s peer=30000/s:pgbench-32 ratio=1.37 goal=50000/s short\n\
             FIGURE sends_postgres_beside_pgbench ours=41000/s peer=30000/s:pgbench-32 ratio=1.37 goal=1.60 short"
        );
    }

    #[test]
    fn the_generator_is_held_against_the_best_it_drives() {
        let cells = [(Engine::Sqlite, PEAK, 58_000.0, 9), (Engine::Sqlite, GENERATOR_AT_PEAK, 870_000.0, 0)];
        let line =
            "FIGURE generator_sends_sqlite ours=870000/s peer=58000/s:rookery ratio=15.00 goal=2.00 met";
        assert_eq!(lines(&cells).lines().last(), Some(line));
    }

    #[test]
    fn the_latency_is_that_of_the_open_loop() {
        assert_eq!(
            lines(&[(Engine::Postgres, OPEN, 20_000.0, 9)]),
            "FIGURE send_p99_postgres_w16 ours=9ms goal=10ms met"
        );
    }

    #[test]
    fn quick_answers_do_not_hide_those_who_got_none() {
        let waited = Percentiles { p99: Duration::from_millis(2), ..Percentiles::default() };
        let counters = Counters { sent: 1_000, acknowledged: 980, refused: 20, ..Counters::default() };
        let mut report = Report::default();
        report.add(Engine::Sqlite, OPEN, &Outcome { waited: Some(waited), counters, ..Outcome::default() });
        let line = of(&report).iter().map(ToString::to_string).collect::<String>();
        assert_eq!(line, "FIGURE send_p99_sqlite_w16 ours=60000ms goal=10ms short");
    }

    #[test]
    fn what_was_not_run_has_no_figure() {
        assert_eq!(lines(&[(Engine::Sqlite, ROW_A_COMMIT, 7_000.0, 0)]), "");
    }
}
