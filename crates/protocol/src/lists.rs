//! Lists across channels: what calls me, what I follow, what I saved.

use domain::ShoutKind;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::message::Message;
use crate::mine::raw;
use crate::person::{People, Person};
use crate::time::At;

/// A page, with the people its messages name. A short page may have a next one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Calls<'a> {
    pub items: Vec<Call<'a>>,
    pub next: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, Person>)]
    pub people: People,
}

/// A message that names me, or calls everyone where I sit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Call<'a> {
    /// Ask `after` the last of these.
    pub position: u64,
    /// `channel` or `here`: it calls everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<&'static str>,
    pub seen: bool,
    pub message: Message<'a>,
}

impl<'a> Call<'a> {
    pub fn of(position: domain::Position, all: Option<ShoutKind>, seen: bool, message: Message<'a>) -> Self {
        Self { position: position.0, all: all.map(ShoutKind::word), seen, message }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Threads<'a> {
    pub items: Vec<Thread<'a>>,
    pub next: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, Person>)]
    pub people: People,
}

/// A thread I follow.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Thread<'a> {
    pub root: Message<'a>,
    /// The last reply.
    pub last: Message<'a>,
    /// Up to which reply I have read.
    pub read: u64,
    pub unread: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SavedMessages)]
pub struct Saves<'a> {
    pub items: Vec<Saved<'a>>,
    pub next: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, Person>)]
    pub people: People,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Saved<'a> {
    /// When I saved it.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: At,
    /// What I kept with it.
    #[schema(value_type = serde_json::Value)]
    pub value: Box<RawValue>,
    pub message: Message<'a>,
}

impl<'a> Saved<'a> {
    pub fn of(kept: &domain::Private, message: Message<'a>) -> Self {
        Self { saved_at: At(kept.at_us), value: raw(kept.value.clone()), message }
    }
}
