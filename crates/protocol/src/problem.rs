//! The one form of everything that goes wrong.

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    pub error: Inner,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProblemError)]
pub struct Inner {
    /// A word to switch on.
    #[schema(example = "not_found")]
    pub code: String,
    /// What to do about it.
    pub message: String,
    /// Of `invalid`: field and reason; of `not_allowed`: the missing `right`.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    /// Finds it in the server's log.
    pub request_id: String,
}
