//! What only its owner sees.

use domain::{Private, PrivateItem};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A private row as it now is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Item {
    /// `draft`, `star`, `mute`, `notify`, `section`, `preference` or `saved`; newer than a version also `read`, `follow`.
    #[schema(example = "draft")]
    pub kind: String,
    /// `C…`, `C….41`, `C….41.7`, or a word.
    pub subject: String,
    /// Any JSON; null: removed.
    #[schema(value_type = serde_json::Value)]
    pub value: Box<RawValue>,
    pub version: u64,
}

impl Item {
    pub fn of(row: Private) -> Self {
        let Private { kind, subject, value, version, .. } = row;
        Self { kind, subject, value: raw(value), version }
    }
    pub fn told(item: &PrivateItem) -> Self {
        let PrivateItem { kind, subject, value, version } = item.clone();
        Self { kind: kind.to_owned(), subject, value: raw(value), version }
    }
}

/// It was JSON when it was kept.
pub(crate) fn raw(value: Option<String>) -> Box<RawValue> {
    value.and_then(|text| RawValue::from_string(text).ok()).unwrap_or_else(|| RawValue::NULL.to_owned())
}

/// The rows that changed since a version.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MyRows)]
pub struct Mine {
    /// Ask for what is newer than this the next time.
    pub version: u64,
    pub items: Vec<Item>,
    /// There are more: ask again at once, from `version` on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// What to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Put {
    /// Any JSON but null.
    #[serde(deserialize_with = "present")]
    pub value: serde_json::Value,
}

/// Absent is not null.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<serde_json::Value, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    match value.is_null() {
        true => Err(serde::de::Error::custom("null removes: use DELETE")),
        false => Ok(value),
    }
}

/// Where it stands now.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// Of my private rows.
    pub version: u64,
}
