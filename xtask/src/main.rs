//! Chores of the tree that are code: `cargo xtask tidy` reads everything and says what breaks the house's rules.
//!
//! **Invariant.** It reads and never writes, and it uses none of our crates, so a broken tree can still be judged.

use std::process::ExitCode;

mod tidy;
mod tree;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() != Some("tidy") {
        eprintln!("usage: cargo xtask tidy");
        return ExitCode::from(2);
    }
    let problems = match tree::Tree::read(&tree::root()) {
        Ok(tree) => tidy::problems(&tree),
        Err(error) => {
            eprintln!("cannot read the tree: {error}");
            return ExitCode::FAILURE;
        }
    };
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        println!("the tree is tidy");
        ExitCode::SUCCESS
    } else {
        eprintln!("{} to put right", problems.len());
        ExitCode::FAILURE
    }
}
