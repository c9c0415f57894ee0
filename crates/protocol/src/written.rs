//! Where in the journal an answer stands.

use domain::{Epoch, Position};
use serde::Serialize;
use utoipa::ToSchema;

/// The moment of the journal an answer was true at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    #[serde(serialize_with = "epoch")]
    #[schema(value_type = String, example = "3640000000000000000")]
    pub epoch: Epoch,
    #[serde(serialize_with = "position")]
    #[schema(value_type = u64)]
    pub position: Position,
}

/// What a write answers: its own fields, and where it stands in the journal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Written<T> {
    #[serde(flatten)]
    pub it: T,
    #[serde(flatten)]
    pub at: Moment,
}

/// Epochs are larger than a JSON number is exact.
pub fn epoch<S: serde::Serializer>(epoch: &Epoch, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&epoch.0)
}

pub fn position<S: serde::Serializer>(position: &Position, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(position.0)
}
