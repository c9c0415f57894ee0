//! A crate's first line says what it is for, and a paragraph of it says what always holds.

use super::Problem;
use crate::tree::{File, Tree};

pub fn documented(tree: &Tree) -> Vec<Problem> {
    tree.rust().filter_map(undocumented).collect()
}

fn undocumented(file: &File) -> Option<Problem> {
    let is_root = file.path.ends_with("/src/lib.rs") || file.path.ends_with("/src/main.rs");
    let program = file.path.split_once("/src/bin/").map(|(_, program)| program);
    let is_program = program.is_some_and(|program| !program.contains('/') || program.ends_with("/main.rs"));
    if !is_root && !is_program {
        return None;
    }
    let head: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
    if head.is_empty() {
        return Some(Problem::new(&file.path, 1, "the first line says what this is for: `//! …`"));
    }
    let has_invariant = head.iter().any(|line| line.to_lowercase().contains("invariant"));
    (is_root && !has_invariant)
        .then(|| Problem::new(&file.path, 1, "its head states one invariant: `//! **Invariant.** …`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: usize) {
        assert_eq!(documented(&Tree::of(&[(path, text)])).len(), expected, "{path}: {text}");
    }

    #[test]
    fn a_crate_says_what_it_is_for_and_what_always_holds() {
        check("crates/a/src/lib.rs", "//! Ids.\n//!\n//! **Invariant.** No I/O.\n", 0);
        check("crates/a/src/lib.rs", "//! Ids.\n", 1);
        check("crates/a/src/main.rs", "fn main() {}\n", 1);
        check("crates/a/src/bin/tool.rs", "//! A tool.\n", 0);
        check("crates/a/src/bin/tool.rs", "fn main() {}\n", 1);
        check("crates/a/src/bin/big/main.rs", "fn main() {}\n", 1);
        check("crates/a/src/bin/big/part.rs", "fn part() {}\n", 0);
        check("crates/a/src/other.rs", "fn other() {}\n", 0);
    }
}
