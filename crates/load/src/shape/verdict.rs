//! What a run promised to keep, and whether it did.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The bounds of a run; over one of them it fails.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Of 100 answers, or of 100 messages to each of their readers, 95 are faster.
    pub p95_ms: f64,
    /// The same of pages that are opened beside.
    pub page_p95_ms: f64,
    /// Of all that was asked for, so many may be refused or fail.
    pub errors_share: f64,
    /// Of so many seconds a generator may be late with a hundredth of what it asks; later, it measured itself.
    pub lag_ms: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { p95_ms: 500.0, page_p95_ms: 500.0, errors_share: 0.01, lag_ms: 50.0 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub what: String,
    pub got: f64,
    pub bound: f64,
    pub kept: bool,
}

impl Verdict {
    pub fn at_most(what: &str, got: f64, bound: f64) -> Self {
        // What is not a number was not measured, and keeps nothing.
        Self { what: what.to_owned(), got, bound, kept: got <= bound }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, got, bound, kept } = self;
        write!(out, "{} {what}: {got:.3} (at most {bound})", if *kept { "kept  " } else { "broken" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_kept_up_to_itself_and_never_by_what_was_not_measured() {
        assert!(Verdict::at_most("p95", 100.0, 100.0).kept);
        assert!(!Verdict::at_most("p95", 100.1, 100.0).kept);
        assert!(!Verdict::at_most("p95", f64::NAN, 100.0).kept);
    }
}
