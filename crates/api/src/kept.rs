//! `/openapi.json`: the document as it is kept in `docs/`, which a test holds against what the handlers say of themselves.

use std::io::Read as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use flate2::read::GzDecoder;

use crate::errors::Problem;
use crate::form::reads;

static SMALL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

const KIND: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (header::VARY, HeaderValue::from_static("accept-encoding")),
];

pub(crate) fn served<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(answer)
}

async fn answer(asked: HeaderMap) -> Response {
    if reads(&asked, "gzip") {
        let small = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        return (KIND, small, SMALL).into_response();
    }
    let mut whole = Vec::new();
    match GzDecoder::new(SMALL).read_to_end(&mut whole) {
        Ok(_) => (KIND, whole).into_response(),
        Err(_) => Problem::for_status(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}
