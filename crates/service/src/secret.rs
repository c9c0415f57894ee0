//! What opens a door: 256 random bits, shown once and kept only as a hash.

use std::fmt;
use std::str::FromStr;

use domain::{AccountId, Key};

use crate::Service;

const PREFIX: &str = "rk_";
const BYTES: usize = 32;

/// Its text is `rk_` and 64 hexadecimal digits; it is never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; BYTES]);

impl Secret {
    pub fn mint() -> Self {
        Self(store::clock::random())
    }
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.0).as_bytes()
    }
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", domain::text::hex(&self.0))
    }
}

impl Service {
    /// The secret of what is made under this key: a repeated answer shows the same one, and nothing keeps it.
    pub fn secret_under(&self, key: Key, by: AccountId) -> Secret {
        Secret(self.places().directory().derive("token", &[&key.0, by.bytes()]))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl FromStr for Secret {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix(PREFIX).filter(|digits| digits.is_ascii()).ok_or(())?;
        if digits.len() != 2 * BYTES {
            return Err(());
        }
        let mut bytes = [0; BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| ())?;
        }
        Ok(Self(bytes))
    }
}
