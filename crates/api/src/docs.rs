//! `/api/docs`: the OpenAPI document for people. One page, one style, one script, all of them here: it needs nothing of the network.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const PAGE: &str = include_str!("docs/page.html");
const STYLE: &str = include_str!("docs/style.css");
const SCRIPT: &str = include_str!("docs/script.js");

/// The page shows names and words that came from the document, never as markup; and it may reach nothing but this server.
const POLICY: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
);

pub(crate) fn router() -> Router {
    Router::new()
        .route("/api/docs", get(|| async { file("text/html; charset=utf-8", PAGE) }))
        .route("/api/docs/style.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/api/docs/script.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Asked anew each time: it changes with the server, and its name does not.
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    ([kind, kept, POLICY], text).into_response()
}
