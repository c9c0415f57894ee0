//! The measures in the form all benches share.

use bench::sheet::{OURS, Row};
use load::rounds::Tally;

use crate::report::{self, Contestant, Report};

pub fn of(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    for contestant in Contestant::SENDS.iter().chain(Contestant::PAGES) {
        let (what, one, callers) = match contestant {
            Contestant::Sends(callers) => ("sends", "a send", callers),
            Contestant::Pages(callers) => ("pages of 50 messages", "a page", callers),
            _ => continue,
        };
        let beside = beside(*contestant);
        let row = |words: String, unit: &str, tally: fn(&report::Row) -> &Tally| {
            let known = beside.iter().filter_map(|(who, contestant)| Some((*who, report.row(*contestant)?)));
            known.fold(Row::new(words, unit), |row, (who, measured)| row.with(who, tally(measured)))
        };
        let callers = format!("{callers} callers");
        rows.push(row(format!("{what} a second, {callers}"), "/s", |row| &row.rate));
        rows.push(row(format!("CPU of the server {one}, {callers}"), "us", |row| &row.cpu_us));
        rows.push(row(format!("waited for {one}, p99, {callers}"), "ms", |row| &row.p99_ms));
    }
    rows.extend(alone(report));
    rows.retain(|row| !row.cells.is_empty());
    rows
}

/// Ours first, then whom it is held against.
fn beside(ours: Contestant) -> Vec<(&'static str, Contestant)> {
    match ours {
        Contestant::Sends(callers) => {
            vec![
                (OURS, ours),
                ("store", Contestant::Store(callers)),
                ("synapse", Contestant::SynapseSends(callers)),
                ("generator", Contestant::SendsAlone(callers)),
            ]
        }
        Contestant::Pages(callers) => {
            vec![
                (OURS, ours),
                ("raw-sqlite", Contestant::Raw(callers)),
                ("synapse", Contestant::SynapsePages(callers)),
                ("generator", Contestant::PagesAlone(callers)),
            ]
        }
        _ => Vec::new(),
    }
}

fn alone(report: &Report) -> [Row; 5] {
    let once = |value: f64| {
        let mut tally = Tally::default();
        if value > 0.0 {
            tally.add(value);
        }
        tally
    };
    let row = |what: &str, unit: &str, tally: &Tally| Row::new(what, unit).with(OURS, tally);
    [
        row("waited for a page at half of the most, p99", "ms", &report.at_half_load),
        row("from start to the first answer", "ms", &report.cold_start_ms),
        row("memory at rest", "MB", &report.at_rest_mb),
        row("memory after 100 have signed in", "MB", &once(report.after_a_hundred_mb)),
        row("the binary, with the web client", "MB", &once(report.binary_mb)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::Outcome;

    #[test]
    fn ours_stands_beside_the_same_without_us() {
        let mut report = Report::default();
        let mut add = |contestant, per_second| {
            report.add(contestant, &Outcome { per_second, cpu_us: 50.0, ..Outcome::default() });
        };
        add(Contestant::Pages(8), 9_000.0);
        add(Contestant::Raw(8), 12_000.0);
        add(Contestant::PagesAlone(8), 40_000.0);
        report.binary_mb = 20.0;
        let lines: Vec<String> = of(&report).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines[0],
            "ROW unit=/s rookery=9000:9000..9000 raw-sqlite=12000:12000..12000 generator=40000:40000..40000 | \
             pages of 50 messages a second, 8 callers"
        );
        assert_eq!(
            lines.last().map(String::as_str),
            Some("ROW unit=MB rookery=20:20..20 | the binary, with the web client")
        );
    }
}
