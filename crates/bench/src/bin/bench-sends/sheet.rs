//! The measures in the form all benches share: our cells, and beside the widest of each spread what it is held against.

use bench::sheet::{OURS, Row};

use crate::args::Engine;
use crate::figures::peer_name;
use crate::plan::{CALLERS_AT_PEAK, Cell, Contestant, GENERATOR_AT_PEAK, Load};
use crate::report::{self, Report};

pub fn of(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    for row in report.rows() {
        let Contestant::Ours(Cell { spread, load }) = row.contestant else { continue };
        let name = |what: &str| format!("{} {spread}: {what}", row.engine);
        match load {
            Load::Closed { callers } => {
                let rate =
                    Row::new(name(&format!("sends a second, {callers} callers")), "/s").with(OURS, &row.rate);
                if callers == CALLERS_AT_PEAK {
                    rows.push(beside(rate, report, row));
                    let cpu = Row::new(name("CPU of generator and database a send"), "us");
                    rows.push(cpu.with(OURS, &row.cpu_us));
                } else {
                    rows.push(rate);
                }
            }
            Load::Open { per_second } => {
                let waited = |part: &str| name(&format!("waited for a send at {per_second}/s, {part}"));
                rows.push(Row::new(waited("p50"), "ms").with(OURS, &row.p50_ms));
                rows.push(Row::new(waited("p99"), "ms").with(OURS, &row.p99_ms));
            }
        }
    }
    rows
}

/// A row a commit on PostgreSQL is what both engines are held against.
fn beside(sends: Row, report: &Report, ours: &report::Row) -> Row {
    report.rows().iter().fold(sends, |sends, row| match row.contestant {
        Contestant::Peer { rows }
            if row.engine == ours.engine || (row.engine, rows) == (Engine::Postgres, 1) =>
        {
            sends.with(peer_name(row.engine, row.contestant), &row.rate)
        }
        // One journal: what it is held against is one team's.
        Contestant::Unqueued if row.engine == ours.engine && is_of_one_team(ours) => {
            sends.with(peer_name(row.engine, row.contestant), &row.rate)
        }
        GENERATOR_AT_PEAK if row.engine == ours.engine => sends.with("generator", &row.rate),
        _ => sends,
    })
}

fn is_of_one_team(row: &report::Row) -> bool {
    matches!(row.contestant, Contestant::Ours(Cell { spread, .. }) if spread.workspaces == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;
    use crate::plan::Spread;

    #[test]
    fn the_widest_cell_stands_beside_its_engines_peers_and_pgbench() {
        let mut report = Report::default();
        let mut add = |engine, contestant, per_second| {
            report.add(engine, contestant, &Outcome { per_second, ..Outcome::default() });
        };
        let ours = |callers| {
            let spread = Spread { workspaces: 16, zipf: false };
            Contestant::Ours(Cell { spread, load: Load::Closed { callers } })
        };
        add(Engine::Sqlite, ours(16), 20_000.0);
        add(Engine::Sqlite, ours(CALLERS_AT_PEAK), 58_000.0);
        add(Engine::Sqlite, Contestant::Peer { rows: 100 }, 248_000.0);
        add(Engine::Sqlite, GENERATOR_AT_PEAK, 900_000.0);
        add(Engine::Postgres, Contestant::Peer { rows: 1 }, 30_000.0);
        add(Engine::Postgres, Contestant::Peer { rows: 100 }, 215_000.0);
        let lines: Vec<String> = of(&report).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines[..2],
            [
                "ROW unit=/s rookery=20000:20000..20000 | sqlite w16: sends a second, 16 callers",
                "ROW unit=/s rookery=58000:58000..58000 sqlite-100=248000:248000..248000 \
                 generator=900000:900000..900000 pgbench-32=30000:30000..30000 | \
                 sqlite w16: sends a second, 512 callers",
            ]
        );
    }
}
