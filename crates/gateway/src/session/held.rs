//! Events that wait for the answer to the command which caused one of them.

use protocol::Position;

#[derive(Debug, Default)]
pub struct Held {
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    end: usize,
    position: Position,
    /// Caused by the session's own account: it waits for its answer, and all behind it with it.
    own: bool,
    /// Of a whisper: the version of the private rows that was told before it.
    before: Option<u64>,
}

impl Held {
    pub fn push(&mut self, frame: &[u8], position: Position, own: bool) {
        self.bytes.extend_from_slice(frame);
        self.lines.push(Line { end: self.bytes.len(), position, own, before: None });
    }
    /// What is the session's own, told between events.
    pub fn whisper(&mut self, frame: &[u8], position: Position, before: u64) {
        self.bytes.extend_from_slice(frame);
        self.lines.push(Line { end: self.bytes.len(), position, own: false, before: Some(before) });
    }
    /// The version of the private rows that is left where all this is dropped.
    pub fn before_whispers(&self) -> Option<u64> {
        self.lines.iter().find_map(|line| line.before)
    }
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
    /// Everything up to there was told.
    pub fn before(&self) -> Option<Position> {
        self.lines.first().map(|line| Position(line.position.0.saturating_sub(1)))
    }
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Commands were answered up to a position; all, where none is open any more.
    pub fn release(&mut self, answered: Position, all: bool) -> Vec<u8> {
        let waits = |line: &Line| !all && line.own && line.position > answered;
        let count = self.lines.iter().position(waits).unwrap_or(self.lines.len());
        let end = count.checked_sub(1).map_or(0, |last| self.lines[last].end);
        self.lines.drain(..count);
        self.lines.iter_mut().for_each(|line| line.end -= end);
        let rest = self.bytes.split_off(end);
        std::mem::replace(&mut self.bytes, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_causes_waits_for_it_and_the_order_stays() {
        let mut held = Held::default();
        for (frame, position, own) in [("a", 5, true), ("b", 6, false), ("c", 7, true), ("d", 8, false)] {
            held.push(frame.as_bytes(), Position(position), own);
        }
        assert_eq!(held.release(Position(4), false), b"");
        assert_eq!(held.release(Position(5), false), b"ab");
        held.push(b"e", Position(9), false);
        assert_eq!(held.release(Position(0), true), b"cde");
        assert!(held.is_empty());
    }

    #[test]
    fn what_is_held_of_ones_own_was_not_told_yet() {
        let mut held = Held::default();
        held.push(b"a", Position(5), true);
        held.whisper(b"b", Position(6), 3);
        held.whisper(b"c", Position(6), 4);
        assert_eq!(held.before_whispers(), Some(3));
        assert_eq!(held.release(Position(5), false), b"abc");
        assert_eq!(held.before_whispers(), None);
    }
}
