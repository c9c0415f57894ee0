//! An answer that is asked for again and again is sent only where it changed.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::errors::Problem;

/// JSON under a weak tag of its bytes; `304` and nothing else for who holds them already.
pub fn tagged(asked: &HeaderMap, answer: &impl Serialize) -> Result<Response, Problem> {
    let failed = |_| Problem::for_status(StatusCode::INTERNAL_SERVER_ERROR);
    let bytes = serde_json::to_vec(answer).map_err(failed)?;
    let tag = format!("W/\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    let held = is_held(asked, &tag);
    let mut response = if held {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(bytes));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    };
    let private = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, private);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Whether `If-None-Match` names the tag; weakness does not matter to it.
pub fn is_held(asked: &HeaderMap, tag: &str) -> bool {
    let bare = tag.trim_start_matches("W/");
    let listed = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    listed
        .flat_map(|value| value.split(','))
        .map(|held| held.trim().trim_start_matches("W/"))
        .any(|held| held == bare || held == "*")
}
