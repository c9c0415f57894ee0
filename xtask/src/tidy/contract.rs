//! `docs/contract.md` stays true: every row there, in order, with a state we know and a command that exists.

use super::{Problem, source};
use crate::tree::{File, Tree};

const PAGE: &str = "docs/contract.md";
/// How many rows each part of the contract has: S0-01 to S0-43, S1-01 to S1-27, and so on.
const ROWS: [usize; 5] = [43, 27, 23, 25, 13];
const STATES: [&str; 3] = ["works", "partly", "not yet"];

pub fn in_step(tree: &Tree) -> Vec<Problem> {
    let Some(page) = tree.file(PAGE) else {
        return vec![Problem::new(PAGE, 1, "the contract is missing")];
    };
    let rows: Vec<Row> =
        page.text.lines().enumerate().filter_map(|(at, line)| Row::read(at + 1, line)).collect();
    let mut problems = ids_in_order(&rows);
    problems.extend(rows.iter().filter_map(|row| row.wrong(tree)));
    problems.extend(tree.files.iter().filter(|file| file.is("md")).flat_map(|file| dead_targets(tree, file)));
    problems
}

struct Row<'a> {
    line: usize,
    id: &'a str,
    state: &'a str,
    commands: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn read(line: usize, text: &'a str) -> Option<Self> {
        let cells: Vec<&str> = text.strip_prefix("| S")?.split('|').map(str::trim).collect();
        let id = text.get(2..)?.split(' ').next()?;
        let commands = cells.get(2).map_or_else(Vec::new, |cell| quoted(cell));
        Some(Self { line, id, state: cells.get(1).unwrap_or(&""), commands })
    }

    fn wrong(&self, tree: &Tree) -> Option<Problem> {
        let problem = |what: String| Some(Problem::new(PAGE, self.line, format!("{}: {what}", self.id)));
        if !STATES.contains(&self.state) {
            return problem(format!("`{}` is no state; one of {}", self.state, STATES.join(", ")));
        }
        if (self.state == "not yet") != self.commands.is_empty() {
            return problem("what works names the command that shows it, and nothing else does".into());
        }
        let missing = self.commands.iter().find(|command| !exists(tree, command))?;
        problem(format!("`{missing}` is not to be found in the tree"))
    }
}

fn ids_in_order(rows: &[Row]) -> Vec<Problem> {
    let parts = ROWS.iter().enumerate();
    let expected: Vec<String> =
        parts.flat_map(|(part, rows)| (1..=*rows).map(move |n| format!("S{part}-{n:02}"))).collect();
    let differs = expected.iter().zip(rows).find(|(id, row)| *id != row.id);
    if let Some((id, row)) = differs {
        return vec![Problem::new(PAGE, row.line, format!("{} where {id} belongs", row.id))];
    }
    if rows.len() == expected.len() {
        return Vec::new();
    }
    vec![Problem::new(PAGE, 1, format!("{} rows instead of {}", rows.len(), expected.len()))]
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn exists(tree: &Tree, command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    match words.as_slice() {
        ["make", target] => has_target(tree, target),
        ["cargo", "test", "-p", name, rest @ ..] => has_test(tree, name, rest.last()),
        ["cargo", "xtask", "tidy"] => true,
        ["rookery", subcommands @ ..] => {
            !subcommands.is_empty() && subcommands.iter().all(|name| has_subcommand(tree, name))
        }
        [script, ..] if script.starts_with("scripts/") => tree.file(script).is_some(),
        _ => false,
    }
}

fn has_target(tree: &Tree, target: &str) -> bool {
    let is_target = |line: &str| line.strip_prefix(target).is_some_and(|rest| rest.starts_with(':'));
    tree.file("Makefile").is_some_and(|makefile| makefile.text.lines().any(is_target))
}

/// A filter as `cargo test` takes it: part of a function's name, or a module.
fn has_test(tree: &Tree, name: &str, filter: Option<&&str>) -> bool {
    let folder = format!("crates/{name}/");
    let mut files = tree.rust().filter(|file| {
        file.path.starts_with(&folder) || (name == "xtask" && file.path.starts_with("xtask/"))
    });
    let Some(filter) = filter.and_then(|filter| filter.rsplit("::").find(|part| !part.is_empty())) else {
        return files.next().is_some();
    };
    files.any(|file| {
        let is_module = file.name().trim_end_matches(".rs") == filter;
        is_module || source::functions(&file.tokens()).iter().any(|function| function.name.contains(filter))
    })
}

/// The command line is declared with enums, so `backup` is a variant `Backup` somewhere in the binary.
fn has_subcommand(tree: &Tree, name: &str) -> bool {
    let variant: String = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect();
    let mut files = tree.rust().filter(|file| file.path.starts_with("crates/rookery/src/"));
    files.any(|file| file.tokens().iter().any(|token| token.text == variant))
}

/// Any page that says `make something` says it of a target that is there.
fn dead_targets(tree: &Tree, page: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in page.text.lines().enumerate() {
        for command in
            quoted(line).into_iter().filter(|command| command.starts_with("make ") && !exists(tree, command))
        {
            problems.push(Problem::new(
                &page.path,
                at + 1,
                format!("`{command}` is no target of the Makefile"),
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(change: impl Fn(&str) -> Option<String>) -> String {
        let ids = ROWS
            .iter()
            .enumerate()
            .flat_map(|(part, rows)| (1..=*rows).map(move |n| format!("S{part}-{n:02}")));
        ids.map(|id| change(&id).unwrap_or_else(|| format!("| {id} | not yet | – | a note |\n"))).collect()
    }

    fn check(changed: &str, row: &str, expected: &[&str]) {
        let page = page(|id| (id == changed).then(|| row.into()));
        let tree = Tree::of(&[
            (PAGE, &page),
            ("Makefile", "test: ## all\n\ttrue\n"),
            ("crates/store/src/pool.rs", "fn a_full_pool_says_when_to_come_back() {}"),
            ("crates/rookery/src/args.rs", "enum Command { Backup, ConfigShow }"),
        ]);
        let found: Vec<String> = in_step(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{row}");
    }

    #[test]
    fn every_row_is_there_once_and_in_order() {
        check("", "", &[]);
        check("S4-13", "", &["docs/contract.md:1: 130 rows instead of 131"]);
        check(
            "S0-02",
            "| S0-01 | not yet | – | twice |\n",
            &["docs/contract.md:2: S0-01 where S0-02 belongs"],
        );
    }

    #[test]
    fn a_row_that_works_names_a_command_that_exists() {
        for command in [
            "make test",
            "cargo test -p store a_full_pool",
            "cargo test -p store pool::",
            "rookery backup",
            "rookery config-show --json",
        ] {
            check("S0-02", &format!("| S0-02 | works | `{command}` | x |\n"), &[]);
        }
        for command in ["make nothing", "cargo test -p store an_empty_pool", "rookery fly", "curl localhost"]
        {
            let problem = format!("docs/contract.md:2: S0-02: `{command}` is not to be found in the tree");
            let also = format!("docs/contract.md:2: `{command}` is no target of the Makefile");
            let expected: Vec<&str> =
                if command.starts_with("make") { vec![&problem, &also] } else { vec![&problem] };
            check("S0-02", &format!("| S0-02 | partly | `{command}` | x |\n"), &expected);
        }
    }

    #[test]
    fn states_are_three_and_what_is_not_yet_claims_nothing() {
        let claims =
            "docs/contract.md:2: S0-02: what works names the command that shows it, and nothing else does";
        check("S0-02", "| S0-02 | works | – | x |\n", &[claims]);
        check("S0-02", "| S0-02 | not yet | `make test` | x |\n", &[claims]);
        check(
            "S0-02",
            "| S0-02 | nearly | – | x |\n",
            &["docs/contract.md:2: S0-02: `nearly` is no state; one of works, partly, not yet"],
        );
    }
}
