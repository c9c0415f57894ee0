//! Frames of the server: never masked, never in fragments.

pub const CLOSE_NORMAL: u16 = 1000;
/// What a close frame may say beside its code.
const REASON_BYTES_MAX: usize = 123;

fn frame(opcode: u8, payload: &[u8], into: &mut Vec<u8>) {
    into.push(0x80 | opcode);
    match payload.len() {
        short @ 0..=125 => into.push(short as u8),
        long @ 126..=0xFFFF => {
            into.push(126);
            into.extend_from_slice(&(long as u16).to_be_bytes());
        }
        huge => {
            into.push(127);
            into.extend_from_slice(&(huge as u64).to_be_bytes());
        }
    }
    into.extend_from_slice(payload);
}

pub fn text(payload: &str, into: &mut Vec<u8>) {
    frame(0x1, payload.as_bytes(), into);
}

/// Whoever answers it has read what stands before it.
pub fn ping(payload: &[u8], into: &mut Vec<u8>) {
    frame(0x9, payload, into);
}

pub fn pong(payload: &[u8], into: &mut Vec<u8>) {
    frame(0xA, payload, into);
}

/// The last frame. A reason too long is cut between characters.
pub fn close(code: Option<u16>, reason: &str, into: &mut Vec<u8>) {
    let Some(code) = code else { return frame(0x8, &[], into) };
    let mut end = reason.len().min(REASON_BYTES_MAX);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let payload = [&code.to_be_bytes(), &reason.as_bytes()[..end]].concat();
    frame(0x8, &payload, into);
}

/// How long the frame is that begins here, header and all; for frames written here. None where nothing begins.
pub fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    let [_, second, rest @ ..] = bytes else { return None };
    Some(match second {
        126 => 4 + usize::from(u16::from_be_bytes(*rest.first_chunk()?)),
        127 => 10 + usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?,
        short => 2 + usize::from(*short),
    })
}
