//! Who asks: by token or by cookie, never both.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use service::{Secret, Who};

use crate::errors::Problem;
use crate::face::Face;

/// Signed in; without it a handler is open to strangers.
#[derive(Debug, Clone)]
pub struct Caller(pub Who);

impl FromRequestParts<Face> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Caller, Problem> {
        let secret = bearer(parts).ok_or_else(Problem::signed_out)?;
        face.service().who(&secret).await?.map(Caller).ok_or_else(Problem::signed_out)
    }
}

fn bearer(parts: &Parts) -> Option<Secret> {
    parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim().parse().ok()
}
