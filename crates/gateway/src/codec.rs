//! RFC 6455, the server's side, over slices: no I/O, no extension, and no buffer while nothing is half heard.

mod half;
mod header;
mod write;

pub use self::write::{CLOSE_NORMAL, close, frame_bytes, ping, pong, text};

use self::half::Half;
use self::header::{Header, Opcode};

/// The largest message, whole or in fragments.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// What a peer said. The bytes are gone once it was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
    Ping(&'a [u8]),
    Pong(&'a [u8]),
    /// Nothing comes after it. The code to answer with, if one was given.
    Close(Option<u16>),
}

/// The peer broke the rules; the code to close with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the frame is not as RFC 6455 has it")]
    Protocol,
    #[error("the text is not UTF-8")]
    NotText,
    #[error("a message has at most {MESSAGE_BYTES_MAX} bytes")]
    TooLarge,
}

impl Broken {
    pub fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotText => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// One peer's stream of frames. A pointer's worth while nothing is half heard.
#[derive(Debug, Default)]
pub struct Decoder {
    half: Option<Box<Half>>,
    closed: bool,
}

impl Decoder {
    /// Whether it owns bytes: something is half heard.
    pub fn is_half(&self) -> bool {
        self.half.is_some()
    }

    /// What came, in any cut; it is unmasked where it lies. `hear` says whether to go on; after a no, or a failure,
    /// nothing more is taken from this peer.
    pub fn take(&mut self, bytes: &mut [u8], hear: &mut dyn FnMut(Heard<'_>) -> bool) -> Result<(), Broken> {
        if self.closed {
            return Ok(());
        }
        let mut half = self.half.take();
        let taken = match half.as_mut().map(|half| std::mem::take(&mut half.frame)) {
            Some(mut frame) if !frame.is_empty() => {
                frame.extend_from_slice(bytes);
                self.frames(&mut frame, &mut half, hear)
            }
            _ => self.frames(bytes, &mut half, hear),
        };
        self.closed |= taken.is_err();
        if !self.closed {
            self.half = half.filter(|half| !half.is_over());
        }
        taken
    }

    fn frames(
        &mut self,
        mut bytes: &mut [u8],
        half: &mut Option<Box<Half>>,
        hear: &mut dyn FnMut(Heard<'_>) -> bool,
    ) -> Result<(), Broken> {
        while !self.closed && !bytes.is_empty() {
            let Some(header) = Header::read(bytes)? else { break };
            let before = half.as_ref().and_then(|half| half.message.as_ref());
            header.judge(before.map(|message| message.bytes.len()))?;
            let whole = header.bytes + header.length;
            if bytes.len() < whole {
                break;
            }
            let (frame, rest) = bytes.split_at_mut(whole);
            let payload = &mut frame[header.bytes..];
            unmask(payload, header.mask);
            bytes = rest;
            self.closed = !Self::frame(&header, payload, half, hear)?;
        }
        if !self.closed && !bytes.is_empty() {
            half.get_or_insert_default().frame = bytes.to_vec();
        }
        Ok(())
    }

    /// False after the last frame of a peer.
    fn frame(
        header: &Header,
        payload: &[u8],
        half: &mut Option<Box<Half>>,
        hear: &mut dyn FnMut(Heard<'_>) -> bool,
    ) -> Result<bool, Broken> {
        match header.opcode {
            Opcode::Ping => Ok(hear(Heard::Ping(payload))),
            Opcode::Pong => Ok(hear(Heard::Pong(payload))),
            Opcode::Close => {
                hear(Heard::Close(closing(payload)?));
                Ok(false)
            }
            Opcode::Text if header.is_final => {
                let text = std::str::from_utf8(payload).map_err(|_| Broken::NotText)?;
                Ok(hear(Heard::Text(text)))
            }
            Opcode::Binary if header.is_final => Ok(hear(Heard::Binary(payload))),
            Opcode::Text | Opcode::Binary => {
                let half = half.get_or_insert_default();
                half.begin(header.opcode == Opcode::Text);
                half.append(payload, false)?;
                Ok(true)
            }
            Opcode::Continuation => {
                let Some(half) = half else { return Err(Broken::Protocol) };
                half.append(payload, header.is_final)?;
                if !header.is_final {
                    return Ok(true);
                }
                let Some(message) = half.message.take() else { return Err(Broken::Protocol) };
                match message.is_text {
                    true => {
                        let text = std::str::from_utf8(&message.bytes).map_err(|_| Broken::NotText)?;
                        Ok(hear(Heard::Text(text)))
                    }
                    false => Ok(hear(Heard::Binary(&message.bytes))),
                }
            }
        }
    }
}

/// Eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut eights = payload.chunks_exact_mut(8);
    for eight in &mut eights {
        let masked = u64::from_ne_bytes([
            eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7],
        ]);
        eight.copy_from_slice(&(masked ^ wide).to_ne_bytes());
    }
    for (byte, key) in eights.into_remainder().iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// The code of a close frame: none, or one that may be sent, and then words.
fn closing(payload: &[u8]) -> Result<Option<u16>, Broken> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err(Broken::Protocol) };
    };
    let code = u16::from_be_bytes(*code);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Broken::Protocol);
    }
    std::str::from_utf8(reason).map_err(|_| Broken::NotText)?;
    Ok(Some(code))
}
