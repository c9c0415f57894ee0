//! What went wrong, in the one form every program knows: `{"error": {code, message, details, request_id}}`.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::Refusal;
use serde::Serialize;
use serde_json::{Value, json};
use service::NotDone;

/// A refusal on its way out. The code is a word to switch on, the message says what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: Cow<'static, str>,
    pub details: Value,
    pub retry_after_s: Option<u64>,
}

impl Problem {
    const fn of(status: StatusCode, code: &'static str, message: &'static str) -> Problem {
        Problem { status, code, message: Cow::Borrowed(message), details: Value::Null, retry_after_s: None }
    }

    pub fn not_found() -> Problem {
        Problem::of(StatusCode::NOT_FOUND, "not_found", "there is nothing here that you may see")
    }

    pub fn method_not_allowed() -> Problem {
        Problem::of(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this path answers other methods; see Allow",
        )
    }

    pub fn too_large() -> Problem {
        Problem::of(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is larger than this server takes")
    }

    pub fn malformed() -> Problem {
        Problem::of(StatusCode::BAD_REQUEST, "malformed", "the request could not be read")
    }

    pub fn malformed_because(message: &'static str) -> Problem {
        Problem::of(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// `right` is what is missing.
    pub fn not_allowed(right: &str, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            message: message.into(),
            details: json!({ "right": right }),
            ..Problem::of(StatusCode::FORBIDDEN, "not_allowed", "")
        }
    }

    pub fn slow_down(retry_after_us: i64) -> Problem {
        let seconds = (retry_after_us.max(0) as u64).div_ceil(1_000_000).max(1);
        let message = "too often; come back after the seconds of Retry-After";
        Problem {
            retry_after_s: Some(seconds),
            ..Problem::of(StatusCode::TOO_MANY_REQUESTS, "slow_down", message)
        }
    }

    pub fn signed_out() -> Problem {
        Problem::of(StatusCode::UNAUTHORIZED, "signed_out", "sign in, or send a token that is still good")
    }

    /// One field, and what is wrong with it.
    pub fn invalid(field: &str, reason: impl Into<Cow<'static, str>>) -> Problem {
        let reason = reason.into();
        let details = json!({ field: reason });
        Problem {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "invalid",
            message: reason,
            details,
            retry_after_s: None,
        }
    }

    /// A mistake of ours, told to nobody but the log.
    pub fn failed(why: &str) -> Problem {
        tracing::error!(%why, "a request failed: {why}");
        Problem::for_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is here speaks another protocol.
    pub fn for_upgrade(message: &'static str) -> Problem {
        Problem::of(StatusCode::UPGRADE_REQUIRED, "upgrade_required", message)
    }

    pub fn busy(retry_after_s: u64) -> Problem {
        let problem =
            Problem::of(StatusCode::SERVICE_UNAVAILABLE, "busy", "the answer took too long; try again");
        Problem { retry_after_s: Some(retry_after_s), ..problem }
    }

    /// For an answer the framework made without words of ours.
    pub(crate) fn for_status(status: StatusCode) -> Problem {
        match status {
            StatusCode::NOT_FOUND => Problem::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Problem::of(status, "unsupported_media_type", "send application/json")
            }
            status if status.is_client_error() => Problem { status, ..Problem::malformed() },
            status => {
                Problem::of(status, "failed", "something failed here; the request id finds it in the log")
            }
        }
    }
}

/// A rule said no: its word becomes a status, its field or missing right a detail.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let code = refusal.code.word();
        let status = match code {
            "not_found" => StatusCode::NOT_FOUND,
            "not_allowed" => StatusCode::FORBIDDEN,
            "signed_out" => StatusCode::UNAUTHORIZED,
            "invalid" => StatusCode::UNPROCESSABLE_ENTITY,
            "conflict" | "key_reused" | "key_expired" | "other_epoch" => StatusCode::CONFLICT,
            "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => return Problem::for_status(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let details = match (code, refusal.about) {
            ("invalid", Some(field)) => json!({ field: refusal.message }),
            ("not_allowed", Some(right)) => json!({ "right": right }),
            (_, Some(about)) => json!({ "about": about }),
            (_, None) => Value::Null,
        };
        Problem { status, code, message: refusal.message, details, retry_after_s: None }
    }
}

impl From<NotDone> for Problem {
    fn from(not_done: NotDone) -> Problem {
        match not_done {
            NotDone::Refused(refusal) => refusal.into(),
            NotDone::Saturated { retry_after } => Problem::busy(retry_after.as_secs().max(1)),
            NotDone::ReadOnly { retry_after } => {
                let message = "nothing can be written just now; try again with the same key";
                let problem = Problem::of(StatusCode::SERVICE_UNAVAILABLE, "read_only", message);
                Problem { retry_after_s: Some(retry_after.as_secs().max(1)), ..problem }
            }
            NotDone::Elsewhere => Problem::not_found(),
            NotDone::Unknown | NotDone::Stopping => {
                let message = "whether it happened is not known; send it again with the same key";
                let problem = Problem::of(StatusCode::SERVICE_UNAVAILABLE, "busy", message);
                Problem { retry_after_s: Some(1), ..problem }
            }
            NotDone::Failed(why) => Problem::failed(&why),
        }
    }
}

/// Carries the problem outwards; `finish` writes the body where the request id is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: &'a str,
    message: &'a str,
    details: &'a Value,
    request_id: &'a str,
}

/// Gives every failed answer its one form, whoever made it; a success, or an answer of ours in JSON, passes.
pub(crate) fn finish(response: Response, request_id: &str) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => problem,
        None if is_json(parts.headers.get(header::CONTENT_TYPE)) => return Response::from_parts(parts, body),
        None => Problem::for_status(status),
    };
    let details =
        if problem.details.is_null() { Value::Object(serde_json::Map::new()) } else { problem.details };
    let inner = Inner { code: problem.code, message: &problem.message, details: &details, request_id };
    let text = serde_json::to_vec(&Envelope { error: inner }).unwrap_or_default();
    parts.status = problem.status;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = problem.retry_after_s {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(parts, Body::from(text))
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}
