//! No dead file: a module is declared by another, everything else is named by whoever uses it.

use std::collections::BTreeSet;

use super::{Problem, source};
use crate::tree::{File, Tree};

/// Every Rust file is a target cargo knows, or reached from one by `mod`.
pub fn every_module(tree: &Tree) -> Vec<Problem> {
    let mut reached = BTreeSet::new();
    for (_, folder, manifest) in tree.crates() {
        let targets = tree.rust().filter(|file| is_target(folder, &file.path, manifest));
        targets.for_each(|target| follow(tree, target, true, &mut reached));
    }
    let mut problems = Vec::new();
    for file in tree.rust() {
        if !reached.contains(file.path.as_str()) {
            problems.push(Problem::new(&file.path, 1, "no `mod` leads here: a dead file"));
        }
        if file.name() == "mod.rs" && file.path.contains("/src/") {
            problems.push(Problem::new(
                &file.path,
                1,
                "a module is `name.rs` beside `name/`, never `mod.rs`",
            ));
        }
    }
    problems
}

fn is_target(folder: &str, path: &str, manifest: &File) -> bool {
    let Some(inside) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let parts: Vec<&str> = inside.split('/').collect();
    match parts.as_slice() {
        ["build.rs"] | ["src", "lib.rs" | "main.rs"] => true,
        ["src", "bin", target @ ..] | ["tests" | "benches" | "examples", target @ ..] => {
            matches!(target, [_] | [_, "main.rs"])
        }
        _ => manifest.text.contains(&format!("path = \"{inside}\"")),
    }
}

fn follow<'a>(tree: &'a Tree, file: &'a File, is_root: bool, reached: &mut BTreeSet<&'a str>) {
    if !reached.insert(file.path.as_str()) {
        return;
    }
    let parent = file.path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let folder = if is_root || file.name() == "mod.rs" { parent } else { file.path.trim_end_matches(".rs") };
    let lines: Vec<&str> = file.text.lines().collect();
    for module in source::modules(&file.tokens()) {
        let above = lines.get(module.line.wrapping_sub(2)).copied().unwrap_or_default().trim();
        let elsewhere = above.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]"));
        let places = match elsewhere {
            Some(path) => vec![format!("{parent}/{path}")],
            None => vec![format!("{folder}/{}.rs", module.text), format!("{folder}/{}/mod.rs", module.text)],
        };
        if let Some(next) = places.iter().find_map(|place| tree.file(place)) {
            follow(tree, next, false, reached);
        }
    }
}

/// Scripts are named where people look; what lies in a crate beside the code is named by that code.
pub fn everything_else(tree: &Tree) -> Vec<Problem> {
    let unnamed = tree.files.iter().filter(|file| !is_named(tree, file));
    unnamed.map(|file| Problem::new(&file.path, 1, "nothing names this file: a dead one")).collect()
}

fn is_named(tree: &Tree, file: &File) -> bool {
    let stem = file.name().trim_end_matches(".sh");
    let says = |other: &&File, name: &str| other.path != file.path && other.text.contains(name);
    if file.path.starts_with("scripts/") {
        let places = |other: &&File| {
            other.name() == "Makefile" || other.is("md") || other.path.starts_with("scripts/")
        };
        return tree.files.iter().filter(places).any(|other| says(&other, stem));
    }
    let in_crate =
        file.path.starts_with("crates/") && !file.is("rs") && !file.is("snap") && file.name() != "Cargo.toml";
    !in_crate || tree.rust().any(|other| says(&other, file.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&Tree) -> Vec<Problem>, files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![
            ("crates/a/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "pub mod hub;\n#[cfg(test)]\nmod tests;\n"),
        ];
        all.extend_from_slice(files);
        rule(&Tree::of(&all)).into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn a_module_nobody_declares_is_dead() {
        assert!(
            found(every_module, &[("crates/a/src/hub.rs", "mod room;"), ("crates/a/src/hub/room.rs", "")])
                .is_empty()
        );
        assert_eq!(found(every_module, &[("crates/a/src/lost.rs", "")]), ["crates/a/src/lost.rs"]);
        assert_eq!(found(every_module, &[("crates/a/src/hub/room.rs", "")]), ["crates/a/src/hub/room.rs"]);
        assert_eq!(found(every_module, &[("crates/a/src/hub/mod.rs", "")]), ["crates/a/src/hub/mod.rs"]);
    }

    #[test]
    fn targets_are_roots_of_their_own() {
        assert!(
            found(
                every_module,
                &[("crates/a/tests/it/main.rs", "mod sends;"), ("crates/a/tests/it/sends.rs", "")]
            )
            .is_empty()
        );
        assert!(found(every_module, &[("crates/a/src/bin/tool.rs", "")]).is_empty());
        assert_eq!(
            found(every_module, &[("crates/a/tests/it/sends.rs", "")]),
            ["crates/a/tests/it/sends.rs"]
        );
    }

    #[test]
    fn a_script_nobody_mentions_is_dead() {
        assert!(
            found(everything_else, &[("Makefile", "up:\n\tscripts/services up"), ("scripts/services", "")])
                .is_empty()
        );
        assert_eq!(found(everything_else, &[("Makefile", ""), ("scripts/old.sh", "")]), ["scripts/old.sh"]);
        assert_eq!(found(everything_else, &[("crates/a/sql/old.sql", "")]), ["crates/a/sql/old.sql"]);
    }
}
