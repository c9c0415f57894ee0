//! Values with a password in them: used as they are, shown without it, wherever they are shown.

use std::fmt;

use toml::Value;

use super::values::{Setting, Wrong};

const MASK: &str = "***";

/// How to reach a PostgreSQL database: `postgres://user:password@host:5432/name?option=value`.
#[derive(Clone, PartialEq, Eq)]
pub struct Dsn(String);

impl Dsn {
    /// The text with its password, for the one who connects.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl Setting for Dsn {
    const ALLOWED: &'static str = "a database address: postgres://user:password@host:5432/name";
    const EXAMPLE: &'static str = "postgres://rookery:password@db.example.org:5432/rookery";
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<Dsn, Wrong> {
        let rest =
            text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")).ok_or(Wrong)?;
        if rest.is_empty() || text.contains(['\0', '\n', ' ']) {
            Err(Wrong)
        } else {
            Ok(Dsn(text.to_owned()))
        }
    }

    fn show(&self) -> String {
        masked(&self.0)
    }

    fn value(&self) -> Option<Value> {
        Some(Value::String(self.show()))
    }
}

/// Hides every password of an address, or after `password=`, wherever it stands in a text: also in a quoted line of a broken file.
pub fn masked(text: &str) -> String {
    mask_words_after(&mask_user_info(text), "password=")
}

/// In `scheme://user:password@host` what stands between the first `:` and the last `@` before the path.
fn mask_user_info(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        out.push_str(before);
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`')).unwrap_or(after.len());
        let (address, after) = after.split_at(end);
        out.push_str(&mask_address(address));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn mask_address(address: &str) -> String {
    // A password may hold a `/` or `?` that was not escaped; the last `@` decides, so too much is hidden rather than too little.
    match (address.find(':'), address.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => {
            format!("{}:{MASK}{}", &address[..colon], &address[at..])
        }
        _ => address.to_owned(),
    }
}

fn mask_words_after(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(word) {
        let (before, after) = rest.split_at(start + word.len());
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'')).unwrap_or(after.len());
        out.push_str(before);
        out.push_str(MASK);
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_an_address_stands() {
        for (text, shown) in [
            ("postgres://ada:s3cret@db/rookery", "postgres://ada:***@db/rookery"),
            ("postgres://ada:p@ss/w:rd@db:5432/x", "postgres://ada:***@db:5432/x"),
            ("postgres://db:5432/x", "postgres://db:5432/x"),
            ("postgres://ada@db/x?password=s3cret&a=b", "postgres://ada@db/x?password=***&a=b"),
            (
                "primary = \"postgres://a:b@c\" # postgres://d:e@f",
                "primary = \"postgres://a:***@c\" # postgres://d:***@f",
            ),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn debugging_an_address_does_not_show_its_password() {
        let dsn = Dsn::parse("postgres://ada:s3cret@db/rookery").expect("an address");
        assert_eq!(format!("{dsn:?}"), "postgres://ada:***@db/rookery");
        assert!(dsn.reveal().contains("s3cret"));
    }
}
