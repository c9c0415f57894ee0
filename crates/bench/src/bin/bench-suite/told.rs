//! What a bench said that belongs on the page.

use bench::sheet::Row;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub rows: Vec<Row>,
    pub notes: Vec<String>,
    pub figures: Vec<Line>,
}

impl Told {
    /// Anything else a bench prints is for whoever watches it.
    pub fn hear(&mut self, line: &str) {
        if let Some(row) = Row::read(line) {
            self.rows.push(row);
        } else if let Some(note) = line.strip_prefix("NOTE ") {
            self.notes.push(note.to_owned());
        } else if let Some(figure) = Line::read(line) {
            self.figures.push(figure);
        }
    }
}

/// `FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short`, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// As it was said.
    pub said: String,
    pub name: String,
    pub ours: String,
    /// How much, and who.
    pub peer: Option<(String, String)>,
    pub ratio: Option<String>,
    pub goal: String,
    pub met: bool,
}

impl Line {
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("FIGURE ")?.split(' ');
        let mut read = Self { said: line.to_owned(), name: words.next()?.to_owned(), ..Self::default() };
        let mut verdict = None;
        for word in words {
            match word.split_once('=') {
                Some(("ours", ours)) => ours.clone_into(&mut read.ours),
                Some(("peer", peer)) => {
                    let (median, who) = peer.rsplit_once(':')?;
                    read.peer = Some((median.to_owned(), who.to_owned()));
                }
                Some(("ratio", ratio)) => read.ratio = Some(ratio.to_owned()),
                Some(("goal", goal)) => goal.clone_into(&mut read.goal),
                Some(_) => {}
                None => verdict = Some(word),
            }
        }
        read.met = verdict? == "met";
        (!read.ours.is_empty() && !read.goal.is_empty()).then_some(read)
    }

    /// What the generator could do at most, or how busy it was.
    pub fn is_of_the_generator(&self) -> bool {
        self.name.starts_with("generator_")
    }

    /// `≥ 1.10` of a ratio, `≤ 1.5kB` of ours. A line does not say which way is better, but whether the goal was met does.
    pub fn aim(&self) -> String {
        let absolute = self.goal.ends_with(|last: char| !last.is_ascii_digit());
        let held = if absolute { number(&self.ours) } else { self.ratio.as_deref().and_then(number) };
        let sign = match (held, number(&self.goal)) {
            (Some(held), Some(goal)) if held > goal => {
                if self.met {
                    "≥ "
                } else {
                    "≤ "
                }
            }
            (Some(held), Some(goal)) if held < goal => {
                if self.met {
                    "≤ "
                } else {
                    "≥ "
                }
            }
            _ => "",
        };
        format!("{sign}{}", self.goal)
    }
}

/// The number before the unit.
fn number(text: &str) -> Option<f64> {
    let end = text.find(|digit: char| !digit.is_ascii_digit() && digit != '.' && digit != '-');
    text[..end.unwrap_or(text.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::read(text).expect("a figure")
    }

    #[test]
    fn a_figure_is_read_in_its_own_words() {
        let read = line("FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short");
        assert_eq!((read.name.as_str(), read.ours.as_str()), ("fanout_w4", "552300/s"));
        assert_eq!(read.peer, Some(("530100/s".to_owned(), "uws".to_owned())));
        assert_eq!((read.ratio.as_deref(), read.goal.as_str(), read.met), (Some("1.04"), "1.10", false));
        let alone = line("FIGURE web_first ours=900ms goal=1500ms met");
        assert_eq!((alone.peer, alone.ratio, alone.met), (None, None, true));
    }

    #[test]
    fn which_way_is_better_is_seen_by_the_verdict() {
        for (text, aim) in [
            ("FIGURE a ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short", "≥ 1.10"),
            ("FIGURE a ours=5/s peer=4/s:uws ratio=1.25 goal=1.10 met", "≥ 1.10"),
            ("FIGURE a ours=1.4kB peer=49.7kB:nats ratio=0.03 goal=1.5kB met", "≤ 1.5kB"),
            ("FIGURE a ours=60000ms goal=10ms short", "≤ 10ms"),
            ("FIGURE a ours=10ms goal=10ms met", "10ms"),
            ("FIGURE a ours=1/s goal=9.00 short", "9.00"),
        ] {
            assert_eq!(line(text).aim(), aim, "{text}");
        }
    }

    #[test]
    fn what_is_for_whoever_watches_is_not_kept() {
        let mut told = Told::default();
        for line in [
            "round 1 uws: own cpu 1.0s",
            "note: bun is not installed",
            "FIGURES follow",
            "FIGURE half ours=1/s",
            "NOTE frames of 480 bytes",
            "ROW unit=ms rookery=1:1..1 | p99",
        ] {
            told.hear(line);
        }
        assert_eq!((told.figures.len(), told.rows.len()), (0, 1));
        assert_eq!(told.notes, ["frames of 480 bytes"]);
    }
}
