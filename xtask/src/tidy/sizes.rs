//! What fits in the head: the longest file, function and front page.

use super::{Problem, source};
use crate::tree::{File, Tree};

const FILE_LINES_MAX: usize = 400;
const TEST_FILE_LINES_MAX: usize = 600;
const MAIN_LINES_MAX: usize = 80;
const FUNCTION_LINES_MAX: usize = 70;
const CRATE_LINES_MAX: usize = 8_000;
const FOLDERS_BELOW_SRC_MAX: usize = 3;
const ARCHITECTURE_LINES_MAX: usize = 400;

pub fn files(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> = tree.files.iter().filter_map(too_long).collect();
    problems.extend(tree.rust().filter_map(too_deep));
    for (name, folder, manifest) in tree.crates() {
        let src = format!("{folder}/src/");
        let lines: usize = tree.rust().filter(|file| file.path.starts_with(&src)).map(File::lines).sum();
        if lines > CRATE_LINES_MAX {
            problems.push(Problem::new(
                &manifest.path,
                1,
                format!("{name} has {lines} lines, at most {CRATE_LINES_MAX}"),
            ));
        }
    }
    problems
}

pub fn functions(tree: &Tree) -> Vec<Problem> {
    let long = |file: &File| {
        let functions = source::functions(&file.tokens()).into_iter();
        let long = functions.filter(|function| function.lines > FUNCTION_LINES_MAX);
        let say =
            |f: source::Function| format!("`{}` has {} lines, at most {FUNCTION_LINES_MAX}", f.name, f.lines);
        long.map(|function| Problem::new(&file.path, function.line, say(function))).collect::<Vec<_>>()
    };
    tree.rust().flat_map(long).collect()
}

fn lines_max(file: &File) -> Option<usize> {
    match file.name() {
        "ARCHITECTURE.md" => Some(ARCHITECTURE_LINES_MAX),
        "main.rs" if !file.is_test() => Some(MAIN_LINES_MAX),
        _ if !file.is("rs") && !file.is("sh") => None,
        _ if file.is_test() => Some(TEST_FILE_LINES_MAX),
        _ => Some(FILE_LINES_MAX),
    }
}

fn too_long(file: &File) -> Option<Problem> {
    let (lines, max) = (file.lines(), lines_max(file)?);
    (lines > max).then(|| {
        Problem::new(&file.path, lines, format!("{lines} lines, at most {max}: split by responsibility"))
    })
}

fn too_deep(file: &File) -> Option<Problem> {
    let (_, below) = file.path.split_once("/src/")?;
    let folders = below.matches('/').count();
    let what = format!("{folders} folders below src, at most {FOLDERS_BELOW_SRC_MAX}");
    (folders > FOLDERS_BELOW_SRC_MAX).then(|| Problem::new(&file.path, 1, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&Tree) -> Vec<Problem>, path: &str, lines: usize) -> usize {
        rule(&Tree::of(&[(path, &"x\n".repeat(lines))])).len()
    }

    #[test]
    fn a_file_may_be_long_but_not_too_long() {
        assert_eq!(found(files, "crates/a/src/b.rs", 400), 0);
        assert_eq!(found(files, "crates/a/src/b.rs", 401), 1);
        assert_eq!(found(files, "crates/a/tests/b.rs", 600), 0);
        assert_eq!(found(files, "crates/a/tests/b.rs", 601), 1);
        assert_eq!(found(files, "crates/a/src/main.rs", 81), 1);
        assert_eq!(found(files, "docs/long.md", 5_000), 0);
        assert_eq!(found(files, "crates/a/src/b/c/d/e/f.rs", 1), 1);
    }

    #[test]
    fn a_function_fits_one_screen() {
        let function = |lines: usize| format!("fn f() {{\n{}}}\n", "x;\n".repeat(lines - 2));
        assert!(functions(&Tree::of(&[("a/src/lib.rs", &function(70))])).is_empty());
        let problems = functions(&Tree::of(&[("a/src/lib.rs", &function(71))]));
        assert_eq!(problems[0].to_string(), "a/src/lib.rs:1: `f` has 71 lines, at most 70");
    }
}
