//! Why there is no figure.

use std::fmt;

#[derive(Debug)]
pub struct Trouble(String);

impl Trouble {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// For `map_err`: what was being done, then why it failed.
    pub fn at<E: fmt::Display>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        let what = what.into();
        move |error| Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
