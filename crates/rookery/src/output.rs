//! What a command says: its result on stdout, for people or as one JSON document; progress and failures on stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::exit::Failure;

pub struct Output {
    json: bool,
    progress: bool,
}

impl Output {
    pub fn new(json: bool) -> Output {
        Output { json, progress: !json && std::io::stderr().is_terminal() }
    }

    /// The result, once: `words` for a person, `value` for a program.
    pub fn done(&self, words: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        let text = if self.json { value().to_string() } else { words() };
        say(&text);
    }

    /// One line rewritten in place while something long goes on; silence where nobody watches.
    pub fn progress(&self, line: &str) {
        if self.progress {
            let mut stderr = std::io::stderr().lock();
            // A terminal that went away must not stop the work it was watching.
            write!(stderr, "\r\x1b[2K{line}").and_then(|()| stderr.flush()).ok();
        }
    }

    /// Clears the line of progress, so that what comes next stands alone.
    pub fn progress_over(&self) {
        self.progress("");
    }

    /// Says why, in the form that was asked for, and gives the exit code that tells the kind.
    pub fn failed(&self, failure: &Failure) -> ExitCode {
        self.progress_over();
        if matches!(failure, Failure::Told | Failure::ToldAway) {
            return ExitCode::from(failure.code());
        }
        if self.json {
            say(&json!({ "error": { "code": failure.word(), "message": failure.to_string() } }).to_string());
        } else {
            eprintln!("rookery: {failure}");
        }
        ExitCode::from(failure.code())
    }
}

/// A reader that closed its end early (`| head`) is not a failure of ours.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush()).ok();
}
