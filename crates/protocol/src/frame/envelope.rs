//! One member, its name the kind; what is inside waits until the kind is known.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Not JSON, or not one object with one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame is a JSON object with one member, named by its kind")]
pub struct Malformed;

pub(super) struct Envelope<'a> {
    pub kind: Cow<'a, str>,
    pub body: &'a RawValue,
}

impl<'a> Envelope<'a> {
    pub fn read(text: &'a str) -> Result<Self, Malformed> {
        serde_json::from_str(text).map_err(|_| Malformed)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OneMember)
    }
}

struct OneMember;

impl<'de> Visitor<'de> for OneMember {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with one member")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Envelope<'de>, A::Error> {
        let kind = members.next_key::<Kind<'de>>()?.ok_or_else(|| A::Error::custom("no member"))?;
        let body = members.next_value()?;
        if members.next_key::<Kind<'de>>()?.is_some() {
            return Err(A::Error::custom("more than one member"));
        }
        Ok(Envelope { kind: kind.0, body })
    }
}

/// Borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Kind<'a>(#[serde(borrow)] Cow<'a, str>);
