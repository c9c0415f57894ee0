//! The Autobahn suite's cases as a corpus: what a client sends, what comes back, in any cut.

use std::fmt::Write as _;

use gateway::codec::{Decoder, Heard};
use proptest::prelude::*;

const CASES: &str = include_str!("autobahn/cases.txt");

#[derive(Debug)]
struct Case {
    number: &'static str,
    chop: Option<usize>,
    /// What the client sends, frame by frame.
    frames: Vec<Vec<u8>>,
    /// In the words of the corpus.
    expected: String,
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(case).collect()
}

fn case(line: &'static str) -> Case {
    let [number, sent, back] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
        panic!("three parts in: {line}")
    };
    let mut chop = None;
    let mut frames = Vec::new();
    for action in sent.split("; ") {
        match action.strip_prefix("chop ") {
            Some(bytes) => chop = bytes.parse().ok(),
            None => frames.push(sent_frame(action)),
        }
    }
    let expected = back.split("; ").filter(|said| !said.is_empty()).fold(String::new(), |mut all, said| {
        let (what, payload) = said.split_once(' ').unwrap_or((said, ""));
        match what {
            "close" => writeln!(all, "close {payload}"),
            _ => writeln!(all, "{what} {:?}", bytes_of(payload)),
        }
        .expect("a string takes all");
        all
    });
    Case { number, chop, frames, expected }
}

fn bytes_of(payload: &str) -> Vec<u8> {
    if let Some(words) = payload.strip_prefix('"') {
        return words.trim_end_matches('"').as_bytes().to_vec();
    }
    if let Some(count) = payload.strip_prefix('*') {
        return vec![b'*'; count.parse().expect("a count")];
    }
    let hex = payload.strip_prefix("x:").unwrap_or_default();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

/// `+rsv3:text "words"` as a client would send it, masked.
fn sent_frame(action: &str) -> Vec<u8> {
    let (what, payload) = action.split_once(' ').unwrap_or((action, ""));
    let (fin, what) = what.strip_prefix('+').map_or((0x80, what), |what| (0, what));
    let (masked, what) = what.strip_prefix("unmasked:").map_or((true, what), |what| (false, what));
    let (rsv, what) = match what.strip_prefix("rsv") {
        Some(rest) => {
            let (bits, what) = rest.split_once(':').expect("bits");
            (bits.parse::<u8>().expect("bits") << 4, what)
        }
        None => (0, what),
    };
    let opcode = match what {
        "cont" => 0,
        "text" => 1,
        "binary" => 2,
        "close" => 8,
        "ping" => 9,
        "pong" => 10,
        other => other.strip_prefix("op").and_then(|code| code.parse().ok()).expect("an opcode"),
    };
    let payload = match (what, payload.split_once(' ').unwrap_or((payload, ""))) {
        ("close", (code, reason)) if code.parse::<u16>().is_ok() => {
            let code: u16 = code.parse().expect("a code");
            [&code.to_be_bytes()[..], &bytes_of(reason)].concat()
        }
        _ => bytes_of(payload),
    };
    client_frame(fin | rsv | opcode, masked, &payload)
}

pub fn client_frame(first: u8, masked: bool, payload: &[u8]) -> Vec<u8> {
    let mask_bit = if masked { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(mask_bit + short as u8),
        long @ 126..=0xFFFF => {
            frame.push(mask_bit + 126);
            frame.extend((long as u16).to_be_bytes());
        }
        huge => {
            frame.push(mask_bit + 127);
            frame.extend((huge as u64).to_be_bytes());
        }
    }
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    if masked {
        frame.extend(mask);
    }
    let masking = payload.iter().zip(mask.into_iter().cycle());
    frame.extend(masking.map(|(byte, key)| if masked { byte ^ key } else { *byte }));
    frame
}

/// What an echo server on the codec answers, in the words of the corpus.
fn echo(pieces: impl Iterator<Item = Vec<u8>>) -> String {
    let (mut decoder, mut said) = (Decoder::default(), String::new());
    for mut piece in pieces {
        let taken = decoder.take(&mut piece, &mut |heard| {
            match heard {
                Heard::Text(text) => writeln!(said, "text {:?}", text.as_bytes()),
                Heard::Binary(bytes) => writeln!(said, "binary {bytes:?}"),
                Heard::Ping(bytes) => writeln!(said, "pong {bytes:?}"),
                Heard::Pong(_) => Ok(()),
                Heard::Close(code) => {
                    let code = code.map(|code| code.to_string()).unwrap_or_default();
                    writeln!(said, "close {code}")
                }
            }
            .is_ok()
        });
        if let Err(broken) = taken {
            writeln!(said, "close {}", broken.code()).expect("a string takes all");
        }
    }
    said
}

fn cut(bytes: &[u8], at: usize) -> impl Iterator<Item = Vec<u8>> {
    bytes.chunks(at.max(1)).map(<[u8]>::to_vec)
}

#[test]
fn every_case_of_the_suite_goes_as_it_should() {
    for case in cases() {
        let bytes = case.frames.concat();
        let back = match case.chop {
            Some(chop) => echo(cut(&bytes, chop)),
            None => echo(case.frames.iter().cloned()),
        };
        assert!(back == case.expected, "{}: {back:.300} instead of {:.300}", case.number, case.expected);
    }
}

#[test]
fn a_byte_at_a_time_and_all_at_once_are_the_same() {
    for case in cases() {
        let bytes = case.frames.concat();
        for at in [1, 2, 3, bytes.len()] {
            let back = echo(cut(&bytes, at));
            assert!(back == case.expected, "{} in pieces of {at}: {back:.300}", case.number);
        }
    }
}

#[test]
fn a_peer_who_finished_speaking_owns_nothing_here() {
    let mut decoder = Decoder::default();
    let mut frame = sent_frame("text \"hello\"");
    let (begin, end) = frame.split_at_mut(4);
    decoder.take(begin, &mut |_| true).expect("well begun");
    assert!(decoder.is_half());
    decoder.take(end, &mut |_| true).expect("and ended");
    assert!(!decoder.is_half());
    assert_eq!(size_of::<Decoder>(), 16);
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_gives_the_same_frames(
        frames in proptest::collection::vec((0u8..7, proptest::collection::vec(any::<u8>(), 0..300)), 1..12),
        cuts in proptest::collection::vec(1usize..97, 1..40),
    ) {
        let firsts = [0x81, 0x82, 0x89, 0x8A, 0x01, 0x80, 0x00];
        let bytes: Vec<u8> = frames
            .iter()
            .flat_map(|(kind, payload)| {
                let text: Vec<u8> = payload.iter().map(|byte| byte % 0x80).collect();
                let short = if (2..4).contains(kind) { &text[..text.len().min(125)] } else { &text[..] };
                client_frame(firsts[usize::from(*kind)], true, short)
            })
            .collect();
        let mut pieces = Vec::new();
        let (mut rest, mut cuts) = (&bytes[..], cuts.into_iter().cycle());
        while !rest.is_empty() {
            let (piece, left) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
            pieces.push(piece.to_vec());
            rest = left;
        }
        prop_assert_eq!(echo(pieces.into_iter()), echo(std::iter::once(bytes)));
    }

    #[test]
    fn no_garbage_panics(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..64), 0..20)) {
        echo(pieces.into_iter());
    }
}
