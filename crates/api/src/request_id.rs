//! The outermost layer: every request has an id, given back in `X-Request-Id` and written into what goes wrong.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, debug};

use crate::{errors, traced};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const CALLERS_ID_BYTES_MAX: usize = 128;

pub(crate) async fn stamp<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let id = callers(&request).unwrap_or_else(fresh);
    let path = shown(request.uri().path()).into_owned();
    let mut traced = traced::begin(&request, &id);
    let span =
        tracing::info_span!("request", request_id = %id, method = %request.method(), path, trace_id = Empty);
    if let Some(trace_id) = traced.trace_id() {
        span.record("trace_id", trace_id);
    }
    let began = Instant::now();
    let response = traced.within(next(request).instrument(span.clone())).await;
    traced::answered(&mut traced, response.status());
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis() as u64);
    span.in_scope(|| debug!(status, ms, "answered {status} in {ms} ms"));
    let mut response = errors::finish(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Codes that open something stand in paths; they stand in no log.
fn shown(path: &str) -> Cow<'_, str> {
    const SECRETS_AFTER: [&str; 2] = ["/invitations/", "/links/"];
    let code = SECRETS_AFTER.iter().find_map(|before| {
        // Inside a workspace stands the id of an invitation, which opens nothing.
        let start = path.strip_prefix("/api/v1")?.strip_prefix(before)?;
        Some(path.len() - start.len())
    });
    let Some(start) = code else { return Cow::Borrowed(path) };
    let rest = path[start..].find('/').map_or("", |end| &path[start + end..]);
    Cow::Owned(format!("{}***{rest}", &path[..start]))
}

/// A caller's own id is kept when it is short and plain, so that it cannot forge a line of the log.
fn callers(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let fits = !id.is_empty() && id.len() <= CALLERS_ID_BYTES_MAX && id.chars().all(plain);
    fits.then(|| id.to_owned())
}

/// Unique over restarts and nodes by a prefix made once per process; the count is enough within it.
fn fresh() -> String {
    static PREFIX: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:012x}-{:x}", *PREFIX >> 16, COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_in_a_path_stands_in_no_log() {
        for (path, written) in [
            ("/api/v1/invitations/T0Secret/accept", "/api/v1/invitations/***/accept"),
            ("/api/v1/invitations/T0Secret", "/api/v1/invitations/***"),
            ("/api/v1/links/rk_00", "/api/v1/links/***"),
            ("/api/v1/workspaces/rooks/invitations/01", "/api/v1/workspaces/rooks/invitations/01"),
        ] {
            assert_eq!(shown(path), written);
        }
    }
}
