//! The rules of the house, a file each. A rule takes the tree and returns what breaks it.

use std::fmt;

use crate::tree::Tree;

mod contract;
mod graph;
mod reach;
mod roots;
mod sizes;
pub mod source;
mod words;

/// Something to put right, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    path: String,
    line: usize,
    what: String,
}

impl Problem {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

const RULES: [fn(&Tree) -> Vec<Problem>; 8] = [
    sizes::files,
    sizes::functions,
    roots::documented,
    graph::allowed,
    reach::every_module,
    reach::everything_else,
    words::none_left,
    contract::in_step,
];

pub fn problems(tree: &Tree) -> Vec<Problem> {
    RULES.iter().flat_map(|rule| rule(tree)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let tree = Tree::read(&crate::tree::root()).expect("the tree can be read");
        let problems: Vec<String> = problems(&tree).iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{} to put right:\n{}", problems.len(), problems.join("\n"));
    }
}
