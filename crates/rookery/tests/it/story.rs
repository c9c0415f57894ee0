//! The README's own lines, run as they stand.

use std::process::Command;

use tempfile::tempdir;

use crate::harness::Server;

const README: &str = include_str!("../../../../README.md");

/// The block after the mark, without the two lines a reader fills in.
fn story(api: &str, code: &str) -> String {
    let marked = README.split("<!-- story: a test runs these lines -->").nth(1).expect("the mark");
    let block = marked.split("```sh").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let lines = block.lines().filter(|line| !line.starts_with("api=") && !line.starts_with("code="));
    let told = lines.collect::<Vec<_>>().join("\n");
    format!("set -euo pipefail\napi={api}\ncode={code}\n{told}\n")
}

#[test]
fn the_five_minute_story_of_the_readme_runs_as_it_is_written() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let code = server.set_up_code();
    is_told(&format!("http://{}/api/v1", server.address()), &code);
}

/// Wherever that is.
pub fn is_told(api: &str, code: &str) {
    let script = story(api, code);
    let ran = Command::new("bash").args(["-c", &script]).output().expect("bash runs");
    let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{complained}\n{said}");
    let page = said.rsplit("{\"epoch\"").next().expect("the last answer");
    assert!(page.contains("\"text\":\"What a view!\""), "{said}");
    assert!(page.contains("\"emoji\":\"\u{1F389}\"") && page.contains("\"count\":1"), "{said}");
    assert!(page.contains("\"replies\":{\"count\":1"), "{said}");
    assert!(!said.contains("\"error\""), "{said}");
}
