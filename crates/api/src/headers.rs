//! What every answer says to a browser: nothing of it is a page, a frame, a script or a guess, and nobody keeps it.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::errors::Problem;
use crate::peer::Sealed;

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// A handler that knows better says so itself: a page of ours, a picture that never changes.
const USUALLY: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A year; only said where TLS is, since elsewhere it is ignored.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

pub(crate) async fn say<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let sealed = Sealed::of(request.extensions());
    let may_shrink = request.method() == Method::GET;
    let mut response = if is_preflight(&request) { refused().into_response() } else { next(request).await };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    for (name, value) in USUALLY {
        headers.entry(name).or_insert(value);
    }
    if sealed {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    if may_shrink {
        response.extensions_mut().insert(MayShrink);
    }
    response
}

/// An answer that may be compressed. Secrets are told in answers to writes alone, and those go out as they are: the size of a
/// compressed one would tell a listener what a secret has in common with what they made the caller send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MayShrink;

/// Another origin's page asks whether it may. Our own never has to ask.
fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn refused() -> Problem {
    Problem {
        status: StatusCode::FORBIDDEN,
        code: "not_allowed",
        message: "pages of another origin may not ask here; a program asks without a browser".into(),
        details: json!({ "right": "origin" }),
        retry_after_s: None,
    }
}
