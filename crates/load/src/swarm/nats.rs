//! NATS' own protocol, inside of WebSocket messages: lines, and behind `MSG` so many bytes.

use std::fmt::Write;

pub fn hello(topics: &[u32]) -> String {
    let mut said =
        String::from("CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true,\"protocol\":1}\r\n");
    for (number, topic) in topics.iter().enumerate() {
        write!(said, "SUB s.{topic} {}\r\n", number + 1).expect("a string takes everything");
    }
    // Answered once everything before it was done.
    said.push_str("PING\r\n");
    said
}

pub fn publish(topic: u32, text: &str) -> String {
    format!("PUB s.{topic} {}\r\n{text}\r\n", text.len())
}

#[derive(Debug, PartialEq, Eq)]
pub enum Said<'a> {
    Message(&'a [u8]),
    Ping,
    Pong,
}

/// The rest of what has begun; messages of a WebSocket do not end where those of NATS do.
#[derive(Debug, Default)]
pub struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    pub fn take(&mut self, bytes: &[u8], each: &mut impl FnMut(Said<'_>)) {
        if self.partial.is_empty() {
            let used = whole(bytes, each);
            self.partial.extend_from_slice(&bytes[used..]);
            return;
        }
        let mut gathered = std::mem::take(&mut self.partial);
        gathered.extend_from_slice(bytes);
        let used = whole(&gathered, each);
        if used < gathered.len() {
            gathered.drain(..used);
            self.partial = gathered;
        }
    }
}

fn whole(bytes: &[u8], each: &mut impl FnMut(Said<'_>)) -> usize {
    let mut used = 0;
    loop {
        let rest = &bytes[used..];
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return used };
        let line = &rest[..end];
        if line.starts_with(b"MSG ") {
            let size =
                line.rsplit(|&byte| byte == b' ').next().and_then(|size| std::str::from_utf8(size).ok());
            let size: usize = size.and_then(|size| size.parse().ok()).unwrap_or_default();
            let from = end + 2;
            let Some(payload) = rest.get(from..from + size).filter(|_| rest.len() >= from + size + 2) else {
                return used;
            };
            each(Said::Message(payload));
            used += from + size + 2;
            continue;
        }
        match line {
            b"PING" => each(Said::Ping),
            b"PONG" => each(Said::Pong),
            _ => {}
        }
        used += end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_whole_however_the_bytes_are_cut() {
        let bytes = b"INFO {}\r\nPONG\r\nMSG s.1 1 5\r\nhe\r\no\r\nPING\r\nMSG s.2 2 2\r\nhi\r\n";
        for size in [1, 7, bytes.len()] {
            let (mut lines, mut heard) = (Lines::default(), Vec::new());
            for piece in bytes.chunks(size) {
                lines.take(piece, &mut |said| heard.push(format!("{said:?}")));
            }
            let expected = [Said::Pong, Said::Message(b"he\r\no"), Said::Ping, Said::Message(b"hi")];
            assert_eq!(heard, expected.map(|said| format!("{said:?}")));
            assert!(lines.partial.is_empty());
        }
    }
}
