//! What waits for a socket that takes no more just now. Bounded; what is dropped of it are whole events, never an answer
//! and never half a frame.

use crate::codec::frame_bytes;

/// How an event's frame begins, behind its header.
const EVENT: &[u8] = b"{\"event\"";

#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    /// What was written of `bytes`.
    at: usize,
    /// What is left of the frame that was begun.
    begun: usize,
    /// What is left of what goes out whole, from here on.
    whole: usize,
}

/// More waits than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Outbox {
    /// Whole frames, of which `written` bytes went out already.
    pub fn left_over(frames: &[u8], written: usize) -> Self {
        let mut outbox = Self { bytes: frames.to_vec(), at: 0, begun: 0, whole: 0 };
        outbox.wrote(written);
        outbox
    }
    pub fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }
    pub fn waiting(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
    /// How much waits behind what goes out whole.
    pub fn piled(&self) -> usize {
        self.waiting().len() - self.whole
    }
    /// Bytes of that which are of a frame that was begun: it has to be finished, whatever it is.
    pub fn begun(&self) -> usize {
        self.begun.saturating_sub(self.whole)
    }

    /// Whole frames, behind what waits.
    pub fn push(&mut self, frames: &[u8], bytes_max: usize) -> Result<(), Full> {
        if self.piled() + frames.len() > bytes_max {
            return Err(Full);
        }
        self.append(frames);
        Ok(())
    }

    /// An opening, behind what waits. All of that goes out whole, however much it is, and whatever else is dropped: whoever
    /// opens sees to it that there is one at a time.
    pub fn open(&mut self, frames: &[u8]) {
        self.append(frames);
        self.whole = self.waiting().len();
    }

    fn append(&mut self, frames: &[u8]) {
        if self.at > 0 && self.bytes.len() + frames.len() > self.bytes.capacity() {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(frames);
    }

    pub fn wrote(&mut self, mut count: usize) {
        self.whole = self.whole.saturating_sub(count);
        while count > 0 {
            if self.begun == 0 {
                self.begun = frame_bytes(self.waiting()).unwrap_or(self.bytes.len() - self.at);
            }
            let step = count.min(self.begun);
            if step == 0 {
                return;
            }
            self.at += step;
            self.begun -= step;
            count -= step;
        }
    }

    /// The socket is behind: events are dropped, it will be brought level from the state. What was begun is finished,
    /// as an opening is, and what answers somebody stays.
    pub fn drop_events(&mut self) {
        let stays = self.begun.max(self.whole).min(self.waiting().len());
        let (stays, mut rest) = self.waiting().split_at(stays);
        let mut kept = stays.to_vec();
        while let Some(length) = frame_bytes(rest).filter(|length| *length <= rest.len()) {
            let (frame, after) = rest.split_at(length);
            let header = match frame[1] {
                126 => 4,
                127 => 10,
                _ => 2,
            };
            if !frame[header..].starts_with(EVENT) {
                kept.extend_from_slice(frame);
            }
            rest = after;
        }
        self.bytes = kept;
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::text;

    fn frames(texts: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        texts.iter().for_each(|words| text(words, &mut bytes));
        bytes
    }

    #[test]
    fn what_is_dropped_are_whole_events() {
        let long = format!("{{\"event\":{{\"text\":\"{}\"}}}}", "x".repeat(300));
        let all = frames(&["{\"event\":1}", &long, "{\"done\":1}", "{\"event\":2}", "{\"at\":3}"]);
        for written in 0..frames(&["{\"event\":1}", &long]).len() {
            let mut outbox = Outbox::left_over(&all, written);
            let mut sent = all[..written].to_vec();
            outbox.drop_events();
            sent.extend_from_slice(outbox.waiting());
            let answers = frames(&["{\"done\":1}", "{\"at\":3}"]);
            assert_eq!(outbox.waiting().len() - outbox.begun(), answers.len(), "{written}");
            let first = frames(&["{\"event\":1}"]).len();
            let begun = if written == 0 {
                frames(&[])
            } else if written <= first {
                frames(&["{\"event\":1}"])
            } else {
                frames(&["{\"event\":1}", &long])
            };
            assert_eq!(sent, [begun, answers].concat(), "{written}");
        }
    }

    #[test]
    fn of_an_opening_nothing_is_dropped_nor_counted() {
        let opening = frames(&["{\"welcome\":1}", "{\"event\":1}", "{\"changed\":1}", "{\"at\":1}"]);
        let (late, answer) = (frames(&["{\"event\":2}"]), frames(&["{\"done\":1}"]));
        for before in [Vec::new(), frames(&["{\"done\":0}"])] {
            let whole = [&before[..], &opening].concat();
            for written in 0..whole.len() {
                let mut outbox = Outbox::default();
                outbox.open(&before);
                outbox.wrote(written.min(before.len()));
                outbox.open(&opening);
                outbox.wrote(written - written.min(before.len()));
                assert_eq!(outbox.piled(), 0);
                outbox.push(&late, late.len()).expect("there is place for as much as ever");
                assert_eq!(outbox.push(&late, late.len()), Err(Full));
                outbox.drop_events();
                outbox.push(&answer, answer.len()).expect("events are gone");
                assert_eq!((outbox.piled(), outbox.begun()), (answer.len(), 0));
                let sent = [&whole[..written], outbox.waiting()].concat();
                assert_eq!(sent, [&whole[..], &answer].concat(), "{written}");
            }
        }
    }

    #[test]
    fn it_is_bounded_and_goes_out_in_order() {
        let mut outbox = Outbox::default();
        let one = frames(&["{\"event\":1}"]);
        let mut count = 0;
        while outbox.push(&one, 100).is_ok() {
            count += 1;
        }
        assert_eq!(count, 100 / one.len());
        outbox.wrote(one.len() + 3);
        assert!(outbox.push(&one, 100).is_ok());
        let left = outbox.waiting().len();
        outbox.wrote(left);
        assert!(outbox.is_empty());
    }
}
