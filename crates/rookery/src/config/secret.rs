//! Values with a password in them: used as they are, shown without it, wherever they are shown.

use std::fmt;

use toml::Value;

use super::values::{Setting, Wrong};

const MASK: &str = "***";

/// How to reach a PostgreSQL database, as the one who connects wants it, and as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Dsn {
    parsed: store::pg::Dsn,
    text: String,
}

impl Dsn {
    /// With its password, for the one who connects.
    pub fn reveal(&self) -> &store::pg::Dsn {
        &self.parsed
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.text))
    }
}

impl Setting for Dsn {
    const ALLOWED: &'static str = "a database address: postgres://user:password@host:5432/name, perhaps with ?sslmode=require, or host=… user=… dbname=…";
    const EXAMPLE: &'static str = "postgres://rookery:password@db.example.org:5432/rookery";
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<Dsn, Wrong> {
        text.parse().map(|parsed| Dsn { parsed, text: text.to_owned() }).map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        masked(&self.text)
    }

    fn value(&self) -> Option<Value> {
        Some(Value::String(self.show()))
    }
}

/// A word nobody is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Setting for Password {
    const ALLOWED: &'static str = "a password; an empty one is none";
    const EXAMPLE: &'static str = "s3cret";
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<Password, Wrong> {
        if text.is_empty() { Err(Wrong) } else { Ok(Password(text.to_owned())) }
    }

    fn show(&self) -> String {
        MASK.to_owned()
    }
}

/// Hides every password of an address, and after `password=`, in any text: also in a quoted line of a broken file. Where it is not
/// sure, it hides too much rather than too little.
pub fn masked(text: &str) -> String {
    text.lines().map(|line| mask_words(&mask_address(line))).collect::<Vec<_>>().join("\n")
}

/// From the first `:` after `://` to the last `@` of the line: a password may hold anything else.
fn mask_address(line: &str) -> String {
    let Some(start) = line.find("://").map(|at| at + "://".len()) else { return line.to_owned() };
    let (before, address) = line.split_at(start);
    match (address.find(':'), address.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => {
            format!("{before}{}:{MASK}{}", &address[..colon], &address[at..])
        }
        _ => line.to_owned(),
    }
}

fn mask_words(line: &str) -> String {
    const WORD: &str = "password";
    let Some(end) = line.find(WORD).map(|at| at + WORD.len()) else { return line.to_owned() };
    let (before, after) = line.split_at(end);
    let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
        return format!("{before}{}", mask_words(after));
    };
    let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '"');
    // A quoted one may hold all of those, so the rest of the line goes with it.
    let rest = if value.starts_with('\'') { "" } else { value.find(ends).map_or("", |end| &value[end..]) };
    format!("{before}={MASK}{}", mask_words(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_an_address_stands() {
        for (text, shown) in [
            ("postgres://ada:s3cret@db/rookery", "postgres://ada:***@db/rookery"),
            ("postgres://ada:p@ss/w:r d\"@db:5432/x", "postgres://ada:***@db:5432/x"),
            ("postgres://db:5432/x", "postgres://db:5432/x"),
            ("postgres://ada@db/x?password=s3cret&a=b", "postgres://ada@db/x?password=***&a=b"),
            ("1 | primary = \"postgres://a:b@c\" # d:e@f\nhelp", "1 | primary = \"postgres://a:***@f\nhelp"),
            ("host=db password = s3cret dbname=x", "host=db password=*** dbname=x"),
            ("host=db password='s3 cret' dbname=x", "host=db password=***"),
            ("no password here", "no password here"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn debugging_an_address_does_not_show_its_password() {
        let dsn = Dsn::parse("postgres://ada:s3cret@db/rookery").expect("an address");
        assert_eq!(format!("{dsn:?}"), "postgres://ada:***@db/rookery");
        assert_eq!(dsn.reveal().password.as_deref(), Some("s3cret"));
    }
}
