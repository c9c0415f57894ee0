//! What the upgrade of a connection is answered with.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest, Sha1};

const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
pub const VERSION: &str = "13";

/// `Sec-WebSocket-Accept` of a `Sec-WebSocket-Key`; none where that is not 16 bytes in base64.
pub fn accept(key: &str) -> Option<String> {
    let key = key.trim();
    if BASE64_STANDARD.decode(key).ok()?.len() != 16 {
        return None;
    }
    let digest = Sha1::new().chain_update(key).chain_update(MAGIC).finalize();
    Some(BASE64_STANDARD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_the_standard() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ==").as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        for wrong in ["", "dGhlIHNhbXBsZSBub25j", "not base64!", "dGhlIHNhbXBsZSBub25jZSE="] {
            assert_eq!(accept(wrong), None, "{wrong}");
        }
    }
}
