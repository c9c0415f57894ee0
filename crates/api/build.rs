//! Puts the kept OpenAPI document into the binary, made small once.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::{env, fs};

use flate2::{Compression, write::GzEncoder};

fn main() -> io::Result<()> {
    let folder = |name| PathBuf::from(env::var(name).unwrap_or_default());
    let kept = folder("CARGO_MANIFEST_DIR").join("../../docs/openapi.json");
    println!("cargo::rerun-if-changed={}", kept.display());
    let mut small = GzEncoder::new(Vec::new(), Compression::best());
    small.write_all(&fs::read(kept)?)?;
    fs::write(folder("OUT_DIR").join("openapi.json.gz"), small.finish()?)
}
