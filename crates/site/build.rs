//! Puts what the web client's build left in `web/dist` into the binary, each file with its smaller forms beside it.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::read::GzDecoder;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", root.display());
    let root = root.canonicalize().unwrap_or(root);
    let mut paths = Vec::new();
    // Without a build there is no page; everything else of the server works.
    if root.is_dir() {
        collect(&root, &mut paths)?;
    }
    paths.sort();
    let mut text = String::from("&[\n");
    for path in paths.iter().filter(|path| !is_smaller_form(path)) {
        let Ok(name) = path.strip_prefix(&root) else { continue };
        let bytes = fs::read(path)?;
        let tag = &blake3::hash(&bytes).to_hex()[..32];
        let name = name.to_string_lossy().replace('\\', "/");
        let plain =
            if unpacks_to(path, &bytes) { "None".to_owned() } else { format!("Some({})", included(path)) };
        let entry = format!(
            "    File {{ path: {name:?}, tag: {tag:?}, plain: {plain}, gzip: {}, brotli: {} }},\n",
            beside(path, "gz"),
            beside(path, "br")
        );
        text.write_str(&entry).map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("files.rs");
    fs::write(out, text)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
            paths.push(path);
        }
    }
    Ok(())
}

fn is_smaller_form(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "gz" || end == "br")
}

fn smaller_form(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}.{end}", path.display()))
}

/// Whether its gzip form gives it back, so that it need not be carried twice.
fn unpacks_to(path: &Path, bytes: &[u8]) -> bool {
    let mut whole = Vec::new();
    fs::File::open(smaller_form(path, "gz"))
        .is_ok_and(|small| GzDecoder::new(small).read_to_end(&mut whole).is_ok() && whole == bytes)
}

fn beside(path: &Path, end: &str) -> String {
    let smaller = smaller_form(path, end);
    if smaller.is_file() { format!("Some({})", included(&smaller)) } else { "None".to_owned() }
}

fn included(path: &Path) -> String {
    format!("include_bytes!({:?})", path.to_string_lossy())
}
