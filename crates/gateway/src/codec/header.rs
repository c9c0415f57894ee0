//! The first bytes of a frame, judged before the rest of it came.

use super::{Broken, MESSAGE_BYTES_MAX};

const CONTROL_BYTES_MAX: usize = 125;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub is_final: bool,
    pub opcode: Opcode,
    pub mask: [u8; 4],
    /// Of the payload.
    pub length: usize,
    /// Of the header itself.
    pub bytes: usize,
}

impl Header {
    /// None while too little of it came. What can be judged already is.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Broken> {
        let opcode = match bytes.first().map(|first| first & 0x0F) {
            None => return Ok(None),
            Some(0x0) => Opcode::Continuation,
            Some(0x1) => Opcode::Text,
            Some(0x2) => Opcode::Binary,
            Some(0x8) => Opcode::Close,
            Some(0x9) => Opcode::Ping,
            Some(0xA) => Opcode::Pong,
            Some(_) => return Err(Broken::Protocol),
        };
        // Reserved bits belong to extensions, and there are none.
        if bytes[0] & 0x70 != 0 {
            return Err(Broken::Protocol);
        }
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        // A client masks.
        if second & 0x80 == 0 {
            return Err(Broken::Protocol);
        }
        let is_final = first & 0x80 != 0;
        let is_control = matches!(opcode, Opcode::Close | Opcode::Ping | Opcode::Pong);
        if is_control && (!is_final || usize::from(second & 0x7F) > CONTROL_BYTES_MAX) {
            return Err(Broken::Protocol);
        }
        let (length, rest) = match second & 0x7F {
            126 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            short => (u64::from(short), rest),
        };
        let length = usize::try_from(length).map_err(|_| Broken::TooLarge)?;
        if length > MESSAGE_BYTES_MAX {
            return Err(Broken::TooLarge);
        }
        let Some((mask, rest)) = rest.split_first_chunk() else { return Ok(None) };
        Ok(Some(Self { is_final, opcode, mask: *mask, length, bytes: bytes.len() - rest.len() }))
    }

    /// Whether it fits to what came before: `begun` is how much of a message in fragments is here.
    pub fn judge(&self, begun: Option<usize>) -> Result<(), Broken> {
        match (self.opcode, begun) {
            (Opcode::Continuation, None) | (Opcode::Text | Opcode::Binary, Some(_)) => Err(Broken::Protocol),
            (Opcode::Continuation, Some(before)) if before + self.length > MESSAGE_BYTES_MAX => {
                Err(Broken::TooLarge)
            }
            _ => Ok(()),
        }
    }
}
