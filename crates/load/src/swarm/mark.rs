//! What a message says of itself: which stream it belongs to, its place there, and when it was due. The rest of its text
//! follows from these, so that a torn message is seen.

use std::fmt::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Messages of one stream come in their order.
    pub stream: u32,
    pub number: u32,
    /// Of the machine's clock, in microseconds.
    pub due_us: u64,
}

const SIGN: &[u8] = b"~load ";
/// `~load 0000002a 00000007 00064b6f0c1d2e3f `
pub const MARK_BYTES: usize = SIGN.len() + 8 + 1 + 8 + 1 + 16 + 1;

impl Mark {
    /// A text of so many bytes; never less than the mark itself.
    pub fn text(&self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes.max(MARK_BYTES));
        let Self { stream, number, due_us } = self;
        write!(text, "~load {stream:08x} {number:08x} {due_us:016x} ").expect("a string takes everything");
        text.extend((MARK_BYTES..bytes).map(|at| char::from(self.letter(at))));
        text
    }

    fn letter(&self, at: usize) -> u8 {
        b'a' + ((at + self.number as usize) % 26) as u8
    }

    /// Where one stands in a frame; `hint` is where the last one stood, nearly always the same place.
    pub fn find(frame: &[u8], hint: &mut usize) -> Option<(usize, Self)> {
        let stands = |at: usize| frame.get(at..at + SIGN.len()).is_some_and(|bytes| bytes == SIGN);
        if !stands(*hint) {
            *hint = frame.windows(SIGN.len()).position(|bytes| bytes == SIGN)?;
        }
        let from = *hint + SIGN.len();
        let stream = hexadecimal(frame.get(from..from + 8)?)?;
        let number = hexadecimal(frame.get(from + 9..from + 17)?)?;
        let due_us = hexadecimal(frame.get(from + 18..from + 34)?)?;
        Some((*hint, Self { stream: stream as u32, number: number as u32, due_us }))
    }

    /// Whether everything behind it is as it was said.
    pub fn is_whole(&self, frame: &[u8], at: usize, bytes: usize) -> bool {
        let rest = at + MARK_BYTES..at + bytes.max(MARK_BYTES);
        let said = |text: &[u8]| text.iter().zip(MARK_BYTES..).all(|(&byte, at)| byte == self.letter(at));
        frame.get(rest).is_some_and(said)
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, &digit| Some(sum << 4 | u64::from(char::from(digit).to_digit(16)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { stream: 42, number: 7, due_us: 1_764_158_000_123_456 };

    #[test]
    fn a_mark_is_found_wherever_it_stands_and_again_without_looking() {
        let text = MARK.text(120);
        assert_eq!(text.len(), 120);
        let frame = format!("{{\"event\":{{\"text\":\"{text}\"}}}}");
        let mut hint = 0;
        assert_eq!(Mark::find(frame.as_bytes(), &mut hint), Some((18, MARK)));
        assert_eq!(Mark::find(frame.as_bytes(), &mut hint), Some((18, MARK)));
        assert_eq!(Mark::find(b"{\"at\":{}}", &mut hint), None);
    }

    #[test]
    fn a_changed_letter_and_a_missing_end_are_seen() {
        let text = MARK.text(100);
        assert!(MARK.is_whole(text.as_bytes(), 0, 100));
        assert!(!MARK.is_whole(&text.as_bytes()[..99], 0, 100));
        let torn = format!("{}?{}", &text[..60], &text[61..]);
        assert!(!MARK.is_whole(torn.as_bytes(), 0, 100));
    }

    #[test]
    fn the_shortest_text_is_the_mark_itself() {
        assert_eq!(MARK.text(0).len(), MARK_BYTES);
        assert!(MARK.is_whole(MARK.text(0).as_bytes(), 0, 0));
    }
}
