//! A picture on its way in, and how it is named afterwards.

use serde::Serialize;
use utoipa::ToSchema;

/// A picture: PNG, JPEG or WebP, standing still, at most 512 KiB and 4096 pixels a side.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PictureBytes(#[allow(dead_code, reason = "only the document names it")] Vec<u8>);

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PictureSet {
    /// The digest it is served by.
    pub picture: String,
}

/// 64 hexadecimal digits.
pub fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 2 * digest.len() || !text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(digest)
}

pub use domain::text::hex;
