//! An answer in JSON, written into one buffer that is long enough from the start.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::errors::Problem;

/// `bytes`: about how long it will be.
pub(crate) fn json(answer: &impl Serialize, bytes: usize) -> Response {
    let mut text = Vec::with_capacity(bytes);
    if serde_json::to_writer(&mut text, answer).is_err() {
        return Problem::for_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
