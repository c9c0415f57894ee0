//! A run as one page that can be sent on: no script, nothing from anywhere else, curves drawn as SVG.

use std::fmt::Write;

use super::Outcome;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 160.0;
const LEFT: f64 = 56.0;
const COLOURS: [&str; 3] = ["#2563eb", "#d97706", "#dc2626"];
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:780px;margin:2rem auto;padding:0 1rem;color:#1f2937;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1rem;margin:1.6rem 0 .2rem}table{border-collapse:collapse;width:100%}td,th{padding:.25rem .6rem;border-bottom:1px solid #e5e7eb;text-align:left}td:first-child{min-width:15rem}\
td:last-child{text-align:right;font-variant-numeric:tabular-nums}.kept{color:#15803d}.broken{color:#b91c1c;font-weight:600}svg{width:100%;height:auto}\
text{font-size:11px;fill:#6b7280}@media(prefers-color-scheme:dark){body{background:#111827;color:#e5e7eb}td,th{border-color:#374151}}";

/// One curve: its name and its points.
type Curve = (&'static str, Vec<(f64, f64)>);

pub fn page(outcome: &Outcome) -> String {
    let title = format!("Load: {} with {} people", outcome.shape, outcome.people);
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><h1>{title}</h1>"
    );
    html.push_str("<table>");
    for (name, value) in about(outcome) {
        write!(html, "<tr><td>{name}</td><td>{}</td></tr>", escaped(&value)).ok();
    }
    html.push_str("</table><h2>What was to be kept</h2><table>");
    for verdict in &outcome.verdicts {
        let (class, word) = if verdict.kept { ("kept", "kept") } else { ("broken", "broken") };
        let (what, got, bound) = (escaped(&verdict.what), verdict.got, verdict.bound);
        write!(
            html,
            "<tr><td>{what}</td><td class=\"{class}\">{word}</td><td>{got:.2} of at most {bound}</td></tr>"
        )
        .ok();
    }
    html.push_str("</table><h2>In figures</h2><table>");
    for (name, value) in outcome.rows() {
        write!(html, "<tr><td>{}</td><td>{}</td></tr>", escaped(&name), escaped(&value)).ok();
    }
    html.push_str("</table>");
    steps(outcome, &mut html);
    for (title, curves) in curves(outcome) {
        if curves.iter().any(|(_, points)| points.len() > 1) {
            write!(html, "<h2>{title}</h2>{}", chart(&curves)).ok();
        }
    }
    html.push_str("</html>\n");
    html
}

/// Without this nobody who is sent the page knows what it says.
fn about(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let mut about = vec![
        ("On", outcome.date.clone()),
        ("Asked at", outcome.address.clone()),
        ("From", outcome.machine.clone()),
    ];
    if let Some(stages) = outcome.stages.clone() {
        about.push(("A second, over time", stages));
    }
    if outcome.text_bytes > 0 {
        about.push(("Bytes of a text", outcome.text_bytes.to_string()));
    }
    about
}

/// Where the most was sought: what was tried, and whether it was held.
fn steps(outcome: &Outcome, html: &mut String) {
    if outcome.steps.is_empty() {
        return;
    }
    html.push_str("<h2>Tried, a second</h2><table>");
    for step in &outcome.steps {
        let (class, word) = if step.kept { ("kept", "kept") } else { ("broken", "broken") };
        write!(
            html,
            "<tr><td>{:.0}</td><td class=\"{class}\">{word}</td><td>p95 {:.1} ms</td></tr>",
            step.per_second, step.p95_ms
        )
        .ok();
    }
    html.push_str("</table>");
}

fn curves(outcome: &Outcome) -> Vec<(&'static str, Vec<Curve>)> {
    let of = |value: fn(&crate::swarm::Sample) -> f64| {
        outcome.samples.iter().map(|one| (one.at_s, value(one))).collect()
    };
    let seen = |value: fn(&super::watch::Server) -> f64| {
        outcome.server.iter().filter_map(|one| Some((one.at_s, value(&one.server?)))).collect()
    };
    let busy = outcome.server.iter().filter_map(|one| Some((one.at_s, one.machine?.busy))).collect();
    vec![
        (
            "Latency of each second, ms",
            vec![("p50", of(|one| one.p50_ms)), ("p95", of(|one| one.p95_ms)), ("p99", of(|one| one.p99_ms))],
        ),
        (
            "Asked or said a second",
            vec![("said", of(|one| one.said as f64)), ("refused", of(|one| one.refused as f64))],
        ),
        ("Delivered a second", vec![("heard", of(|one| one.deliveries as f64))]),
        ("Online", vec![("sockets", of(|one| one.level as f64))]),
        (
            "Processors of the server, and how busy the generator's machine is in all",
            vec![("server", seen(|one| one.cpu)), ("machine, share", busy)],
        ),
        ("Memory of the server, MB", vec![("resident", seen(|one| one.memory_mb))]),
        ("Sockets of the server", vec![("open", seen(|one| one.sockets))]),
        ("Descriptors of the server", vec![("open", seen(|one| one.descriptors))]),
    ]
}

fn chart(curves: &[Curve]) -> String {
    let all = || curves.iter().flat_map(|(_, points)| points);
    let last = all().map(|point| point.0).fold(1.0, f64::max);
    let most = all().map(|point| point.1).fold(0.0, f64::max).max(1e-3) * 1.05;
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\">", HEIGHT + 34.0);
    for part in 0..=4 {
        let y = HEIGHT - HEIGHT * f64::from(part) / 4.0 + 6.0;
        let value = most * f64::from(part) / 4.0;
        write!(
            svg,
            "<path d=\"M{LEFT} {y:.1}H{WIDTH}\" stroke=\"#9ca3af\" stroke-opacity=\".3\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            short(value)
        )
        .ok();
    }
    for ((name, points), (colour, at)) in curves.iter().zip(COLOURS.iter().zip(0..)) {
        let mut path = String::new();
        for (x, y) in points {
            let (x, y) = (LEFT + x / last * (WIDTH - LEFT), HEIGHT - y / most * HEIGHT + 6.0);
            write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { 'M' } else { 'L' }).ok();
        }
        let x = LEFT + f64::from(at) * 150.0;
        write!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/><text x=\"{x}\" y=\"{}\" style=\"fill:{colour}\">{name}</text>",
            HEIGHT + 30.0
        )
        .ok();
    }
    write!(svg, "<text x=\"{WIDTH}\" y=\"{}\" text-anchor=\"end\">{last:.0} s</text></svg>", HEIGHT + 30.0)
        .ok();
    svg
}

fn short(value: f64) -> String {
    if value >= 10_000.0 {
        format!("{:.0}k", value / 1e3)
    } else if value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::verdict::Verdict;

    #[test]
    fn the_page_is_whole_in_itself_and_shows_what_was_broken() {
        let samples =
            (0..5).map(|at| crate::swarm::Sample { at_s: f64::from(at), said: 3, ..Default::default() });
        let outcome = Outcome {
            shape: "team".to_owned(),
            machine: "1 × <script>".to_owned(),
            samples: samples.collect(),
            verdicts: vec![Verdict::at_most("p95, ms", 120.0, 100.0)],
            date: "2026-11-27".to_owned(),
            address: "<b>".to_owned(),
            stages: Some("1m→50".to_owned()),
            steps: vec![crate::shape::Step { per_second: 75.0, kept: false, p95_ms: 120.0 }],
            ..Outcome::default()
        };
        let page = page(&outcome);
        for told in ["2026-11-27", "1m→50", "&lt;b&gt;", "<td>75</td>"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(page.contains("class=\"broken\"") && page.contains("<svg"), "{page}");
        assert!(!page.contains("<script") && !page.contains("http"), "nothing runs, nothing is fetched");
    }
}
