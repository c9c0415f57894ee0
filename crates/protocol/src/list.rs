use serde::Serialize;
use utoipa::ToSchema;

use crate::person::{People, Person};
use crate::written::Moment;

/// A page of a list; `next` is the cursor of the following page, null at the end.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// The same, with the people it names and the moment it was true at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Listing<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    #[schema(value_type = BTreeMap<String, Person>)]
    pub people: People,
    #[serde(flatten)]
    pub at: Moment,
}
