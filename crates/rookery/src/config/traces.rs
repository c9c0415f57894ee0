//! The kinds of value of the section `traces`.

use toml::Value;

use super::values::{Setting, Wrong};

/// Where a collector listens. Who signs in stands beside it, so that an address can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorUrl(String);

impl CollectorUrl {
    pub fn is_sealed(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl Setting for CollectorUrl {
    const ALLOWED: &'static str =
        "http:// or https://, a host, perhaps a port and a path; what it is shown is a setting of its own";
    const EXAMPLE: &'static str = "http://127.0.0.1:4318";
    // Somebody may write a password into it all the same.
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<CollectorUrl, Wrong> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(Wrong)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let fits = !host.is_empty() && host.chars().all(plain);
        let shown = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'@'));
        if fits && shown { Ok(CollectorUrl(text.to_owned())) } else { Err(Wrong) }
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(pub f64);

impl Setting for Share {
    const ALLOWED: &'static str = "a number from 0 to 1, such as 0.01";

    fn parse(text: &str) -> Result<Share, Wrong> {
        let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.map(Share).ok_or(Wrong)
    }

    fn show(&self) -> String {
        self.0.to_string()
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Float(self.0))
    }

    fn take(value: Value) -> Result<Share, String> {
        let text = match value {
            Value::Float(share) => share.to_string(),
            Value::Integer(share) => share.to_string(),
            Value::String(text) => text,
            _ => return Err(format!("allowed: {}", Self::ALLOWED)),
        };
        Share::parse(&text).map_err(|Wrong| format!("'{text}' is not allowed; allowed: {}", Self::ALLOWED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_password_in_it_and_a_share_is_a_part() {
        for good in ["http://127.0.0.1:4318", "https://apm.example.org/intake/v1", "http://[::1]:4318/"] {
            assert!(CollectorUrl::parse(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "127.0.0.1:4318",
            "http://",
            "http://ada:s3cret@host",
            "http://host/?key=s3cret",
            "http://a b",
        ] {
            assert!(CollectorUrl::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Share::take(Value::Integer(1)), Ok(Share(1.0)));
        assert_eq!(Share::take(Value::String("0.5".into())), Ok(Share(0.5)));
        for wrong in ["-0.1", "1.1", "NaN", "many"] {
            assert!(Share::parse(wrong).is_err(), "{wrong}");
        }
    }
}
