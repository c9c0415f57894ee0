//! Which crate may use which. Rules sink, wiring rises: `domain` knows nobody, only the binary knows everybody.

use super::Problem;
use crate::tree::{File, Tree};

/// Roles meet in the store, the bus and the job queue, so none of them may name another.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("domain", &[]),
    ("protocol", &["domain"]),
    // A wire and its pool: it knows no table.
    ("pg", &[]),
    // Whoever does something opens a span in it; where spans go is none of its business.
    ("traces", &[]),
    ("otlp", &["traces"]),
    ("store", &["domain", "pg", "traces"]),
    ("live", &["domain"]),
    // Reads only; it writes nothing, so it needs no verb.
    ("reading", &["store", "domain"]),
    ("service", &["store", "reading", "live", "domain", "traces"]),
    ("api", &["service", "protocol", "site", "traces"]),
    // Files only: it knows nothing of what is served beside them.
    ("site", &[]),
    ("gateway", &["service", "protocol", "traces"]),
    // Cursors, leases and jobs are the store's own words, and a follower speaks of nothing else.
    ("worker", &["service", "store", "domain", "traces"]),
    (
        "rookery",
        &[
            "api", "gateway", "worker", "service", "protocol", "reading", "store", "live", "domain", "load",
            "traces", "otlp",
        ],
    ),
    // Proves everything, and stands in nothing that is shipped.
    (
        "testkit",
        &["api", "gateway", "worker", "service", "protocol", "reading", "store", "live", "domain", "load"],
    ),
    // Schedules of a whole fleet: it stands where the testkit stands.
    ("fleet", &["testkit", "gateway", "service", "store", "live", "domain"]),
    ("load", &["service", "domain"]),
    ("bench", &["load", "store", "reading", "domain"]),
    ("xtask", &[]),
];

pub fn allowed(tree: &Tree) -> Vec<Problem> {
    let ours: Vec<&str> = tree.crates().map(|(name, ..)| name).collect();
    tree.crates().flat_map(|(name, _, manifest)| judged(name, manifest, &ours)).collect()
}

fn judged(name: &str, manifest: &File, ours: &[&str]) -> Vec<Problem> {
    let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![Problem::new(
            &manifest.path,
            1,
            format!("say in xtask/src/tidy/graph.rs what `{name}` may use"),
        )];
    };
    let uses = dependencies(&manifest.text).into_iter().filter(|(_, used)| ours.contains(used));
    let wrong = uses.filter(|(_, used)| !may_use.contains(used));
    wrong
        .map(|(line, used)| Problem::new(&manifest.path, line, format!("`{name}` may not use `{used}`")))
        .collect()
}

/// What is built into the crate. Development dependencies are free: tests may stand on anything.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let (mut found, mut counts) = (Vec::new(), false);
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let (kind, named) = section.rsplit_once("dependencies").unwrap_or((section, ""));
            counts = section.contains("dependencies") && !kind.ends_with("dev-");
            if let Some(name) = named.strip_prefix('.').filter(|_| counts) {
                found.push((at + 1, name));
            }
        } else if counts && let Some(end) = line.find([' ', '=', '.']) {
            found.push((at + 1, &line[..end]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, dependencies: &str, expected: &[&str]) {
        let path = format!("crates/{name}/Cargo.toml");
        let others = ["domain", "store", "service", "api", "gateway", "testkit"]
            .map(|name| format!("crates/{name}/Cargo.toml"));
        let mut files: Vec<(&str, &str)> =
            others.iter().filter(|other| **other != path).map(|other| (other.as_str(), "")).collect();
        files.push((&path, dependencies));
        let found: Vec<String> = allowed(&Tree::of(&files)).into_iter().map(|problem| problem.what).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn rules_know_nobody_and_roles_do_not_know_each_other() {
        check("store", "[dependencies]\ndomain.workspace = true\ntokio = \"1\"\n", &[]);
        check(
            "domain",
            "[dependencies]\nstore = { path = \"../store\" }\n",
            &["`domain` may not use `store`"],
        );
        check(
            "api",
            "[dependencies]\nservice.workspace = true\ngateway.workspace = true\n",
            &["`api` may not use `gateway`"],
        );
        check(
            "api",
            "[target.'cfg(unix)'.dependencies.store]\npath = \"../store\"\n",
            &["`api` may not use `store`"],
        );
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        check("store", "[dev-dependencies]\ntestkit.workspace = true\n", &[]);
        check("store", "[dependencies]\ntestkit.workspace = true\n", &["`store` may not use `testkit`"]);
    }

    #[test]
    fn a_new_crate_finds_its_place_first() {
        check("helpers", "", &["say in xtask/src/tidy/graph.rs what `helpers` may use"]);
    }
}
