//! Small pictures, by their digest.

use domain::cell::Corrupt;
use domain::{Picture, WorkspaceId, values};
use store::{Answer, Query};

use crate::take::one;

const PICTURE: &str =
    "SELECT workspace, digest, media, bytes, uses FROM picture WHERE workspace = $1 AND digest = $2";

pub const QUERIES: &[&str] = &[PICTURE];

pub fn query(workspace: WorkspaceId, digest: [u8; 32]) -> Query {
    Query { sql: PICTURE, values: values![&workspace, &digest] }
}

pub fn picture_in(answer: &Answer) -> Result<Option<Picture>, Corrupt> {
    one(answer)
}
