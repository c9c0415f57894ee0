//! Which of the bytes we write are part of an answer. A connection of HTTP/2 speaks of itself, too: it greets, it asks whether
//! the caller is still there, it says what it has taken. Whoever gets no more than that is not being answered.

/// Length, kind, flags, stream: in front of each frame.
const HEAD_BYTES: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;

/// What has been written on one connection so far.
#[derive(Debug, Default)]
pub(crate) enum Answered {
    #[default]
    Nothing,
    /// HTTP/1.1 writes nothing but answers.
    Whole,
    /// HTTP/2.
    Frames(Frame),
}

/// The frame that is being written.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    head: [u8; HEAD_BYTES],
    head_written: usize,
    payload_left: usize,
    is_answer: bool,
}

impl Answered {
    /// Whether something of an answer is in these bytes, which follow those before.
    pub fn by(&mut self, bytes: &[u8]) -> bool {
        let Some(first) = bytes.first() else { return false };
        if matches!(self, Answered::Nothing) {
            // HTTP/1.1 begins with its name; we greet in HTTP/2 with a frame far shorter than 64 kB.
            *self = if *first == 0 { Answered::Frames(Frame::default()) } else { Answered::Whole };
        }
        match self {
            Answered::Frames(frame) => frame.write(bytes),
            Answered::Nothing | Answered::Whole => true,
        }
    }
}

impl Frame {
    fn write(&mut self, mut bytes: &[u8]) -> bool {
        let mut answers = false;
        while !bytes.is_empty() {
            let of_payload = self.payload_left.min(bytes.len());
            answers |= of_payload > 0 && self.is_answer;
            self.payload_left -= of_payload;
            bytes = &bytes[of_payload..];
            let of_head = (HEAD_BYTES - self.head_written).min(bytes.len());
            self.head[self.head_written..][..of_head].copy_from_slice(&bytes[..of_head]);
            self.head_written += of_head;
            bytes = &bytes[of_head..];
            if self.head_written == HEAD_BYTES {
                answers |= self.begin();
            }
        }
        answers
    }

    /// A head is whole: what follows belongs to it. One of an answer counts by itself, since its frame may be empty.
    fn begin(&mut self) -> bool {
        let [high, middle, low, kind, ..] = self.head;
        self.payload_left = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.is_answer = matches!(kind, DATA | HEADERS | CONTINUATION);
        self.head_written = 0;
        self.is_answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const WINDOW_UPDATE: u8 = 8;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).expect("a short one");
        [&[0, 0, length, kind, 0, 0, 0, 0, 1], payload].concat()
    }

    /// Byte by byte, and all at once: which bytes are told to be of an answer, and whether any is.
    fn check(written: &[Vec<u8>], expected: usize) {
        let bytes = written.concat();
        let mut answered = Answered::default();
        let count = bytes.iter().filter(|byte| answered.by(&[**byte])).count();
        assert_eq!(count, expected, "{bytes:?}");
        assert_eq!(Answered::default().by(&bytes), expected > 0, "{bytes:?}");
    }

    #[test]
    fn what_http_2_says_of_its_connection_is_no_answer() {
        check(&[frame(SETTINGS, &[0; 30]), frame(SETTINGS, &[]), frame(PING, &[1; 8])], 0);
        check(&[frame(SETTINGS, &[]), frame(WINDOW_UPDATE, &[0; 4]), frame(PING, &[0; 8])], 0);
    }

    #[test]
    fn heads_and_bodies_are_answers_wherever_writes_are_cut() {
        let (greeting, ping) = (frame(SETTINGS, &[0; 6]), frame(PING, &[0; 8]));
        let payloads = [frame(HEADERS, &[7; 5]), frame(CONTINUATION, &[7; 2]), frame(DATA, &[7; 20])];
        for answer in payloads {
            let of_it = answer.len() - HEAD_BYTES + 1;
            check(&[greeting.clone(), ping.clone(), answer, ping.clone()], of_it);
        }
        check(&[greeting, frame(DATA, &[]), ping], 1);
    }

    #[test]
    fn all_that_http_1_writes_is_an_answer() {
        check(&[b"HTTP/1.1 200 OK\r\n\r\n\0\0\x08\x06".to_vec()], 23);
    }
}
