//! `ROW unit=/s rookery=552300:540000..561000 uws=530100:514000..549000 | deliveries a second, window of 4`

use std::fmt::{self, Write};

use load::rounds::Tally;

/// How we are called among the others.
pub const OURS: &str = "rookery";

/// One measure of everyone it was taken of.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub what: String,
    /// Without blanks: `/s`, `ms`, `kB`.
    pub unit: String,
    pub cells: Vec<Cell>,
}

/// Over the rounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Without blanks.
    pub who: String,
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Cell {
    /// None where no round was run.
    pub fn of(who: &str, tally: &Tally) -> Option<Self> {
        let (median, least, most) = (tally.median()?, tally.smallest()?, tally.largest()?);
        Some(Self { who: who.to_owned(), median, least, most })
    }

    fn read(word: &str) -> Option<Self> {
        let (who, numbers) = word.split_once('=')?;
        let (median, range) = numbers.split_once(':')?;
        let (least, most) = range.split_once("..")?;
        let number = |text: &str| text.parse().ok();
        let (median, least, most) = (number(median)?, number(least)?, number(most)?);
        Some(Self { who: who.to_owned(), median, least, most })
    }

    fn shown(&self) -> String {
        let median = short(self.median);
        let range = format!("{}–{}", short(self.least), short(self.most));
        if self.least < self.most { format!("{median} ({range})") } else { median }
    }
}

impl Row {
    pub fn new(what: impl Into<String>, unit: &str) -> Self {
        Self { what: what.into(), unit: unit.to_owned(), cells: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, who: &str, tally: &Tally) -> Self {
        self.cells.extend(Cell::of(who, tally));
        self
    }

    fn of(&self, who: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.who == who)
    }

    /// None where the line is something else.
    pub fn read(line: &str) -> Option<Self> {
        let (words, what) = line.strip_prefix("ROW unit=")?.split_once(" | ")?;
        let mut words = words.split(' ');
        let unit = words.next()?.to_owned();
        let cells = words.map(Cell::read).collect::<Option<_>>()?;
        Some(Self { what: what.to_owned(), unit, cells })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ROW unit={}", self.unit)?;
        for Cell { who, median, least, most } in &self.cells {
            write!(out, " {who}={median}:{least}..{most}")?;
        }
        write!(out, " | {}", self.what)
    }
}

/// What a bench prints: rows as lines or as a table, then the notes; figures come behind.
pub fn print(rows: &[Row], notes: &[String], as_lines: bool) {
    if as_lines {
        rows.iter().for_each(|row| println!("{row}"));
    } else {
        println!("{}", table(rows));
    }
    notes.iter().for_each(|note| println!("NOTE {note}"));
}

/// Medians, their range in brackets, and behind a peer's ours divided by it.
pub fn table(rows: &[Row]) -> String {
    let mut known: Vec<&str> = Vec::new();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        if !known.contains(&cell.who.as_str()) {
            known.push(&cell.who);
        }
    }
    let mut text = format!("| | {} |\n|---|{}\n", known.join(" | "), "---:|".repeat(known.len()));
    for row in rows {
        write!(text, "| {}, {} |", row.what, row.unit).ok();
        for who in &known {
            let cell = row.of(who).map_or_else(|| "–".to_owned(), |cell| beside(cell, row.of(OURS)));
            write!(text, " {cell} |").ok();
        }
        text.push('\n');
    }
    text
}

fn beside(cell: &Cell, ours: Option<&Cell>) -> String {
    match ours {
        Some(ours) if cell.who != OURS && cell.median != 0.0 => {
            format!("{} ×{:.2}", cell.shown(), ours.median / cell.median)
        }
        _ => cell.shown(),
    }
}

/// 552k, 49.7, 0.05: as many digits as say something.
fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 10_000.0 => format!("{:.0}k", value / 1e3),
        hundreds if hundreds >= 100.0 => format!("{value:.0}"),
        tens if tens >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(values: &[f64]) -> Tally {
        let mut tally = Tally::default();
        values.iter().for_each(|&value| tally.add(value));
        tally
    }

    fn fanout() -> Row {
        let ours = tally(&[552_300.0, 540_000.0, 561_000.5]);
        Row::new("deliveries a second, window of 4", "/s").with(OURS, &ours).with("uws", &tally(&[530_100.0]))
    }

    #[test]
    fn a_row_is_read_as_it_was_said() {
        let line = "ROW unit=/s rookery=552300:540000..561000.5 uws=530100:530100..530100 | \
                    deliveries a second, window of 4";
        assert_eq!(fanout().to_string(), line);
        assert_eq!(Row::read(line), Some(fanout()));
    }

    #[test]
    fn any_other_line_is_no_row() {
        for line in
            ["round 1 uws: steal 0.0%", "ROW", "ROW unit=/s uws=fast:1..2 | what", "ROWS unit=ms | none"]
        {
            assert_eq!(Row::read(line), None, "{line}");
        }
    }

    #[test]
    fn who_was_not_measured_has_no_cell() {
        assert_eq!(Row::new("nothing", "ms").with("uws", &Tally::default()).cells, []);
    }

    #[test]
    fn a_table_shows_medians_ranges_and_ours_beside_each() {
        let memory = Row::new("memory", "kB").with(OURS, &tally(&[0.5])).with("nats", &tally(&[50.0]));
        let text = "| | rookery | uws | nats |\n\
                    |---|---:|---:|---:|\n\
                    | deliveries a second, window of 4, /s | 552k (540k–561k) | 530k ×1.04 | – |\n\
                    | memory, kB | 0.50 | – | 50.0 ×0.01 |\n";
        assert_eq!(table(&[fanout(), memory]), text);
    }
}
