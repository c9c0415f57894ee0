//! Ids a person may read aloud: 26 capital characters, the first of which says what it names.

use std::fmt;
use std::str::FromStr;

use crate::cell::{Cell, Corrupt, Kind, Sink, Source};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TEXT_LEN: usize = 26;
/// The first character of the text stands for the top three bits.
const LOW_BITS: u32 = 125;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 26 characters, a letter and then digits and capitals without I, L, O and U")]
pub struct NotAnId;

/// What each byte stands for, if it is one of the alphabet.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        digits[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    digits
};
const NO_DIGIT: u8 = 0xff;
/// So many characters fit into a register: shifting 128 bits by one place after another costs several times as much.
const AT_ONCE: usize = 12;
const AT_ONCE_BITS: u32 = 60;

fn encode(bits: u128, letter: u8) -> [u8; TEXT_LEN] {
    let mut text = [letter; TEXT_LEN];
    let mut rest = bits;
    for part in text[1..].rchunks_mut(AT_ONCE) {
        let low = rest as u64;
        for (place, character) in part.iter_mut().rev().enumerate() {
            *character = ALPHABET[(low >> (5 * place)) as usize & 31];
        }
        rest >>= AT_ONCE_BITS;
    }
    text
}

fn digit(character: u8) -> Result<u64, NotAnId> {
    let digit = DIGITS[usize::from(character)];
    if digit == NO_DIGIT { Err(NotAnId) } else { Ok(u64::from(digit)) }
}

fn decode_low(text: &[u8]) -> Result<u128, NotAnId> {
    let part = |part: &[u8]| part.iter().try_fold(0, |bits, character| Ok(bits << 5 | digit(*character)?));
    let (first, rest) = (digit(text[1])?, &text[2..]);
    let (high, low) = (part(&rest[..AT_ONCE])?, part(&rest[AT_ONCE..])?);
    Ok(u128::from(first) << (2 * AT_ONCE_BITS) | u128::from(high) << AT_ONCE_BITS | u128::from(low))
}

/// 128 bits, time first: what an id is made of, and the key of a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(pub [u8; 16]);

impl Key {
    /// `random` fills what the time leaves: 80 bits.
    pub fn new(at: crate::Stamp, random: [u8; 10]) -> Self {
        let millis = (at.0 / 1000).max(0) as u64;
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        Self(bytes)
    }

    /// When the key was made, to the millisecond.
    pub fn made_at(self) -> crate::Stamp {
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&self.0[..6]);
        crate::Stamp(u64::from_be_bytes(millis) as i64 * 1000)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        let text = encode(bits, ALPHABET[(bits >> LOW_BITS) as usize]);
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Key {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let text = text.as_bytes();
        if text.len() != TEXT_LEN {
            return Err(NotAnId);
        }
        let top = digit(text[0])?;
        if top > 7 {
            return Err(NotAnId);
        }
        Ok(Self((u128::from(top) << LOW_BITS | decode_low(text)?).to_be_bytes()))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident: $($letter:literal = $tag:literal),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            fn tagged(key: Key, tag: u128) -> Self {
                let low = u128::from_be_bytes(key.0) & ((1 << LOW_BITS) - 1);
                Self((tag << LOW_BITS | low).to_be_bytes())
            }
            fn letter(bits: u128) -> Option<u8> {
                match bits >> LOW_BITS { $($tag => Some($letter),)+ _ => None }
            }
            fn tag(letter: u8) -> Option<u128> {
                match letter { $($letter => Some($tag),)+ _ => None }
            }
            fn text(&self) -> [u8; TEXT_LEN] {
                let bits = u128::from_be_bytes(self.0);
                encode(bits, Self::letter(bits).unwrap_or(b'?'))
            }
            pub fn bytes(&self) -> &[u8; 16] { &self.0 }
            pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, NotAnId> {
                Self::letter(u128::from_be_bytes(bytes)).map(|_| Self(bytes)).ok_or(NotAnId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let text = text.as_bytes();
                if text.len() != TEXT_LEN { return Err(NotAnId); }
                let tag = Self::tag(text[0]).ok_or(NotAnId)?;
                Ok(Self((tag << LOW_BITS | decode_low(text)?).to_be_bytes()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl Cell for $name {
            const KIND: Kind = Kind::Blob;
            fn put(&self, sink: &mut dyn Sink) { sink.blob(&self.0); }
            fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
                let Some(bytes) = source.blob()? else { return Ok(None) };
                let bytes = bytes.try_into().map_err(|_| Corrupt("an id is not 16 bytes"))?;
                Self::from_bytes(bytes).map(Some).map_err(|_| Corrupt("an id of another type"))
            }
        }
    };
}

id!(
    /// A person or a bot; identity only.
    AccountId: b'U' = 1
);
id!(
    /// A team's own world. All zeros is the installation itself.
    WorkspaceId: b'T' = 0
);
id!(
    /// A place to talk; `D` where it is direct.
    ChannelId: b'C' = 2, b'D' = 3
);
id!(
    /// An uploaded file.
    FileId: b'F' = 4
);

impl AccountId {
    pub fn new(key: Key) -> Self {
        Self::tagged(key, 1)
    }
}

impl WorkspaceId {
    /// The journal of the directory: accounts, workspaces, sessions.
    pub const INSTALLATION: Self = Self([0; 16]);
    pub fn new(key: Key) -> Self {
        Self::tagged(key, 0)
    }
}

impl ChannelId {
    pub fn new(key: Key) -> Self {
        Self::tagged(key, 2)
    }
    pub fn direct(key: Key) -> Self {
        Self::tagged(key, 3)
    }
    pub fn is_direct(self) -> bool {
        self.0[0] >> 5 == 3
    }
}

impl FileId {
    pub fn new(key: Key) -> Self {
        Self::tagged(key, 4)
    }
}

impl Cell for Key {
    const KIND: Kind = Kind::Blob;
    fn put(&self, sink: &mut dyn Sink) {
        sink.blob(&self.0);
    }
    fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> {
        let Some(bytes) = source.blob()? else { return Ok(None) };
        bytes.try_into().map(|bytes| Some(Self(bytes))).map_err(|_| Corrupt("a key is not 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stamp;

    #[test]
    fn an_id_reads_back_from_its_own_text_and_says_what_it_names() {
        let key = Key::new(Stamp(1_700_000_000_000_000), [7; 10]);
        let channel = ChannelId::direct(key);
        assert!(channel.to_string().starts_with('D') && channel.is_direct());
        assert_eq!(channel.to_string().parse(), Ok(channel));
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(key.made_at(), Stamp(1_700_000_000_000_000));
        assert_eq!(WorkspaceId::INSTALLATION.to_string(), "T0000000000000000000000000");
    }

    #[test]
    fn an_id_of_another_type_or_shape_is_refused() {
        let account = AccountId::new(Key::new(Stamp(1), [0; 10])).to_string();
        assert!(account.parse::<ChannelId>().is_err());
        for wrong in
            ["", "U", "U000000000000000000000000I", "u0000000000000000000000000", "Ü000000000000000000000000"]
        {
            assert_eq!(wrong.parse::<AccountId>(), Err(NotAnId), "{wrong}");
        }
        assert!("80000000000000000000000000".parse::<Key>().is_err(), "129 bits");
    }
}
