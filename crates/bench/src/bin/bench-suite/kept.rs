//! What a run of a bench came to, kept as text beside the others until it is run again.

use std::fs;
use std::path::{Path, PathBuf};

use load::trouble::Trouble;

use crate::benches::Bench;
use crate::told::Told;

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub bench: Bench,
    pub date: String,
    pub minutes: f64,
    /// Of all processors: taken by the hypervisor, and busy with somebody else.
    pub steal_percent: f64,
    pub other_percent: f64,
    /// It ended without an error: every counter was zero and every row has its figures.
    pub well: bool,
    pub told: Told,
}

pub fn write(shelf: &Path, run: &Run) -> Result<(), Trouble> {
    let file = file(shelf, run.bench);
    fs::write(&file, text(run)).map_err(Trouble::at(file.display().to_string()))
}

/// None where it was never run.
pub fn read(shelf: &Path, bench: Bench) -> Option<Run> {
    parsed(bench, &fs::read_to_string(file(shelf, bench)).ok()?)
}

fn file(shelf: &Path, bench: Bench) -> PathBuf {
    shelf.join(format!("{bench}.txt"))
}

fn text(run: &Run) -> String {
    let Run { date, minutes, steal_percent, other_percent, well, told, .. } = run;
    let head = format!("RUN {date} {minutes:.1} {steal_percent:.1} {other_percent:.1} {well}");
    let rows = told.rows.iter().map(ToString::to_string);
    let notes = told.notes.iter().map(|note| format!("NOTE {note}"));
    let figures = told.figures.iter().map(|figure| figure.said.clone());
    let lines: Vec<String> = std::iter::once(head).chain(rows).chain(notes).chain(figures).collect();
    lines.join("\n") + "\n"
}

fn parsed(bench: Bench, text: &str) -> Option<Run> {
    let (head, rest) = text.split_once('\n')?;
    let words: Vec<&str> = head.strip_prefix("RUN ")?.split(' ').collect();
    let [date, minutes, steal, other, well] = words[..] else { return None };
    let mut told = Told::default();
    rest.lines().for_each(|line| told.hear(line));
    Some(Run {
        bench,
        date: date.to_owned(),
        minutes: minutes.parse().ok()?,
        steal_percent: steal.parse().ok()?,
        other_percent: other.parse().ok()?,
        well: well.parse().ok()?,
        told,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_as_it_was_kept() {
        let mut told = Told::default();
        told.hear("ROW unit=/s rookery=552300:540000..561000 uws=530100:514000..549000 | deliveries");
        told.hear("NOTE frames of 480 bytes");
        told.hear("FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short");
        let run = Run {
            bench: Bench::Live,
            date: "2026-11-26".to_owned(),
            minutes: 61.5,
            steal_percent: 0.1,
            other_percent: 1.3,
            well: true,
            told,
        };
        assert_eq!(parsed(Bench::Live, &text(&run)), Some(run));
        assert_eq!(parsed(Bench::Live, "something else\n"), None);
    }
}
