use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list; `next` is the cursor of the following page, null at the end.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}
