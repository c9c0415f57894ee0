//! The client's side of RFC 6455, as much as a crowd needs: whole frames out of bytes, masked frames into bytes.

use std::fmt;

/// What a server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    Message(&'a [u8]),
    Ping(&'a [u8]),
    Close(Option<u16>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

/// Longer than anything that is sent here: a length like that is a stream out of step.
const FRAME_BYTES_MAX: u64 = 64 << 20;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The rest of a frame that has begun. Empty, and without memory, nearly always.
#[derive(Debug, Default)]
pub struct Frames {
    partial: Vec<u8>,
}

impl Frames {
    pub fn take(&mut self, bytes: &[u8], each: &mut impl FnMut(Frame<'_>)) -> Result<(), Broken> {
        if self.partial.is_empty() {
            let used = whole(bytes, each)?;
            self.partial.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut gathered = std::mem::take(&mut self.partial);
        gathered.extend_from_slice(bytes);
        let used = whole(&gathered, each)?;
        if used < gathered.len() {
            gathered.drain(..used);
            self.partial = gathered;
        }
        Ok(())
    }
}

/// Every whole frame; gives how many bytes those were.
fn whole(bytes: &[u8], each: &mut impl FnMut(Frame<'_>)) -> Result<usize, Broken> {
    let mut used = 0;
    while let Some((code, head, body)) = header(&bytes[used..])? {
        let Some(payload) = bytes.get(used + head..used + head + body) else { break };
        used += head + body;
        match code {
            TEXT | BINARY => each(Frame::Message(payload)),
            PING => each(Frame::Ping(payload)),
            PONG => {}
            CLOSE => each(Frame::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code)))),
            _ => return Err(Broken("a frame of an unknown kind")),
        }
    }
    Ok(used)
}

/// Opcode, length of the header, length of the payload; none while the header is not there yet.
fn header(bytes: &[u8]) -> Result<Option<(u8, usize, usize)>, Broken> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0x80 == 0 {
        return Err(Broken("a message in fragments, which no server here sends"));
    }
    if second & 0x80 != 0 {
        return Err(Broken("a masked frame from a server"));
    }
    let (head, body) = match second & 0x7f {
        126 => match rest.first_chunk() {
            Some(long) => (4, u64::from(u16::from_be_bytes(*long))),
            None => return Ok(None),
        },
        127 => match rest.first_chunk() {
            Some(long) => (10, u64::from_be_bytes(*long)),
            None => return Ok(None),
        },
        short => (2, u64::from(short)),
    };
    if body > FRAME_BYTES_MAX {
        return Err(Broken("a frame longer than any that is sent"));
    }
    Ok(Some((first & 0x0f, head, body as usize)))
}

/// A frame of a client. The mask is nothing secret here: it is all zeros, so the payload stays as it is.
pub fn masked(opcode: u8, payload: &[u8], into: &mut Vec<u8>) {
    into.push(0x80 | opcode);
    match payload.len() {
        short @ 0..=125 => into.push(0x80 | short as u8),
        long @ 126..=0xffff => {
            into.push(0x80 | 0x7e);
            into.extend_from_slice(&(long as u16).to_be_bytes());
        }
        longer => {
            into.push(0x80 | 0x7f);
            into.extend_from_slice(&(longer as u64).to_be_bytes());
        }
    }
    into.extend_from_slice(&[0; 4]);
    into.extend_from_slice(payload);
}

pub fn pong(payload: &[u8], into: &mut Vec<u8>) {
    masked(PONG, payload, into);
}

/// The request that asks for a socket.
pub fn upgrade(host: &str, path: &str, protocol: Option<&str>) -> Vec<u8> {
    let protocol = protocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"
    )
    .into_bytes()
}

/// What follows the head of a `101`; none while the head is not whole.
pub fn after_upgrade(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    if bytes.starts_with(b"HTTP/1.1 101") {
        Ok(Some(end + 4))
    } else {
        Err(Broken("the upgrade was refused"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(pieces: &[&[u8]]) -> Result<Vec<String>, Broken> {
        let (mut frames, mut heard) = (Frames::default(), Vec::new());
        for piece in pieces {
            frames.take(piece, &mut |frame| heard.push(format!("{frame:?}")))?;
        }
        assert!(frames.partial.is_empty());
        Ok(heard)
    }

    #[test]
    fn frames_come_whole_however_the_bytes_are_cut() {
        let bytes =
            [&[0x81, 2, b'h', b'i', 0x82, 126, 0, 130][..], &[b'x'; 130], &[0x88, 2, 0x03, 0xe8]].concat();
        let at_once = heard(&[&bytes]).expect("frames");
        assert_eq!(at_once.len(), 3);
        assert_eq!(at_once[2], "Close(Some(1000))");
        let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(heard(&one_by_one).expect("frames"), at_once);
    }

    #[test]
    fn what_a_server_never_says_is_a_broken_stream() {
        for wrong in [
            &[0x01, 1, b'a'][..],
            &[0x81, 0x81, 0, 0, 0, 0, 1],
            &[0x83, 0],
            &[0x82, 127, 1, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert!(heard(&[wrong]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_a_client_says_is_masked_and_the_mask_is_nothing() {
        let mut said = Vec::new();
        masked(TEXT, b"hi", &mut said);
        assert_eq!(said, [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    }

    #[test]
    fn a_socket_is_there_after_a_101_and_nothing_else() {
        assert_eq!(after_upgrade(b"HTTP/1.1 101 Switching"), Ok(None));
        assert_eq!(after_upgrade(b"HTTP/1.1 101 Yes\r\n\r\nrest"), Ok(Some(20)));
        assert!(after_upgrade(b"HTTP/1.1 503 No\r\n\r\n").is_err());
    }
}
