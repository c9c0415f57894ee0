//! `rookery version`.

use serde_json::json;

use crate::output::Output;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub fn run(output: &Output) {
    output.done(|| format!("rookery {VERSION}"), || json!({ "name": "rookery", "version": VERSION }));
}
