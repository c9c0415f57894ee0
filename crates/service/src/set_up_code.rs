//! What the first owner shows, to prove that they can read what the server printed.

use crate::Service;

const GROUPS: usize = 4;
const GROUP_LEN: usize = 4;

impl Service {
    /// 80 bits, the same on every node and after every start; worth nothing once the installation is set up.
    pub fn set_up_code(&self) -> String {
        // Of digits and capitals nobody mistakes, five bits each.
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bytes = self.places().directory().derive("set up", &[]);
        let letters =
            bytes.iter().take(GROUPS * GROUP_LEN).map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        let letters: Vec<char> = letters.collect();
        letters.chunks(GROUP_LEN).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// As it was printed, or as somebody types it.
    pub fn is_set_up_code(&self, text: &str) -> bool {
        let plain = |text: &str| {
            let letters = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase());
            blake3::hash(letters.collect::<String>().as_bytes())
        };
        plain(text) == plain(&self.set_up_code())
    }
}
