//! The web client's files: what is not of the API and not health is the page, or something of it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use site::File;

use crate::errors::Problem;
use crate::etag::is_held;
use crate::form::reads;

/// Scripts and styles of ours alone, and nothing inline: what people write can never run.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Paths that belong to programs: an unknown one of these is never answered with a page.
const OURS: [&str; 3] = ["/api", "/health", "/metrics"];

pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let is_ours = OURS.iter().any(|root| path == *root || path.starts_with(&format!("{root}/")));
    if is_ours || (method != Method::GET && method != Method::HEAD) {
        return Problem::not_found().into_response();
    }
    match site::find(path.trim_start_matches('/')).or_else(|| address(path)) {
        Some(file) => sent(file, &headers),
        None if site::page().is_none() => not_built().into_response(),
        None => Problem::not_found().into_response(),
    }
}

/// An address of the client (a workspace, a channel, a door); a name with a dot was meant as a file.
fn address(path: &str) -> Option<&'static File> {
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') { None } else { site::page() }
}

fn not_built() -> Problem {
    Problem {
        message: "the web client is not in this binary; `make run` builds both".into(),
        ..Problem::not_found()
    }
}

fn sent(file: &'static File, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.tag);
    let mut response = if is_held(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (body, form) = form_for(file, asked);
        let mut response = Response::new(body);
        if let Some(form) = form {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(form));
        }
        response
    };
    let keep = if file.is_immutable() { FOREVER } else { ASK_AGAIN };
    let told: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media())),
        (header::CACHE_CONTROL, keep),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    response.headers_mut().extend(told);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The smallest form the browser says it reads.
fn form_for(file: &'static File, asked: &HeaderMap) -> (Body, Option<&'static str>) {
    match (file.brotli, file.gzip) {
        (Some(bytes), _) if reads(asked, "br") => (bytes.into(), Some("br")),
        (_, Some(bytes)) if reads(asked, "gzip") => (bytes.into(), Some("gzip")),
        _ => (file.whole().into(), None),
    }
}
