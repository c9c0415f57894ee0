//! The kinds of value a setting can have: each reads itself from a file or the environment, shows itself, and says what is allowed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use toml::Value;

/// This text is not such a value. What is allowed instead, the kind itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong;

/// A kind of value.
pub trait Setting: Sized {
    /// Completes "allowed: …".
    const ALLOWED: &'static str;
    /// What a sample shows where there is no default.
    const EXAMPLE: &'static str = "";
    /// A secret's value appears in no message.
    const SECRET: bool = false;

    fn parse(text: &str) -> Result<Self, Wrong>;

    fn show(&self) -> String;

    /// As the file writes it; text unless the kind says otherwise.
    fn value(&self) -> Option<Value> {
        Some(Value::String(self.show()))
    }

    /// From a file; the environment always gives text. Words name the part of a list or table that is wrong.
    fn take(value: Value) -> Result<Self, String> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(flag) => flag.to_string(),
            _ => return Err(format!("allowed: {}", Self::ALLOWED)),
        };
        Self::parse(&text).map_err(|Wrong| {
            let shown = if Self::SECRET { "this value (not shown)".to_owned() } else { format!("'{text}'") };
            format!("{shown} is not allowed; allowed: {}", Self::ALLOWED)
        })
    }
}

/// What every field of every section is read by.
pub fn read<'de, D: Deserializer<'de>, T: Setting>(from: D) -> Result<T, D::Error> {
    T::take(Value::deserialize(from)?).map_err(de::Error::custom)
}

impl Setting for SocketAddr {
    const ALLOWED: &'static str =
        "an address and a port, such as 127.0.0.1:7665 or [::]:7665; port 0 takes a free one";

    fn parse(text: &str) -> Result<SocketAddr, Wrong> {
        text.parse().map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for PathBuf {
    const ALLOWED: &'static str = "a path";
    const EXAMPLE: &'static str = "/srv/rookery";

    fn parse(text: &str) -> Result<PathBuf, Wrong> {
        if text.is_empty() || text.contains('\0') { Err(Wrong) } else { Ok(PathBuf::from(text)) }
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for bool {
    const ALLOWED: &'static str = "true or false";

    fn parse(text: &str) -> Result<bool, Wrong> {
        text.parse().map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

impl Setting for u32 {
    const ALLOWED: &'static str = "a whole number from 0 to 4294967295";

    fn parse(text: &str) -> Result<u32, Wrong> {
        text.parse().map_err(|_| Wrong)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Integer(i64::from(*self)))
    }
}

impl Setting for String {
    const ALLOWED: &'static str = "text";

    fn parse(text: &str) -> Result<String, Wrong> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

/// Left out means "not set"; there is no word for it.
impl<T: Setting> Setting for Option<T> {
    const ALLOWED: &'static str = T::ALLOWED;
    const EXAMPLE: &'static str = T::EXAMPLE;
    const SECRET: bool = T::SECRET;

    fn parse(text: &str) -> Result<Option<T>, Wrong> {
        T::parse(text).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map(T::show).unwrap_or_default()
    }

    fn value(&self) -> Option<Value> {
        self.as_ref().and_then(T::value)
    }

    fn take(value: Value) -> Result<Option<T>, String> {
        T::take(value).map(Some)
    }
}

/// A TOML list; from the environment also `a,b`, or the text of a TOML list.
impl<T: Setting> Setting for Vec<T> {
    const ALLOWED: &'static str = T::ALLOWED;
    const EXAMPLE: &'static str = T::EXAMPLE;
    const SECRET: bool = T::SECRET;

    fn parse(text: &str) -> Result<Vec<T>, Wrong> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(T::parse).collect()
    }

    fn show(&self) -> String {
        self.iter().map(T::show).collect::<Vec<_>>().join(",")
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(T::value).collect()))
    }

    fn take(value: Value) -> Result<Vec<T>, String> {
        let items = match value {
            Value::Array(items) => items,
            Value::String(text) if text.trim_start().starts_with('[') => {
                list(&text).ok_or("this text is not a TOML list")?
            }
            Value::String(text) => text
                .split(',')
                .map(|part| Value::String(part.trim().to_owned()))
                .filter(|part| part.as_str() != Some(""))
                .collect(),
            _ => return Err(format!("allowed: a list of: {}", T::ALLOWED)),
        };
        items.into_iter().map(T::take).collect()
    }
}

fn list(text: &str) -> Option<Vec<Value>> {
    let mut table: toml::Table = toml::from_str(&format!("list = {text}")).ok()?;
    match table.remove("list") {
        Some(Value::Array(items)) => Some(items),
        _ => None,
    }
}

const UNITS_OF_TIME: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Setting for Duration {
    const ALLOWED: &'static str = "a time with its unit (ms, s, m, h, d), such as 500ms, 5s or 1h";

    fn parse(text: &str) -> Result<Duration, Wrong> {
        with_unit(text, &UNITS_OF_TIME).map(Duration::from_millis)
    }

    fn show(&self) -> String {
        shown_with_unit(u64::try_from(self.as_millis()).unwrap_or(u64::MAX), &UNITS_OF_TIME)
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

const UNITS_OF_SIZE: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl Setting for Size {
    const ALLOWED: &'static str = "a size with its unit (B, KiB, MiB, GiB), such as 512KiB";

    fn parse(text: &str) -> Result<Size, Wrong> {
        with_unit(text, &UNITS_OF_SIZE).map(Size)
    }

    fn show(&self) -> String {
        shown_with_unit(self.0, &UNITS_OF_SIZE)
    }
}

/// `90m`: digits, then a unit. A bare number is refused: nobody should have to guess its unit.
fn with_unit(text: &str, units: &[(&str, u64)]) -> Result<u64, Wrong> {
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or(Wrong)?;
    let (number, unit) = text.split_at(split);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start()).ok_or(Wrong)?;
    number.parse::<u64>().map_err(|_| Wrong)?.checked_mul(*factor).ok_or(Wrong)
}

/// In the largest unit that needs no fraction.
fn shown_with_unit(amount: u64, units: &[(&str, u64)]) -> String {
    let fits = |(_, factor): &&(&str, u64)| amount.is_multiple_of(*factor);
    let (unit, factor) = units.iter().find(fits).copied().unwrap_or(("", 1));
    if amount == 0 { format!("0{}", units[units.len() - 1].0) } else { format!("{}{unit}", amount / factor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_back_as_they_show() {
        for text in ["500ms", "5s", "90m", "1h", "7d"] {
            assert_eq!(Duration::parse(text).map(|time| time.show()), Ok(text.to_owned()));
        }
        for text in ["1B", "512KiB", "3MiB", "2GiB"] {
            assert_eq!(Size::parse(text).map(|size| size.show()), Ok(text.to_owned()));
        }
        assert_eq!(Duration::parse("3600s").map(|time| time.show()), Ok("1h".to_owned()));
    }

    #[test]
    fn a_number_without_a_unit_an_unknown_unit_and_one_too_large_are_refused() {
        for text in ["5", "", "s", "5 parsecs", "-5s", "99999999999999999999s", "999999999999999999d"] {
            assert_eq!(Duration::parse(text), Err(Wrong), "{text}");
        }
    }

    #[test]
    fn a_list_comes_as_toml_as_words_and_as_toml_in_text() {
        let wanted = Ok(vec![1, 2]);
        assert_eq!(Vec::<u32>::take(Value::from(vec![1, 2])), wanted);
        assert_eq!(Vec::<u32>::take(Value::from("1, 2")), wanted);
        assert_eq!(Vec::<u32>::take(Value::from("[1, 2]")), wanted);
        assert!(Vec::<u32>::take(Value::from("1,x")).unwrap_err().contains("'x' is not allowed"));
    }
}
