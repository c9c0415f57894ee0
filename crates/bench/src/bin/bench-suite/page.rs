//! One page of everything: what was met, what is short, the generator's own ceiling, and every bench with all that it measured.

use std::fmt::Write;

use bench::sheet::table;
use load::noise::NOISE_SHARE_MAX;

use crate::benches::Bench;
use crate::kept::Run;
use crate::told::Line;

pub struct Page<'a> {
    pub runs: &'a [Run],
    pub machine: String,
    pub quick: bool,
}

const HOW: &str = "Generator and servers share one machine, so read ratios rather than rates: whoever is compared ran in the same hour, taking \
turns, each round in the reverse order of the last. Shown are medians of the rounds, in brackets their range, and after × ours divided by \
theirs. Peers are told frames as long as ours. A run in which anything was lost, doubled, out of order, torn or heard by the wrong one has \
no figure here.";

const AGAIN: &str = "Again: `make bench` (peers are installed by `bench/install`; takes some two hours and wants the machine for itself), \
one alone: `target/release/bench-suite --only bench-live`, whether it runs at all: `make bench` with `QUICK=1`.";

const WHY: &str = "What stands between each of these and its goal, and what would move it, is told in [short-of-goals.md](short-of-goals.md).";

const GENERATOR: &str = "A generator that is nearly as slow as what it asks measures itself. Where it can run against a stub it must do at \
least twice what the best server did; where the kernel's sockets are the limit, its processor must not be more than 70 % busy.";

impl Page<'_> {
    pub fn text(&self) -> String {
        let mut text = format!("# Benchmarks\n\n{}\n\n{HOW}\n\n{AGAIN}\n", self.head());
        let all: Vec<&Line> = self.runs.iter().flat_map(|run| &run.told.figures).collect();
        let (generator, figures): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|line| line.is_of_the_generator());
        let short: Vec<_> = figures.iter().copied().filter(|line| !line.met).collect();
        let (count, met) = (figures.len(), figures.len() - short.len());
        write!(text, "\n**{met} of {count} figures meet their goal.**").ok();
        for run in self.runs.iter().filter(|run| !run.well) {
            write!(
                text,
                " **{} failed: what has no figure below was not correct or did not run.**",
                run.bench
            )
            .ok();
        }
        text.push('\n');
        if !short.is_empty() {
            write!(text, "\n## Short of their goal\n\n{WHY}\n\n{}", goals(&short)).ok();
        }
        write!(text, "\n## The generator's own ceiling\n\n{GENERATOR}\n\n{}", goals(&generator)).ok();
        self.runs.iter().for_each(|run| text.push_str(&section(run)));
        text
    }

    fn head(&self) -> String {
        let date = self.runs.iter().map(|run| run.date.as_str()).max().unwrap_or("never");
        let quick =
            if self.quick { " A quick run: its figures say that it runs, and nothing else." } else { "" };
        format!("Written by `make bench`, last on {date}. The machine: {}.{quick}", self.machine)
    }
}

fn section(run: &Run) -> String {
    let Run { bench, date, minutes, steal_percent, other_percent, told, .. } = run;
    let quiet = steal_percent.max(*other_percent) <= NOISE_SHARE_MAX * 100.0;
    let noise = match (quiet, bench) {
        (true, _) => "",
        // Its processes outlive whoever started them, so they are nobody's children when they are counted.
        (false, Bench::Web) => ", the browser among it",
        (false, _) => ", which is more than it should be",
    };
    let mut text = format!(
        "\n## {bench}\n\n{date}, {minutes:.0} minutes. Of the processors' time {steal_percent:.1} % was stolen and \
         {other_percent:.1} % went elsewhere{noise}.\n\n"
    );
    let figures: Vec<_> = told.figures.iter().filter(|line| !line.is_of_the_generator()).collect();
    if !figures.is_empty() {
        text.push_str(&goals(&figures));
    }
    if !told.rows.is_empty() {
        write!(text, "\n{}", table(&told.rows)).ok();
    }
    if !told.notes.is_empty() {
        text.push('\n');
        told.notes.iter().for_each(|note| writeln!(text, "- {note}").unwrap_or_default());
    }
    text
}

fn goals(figures: &[&Line]) -> String {
    let mut text = "| figure | ours | peer | ratio | goal | |\n|---|---:|---:|---:|---:|---|\n".to_owned();
    for line in figures {
        let peer =
            line.peer.as_ref().map_or_else(|| "–".to_owned(), |(median, who)| format!("{median} {who}"));
        let ratio = line.ratio.as_deref().unwrap_or("–");
        let verdict = if line.met { "met" } else { "**short**" };
        writeln!(text, "| {} | {} | {peer} | {ratio} | {} | {verdict} |", line.name, line.ours, line.aim())
            .ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::told::Told;

    fn run(lines: &[&str], well: bool, other_percent: f64) -> Run {
        let mut told = Told::default();
        lines.iter().for_each(|line| told.hear(line));
        let date = "2026-11-26".to_owned();
        Run { bench: Bench::Live, date, minutes: 61.4, steal_percent: 0.2, other_percent, well, told }
    }

    fn page(run: Run) -> String {
        Page { runs: &[run], machine: "2 × a processor, 24 GB, Linux 6.1".to_owned(), quick: false }.text()
    }

    const LINES: [&str; 5] = [
        "ROW unit=/s rookery=552300:540000..561000 uws=530100:514000..549000 | deliveries a second",
        "NOTE Frames of 480 bytes.",
        "FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short",
        "FIGURE idle_memory ours=1.4kB peer=49.7kB:nats ratio=0.03 goal=1.5kB met",
        "FIGURE generator_sockets_cpu ours=61% goal=70% met",
    ];

    #[test]
    fn what_is_short_is_said_first_and_everything_stands_below() {
        let text = page(run(&LINES, true, 1.0));
        for part in [
            "last on 2026-11-26. The machine: 2 × a processor, 24 GB, Linux 6.1.\n",
            "**1 of 2 figures meet their goal.**\n\n## Short of their goal\n",
            "| fanout_w4 | 552300/s | 530100/s uws | 1.04 | ≥ 1.10 | **short** |\n\n## The generator's own ceiling\n",
            "| generator_sockets_cpu | 61% | – | – | ≤ 70% | met |\n\n## bench-live\n",
            "2026-11-26, 61 minutes. Of the processors' time 0.2 % was stolen and 1.0 % went elsewhere.\n",
            "| deliveries a second, /s | 552k (540k–561k) | 530k (514k–549k) ×1.04 |\n",
            "\n- Frames of 480 bytes.\n",
        ] {
            assert!(text.contains(part), "{part:?} is missing of:\n{text}");
        }
    }

    #[test]
    fn a_bench_that_failed_and_a_machine_that_was_busy_are_told() {
        let text = page(run(&LINES[..1], false, 12.0));
        assert!(
            text.contains("**bench-live failed: what has no figure below was not correct or did not run.**"),
            "{text}"
        );
        assert!(text.contains("12.0 % went elsewhere, which is more than it should be.\n"), "{text}");
    }
}
