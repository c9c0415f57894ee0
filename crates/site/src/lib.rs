//! The web client, built into the binary: its files by name, each with the forms a browser may prefer.
//!
//! **Invariant.** Nothing is read from a disk at run time: what a binary serves was there when it was built.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::GzDecoder;

/// One file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// As in an address, without the first slash.
    pub path: &'static str,
    /// Of its bytes: another build, another tag.
    pub tag: &'static str,
    /// Absent where it is unpacked from its gzip form, which the build has tried: every browser reads a smaller one.
    plain: Option<&'static [u8]>,
    pub gzip: Option<&'static [u8]>,
    pub brotli: Option<&'static [u8]>,
}

/// In the order of their paths.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page itself; every address of the client is answered with it.
const PAGE: &str = "index.html";

pub fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &FILES[at])
}

/// Absent where the client was not built before the binary was.
pub fn page() -> Option<&'static File> {
    find(PAGE)
}

impl File {
    /// As it was built, for who reads no smaller form.
    pub fn whole(&self) -> Cow<'static, [u8]> {
        match (self.plain, self.gzip) {
            (Some(plain), _) => Cow::Borrowed(plain),
            (None, small) => {
                let mut whole = Vec::new();
                GzDecoder::new(small.unwrap_or_default()).read_to_end(&mut whole).unwrap_or_default();
                Cow::Owned(whole)
            }
        }
    }
    /// Its name holds a digest of what is in it, so it never changes.
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("assets/")
    }
    pub fn media(&self) -> &'static str {
        match self.path.rsplit_once('.').map_or("", |(_, end)| end) {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "webmanifest" => "application/manifest+json",
            "json" => "application/json",
            _ => "application/octet-stream",
        }
    }
}
