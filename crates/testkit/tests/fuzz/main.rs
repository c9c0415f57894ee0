//! Nonsense, and what is nearly sense: nothing panics, nothing fails inside, and what is taken reads back as it was meant.
//!
//! Some hundred cases a target with `make test`, always the same (PROPTEST_RNG_SEED): a change is not told of what was wrong
//! before it. `make fuzz` gives each `PROPTEST_CASES` new ones.

mod nonsense;
mod requests;
mod values;
mod words;

use proptest::test_runner::Config;

/// As many as the environment says, or few enough for every day.
pub fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    // What failed is told whole; a file of it beside the tests would be found by nobody.
    Config { cases: asked.unwrap_or(usual), failure_persistence: None, ..Config::default() }
}
