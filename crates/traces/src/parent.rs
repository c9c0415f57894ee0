//! `traceparent` of W3C Trace Context: the trace a caller is in, the span it asks from, and whether it records.

/// Where in whose trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Context {
    pub trace: [u8; 16],
    pub span: [u8; 8],
}

/// What a caller says of the trace it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    pub(crate) context: Context,
    pub(crate) sampled: bool,
}

impl Parent {
    /// Nothing where it does not read: a trace begins here then. Later versions may say more behind what is read here.
    pub fn read(text: &str) -> Option<Parent> {
        let mut parts = text.trim().splitn(5, '-');
        let mut part = |digits: usize| parts.next().filter(|part| part.len() == digits);
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let [version] = bytes(version)?;
        if version == 0xFF || (version == 0 && parts.next().is_some()) {
            return None;
        }
        let context = Context { trace: bytes(trace)?, span: bytes(span)? };
        let [flags] = bytes(flags)?;
        let names_one = context.trace != [0; 16] && context.span != [0; 8];
        names_one.then_some(Parent { context, sampled: flags & 1 == 1 })
    }
}

/// Digits as the standard has them: small letters alone.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_the_standard_writes_is_read() {
        let parent = Parent::read(GOOD).expect("a parent");
        assert!(parent.sampled);
        assert_eq!((parent.context.trace[0], parent.context.span[7]), (0x4b, 0xb7));
        let quiet = GOOD.replace("-01", "-00");
        assert!(!Parent::read(&quiet).expect("a parent").sampled);
        // Of a later version what is known of it is read.
        assert!(Parent::read(&format!("01{}-more", &GOOD[2..])).is_some());
    }

    #[test]
    fn anything_else_is_no_parent() {
        for wrong in [
            "",
            "00",
            &GOOD.replace("4bf9", "4BF9"),
            &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
            &GOOD.replace("00f067aa0ba902b7", "0000000000000000"),
            &format!("ff{}", &GOOD[2..]),
            &format!("{GOOD}-more"),
            &GOOD[..54],
            "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Parent::read(wrong), None, "{wrong}");
        }
    }
}
