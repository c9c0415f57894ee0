//! No note to a later self: what is not done is an issue, or is not there.

use super::Problem;
use super::source::Token;
use crate::tree::{File, Tree};

/// Spelled in two halves, so that this list does not find itself.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const UNFINISHED: [&str; 2] = ["todo", "unimplemented"];

pub fn none_left(tree: &Tree) -> Vec<Problem> {
    let notes = tree.files.iter().filter(|file| !file.is("md") && !file.is("lock")).flat_map(notes);
    notes.chain(tree.rust().flat_map(unfinished)).collect()
}

fn notes(file: &File) -> Vec<Problem> {
    let is_note =
        |line: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| NOTES.contains(&word));
    let lines = file.text.lines().enumerate().filter(|(_, line)| is_note(line));
    lines
        .map(|(at, _)| {
            Problem::new(&file.path, at + 1, "a note to a later self: do it now, or open an issue")
        })
        .collect()
}

fn unfinished(file: &File) -> Vec<Problem> {
    let tokens = file.tokens();
    let is_call = |three: &&[Token]| {
        UNFINISHED.contains(&three[0].text.as_str()) && three[1].text == "!" && three[2].text != "="
    };
    let calls = tokens.windows(3).filter(is_call);
    let say = |call: &[Token]| format!("`{}!`: not in this tree", call[0].text);
    calls.map(|call| Problem::new(&file.path, call[0].line, say(call))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: usize) {
        assert_eq!(none_left(&Tree::of(&[("crates/a/src/lib.rs", text)])).len(), expected, "{text}");
    }

    #[test]
    fn nothing_is_left_for_later() {
        check("// Later is another issue.\nfn f() {}\n", 0);
        check(concat!("// TO", "DO: the rest\n"), 1);
        check(concat!("/* FIX", "ME */\n"), 1);
        check("fn f() { todo!() }\n", 1);
        check("fn f() { unimplemented!(\"g\") }\n", 1);
        check("fn todo() { let todo = 1; todo != 2; }\n", 0);
    }
}
