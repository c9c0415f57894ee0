//! Answers as bytes: those of the doorman, and the few that need none.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::json;

/// Why a connection ends before anybody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    TooLarge,
    /// The request did not come in time.
    Slow,
    /// The server goes down, or is full.
    Busy,
}

impl Refusal {
    /// In the error form of the API.
    pub fn answer(self, request_id: &str) -> Vec<u8> {
        let (status, code, message) = match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "this is no request of HTTP/1.1"),
            Self::TooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too_large", "send fewer or shorter headers")
            }
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "too_slow", "send the whole request at once"),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "come back in a moment; another node may have a place",
            ),
        };
        let body =
            json!({ "error": { "code": code, "message": message, "details": {}, "request_id": request_id } });
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        if self == Self::Busy {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        written(&response)
    }
}

/// One answer and, unless it upgrades, nothing after it.
pub(crate) fn written(response: &Response<Bytes>) -> Vec<u8> {
    let status = response.status();
    let mut out =
        format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or("")).into_bytes();
    for (name, value) in response.headers() {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if status != StatusCode::SWITCHING_PROTOCOLS {
        let has_length = response.headers().contains_key(header::CONTENT_LENGTH);
        if !has_length && status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED {
            out.extend_from_slice(format!("content-length: {}\r\n", response.body().len()).as_bytes());
        }
        out.extend_from_slice(b"connection: close\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(response.body());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_error_form_and_ends_the_connection() {
        let text = String::from_utf8(Refusal::Busy.answer("r-1")).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{head}");
        assert!(head.contains("retry-after: 1\r\n") && head.ends_with("connection: close"), "{head}");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!((&body["error"]["code"], &body["error"]["request_id"]), (&json!("busy"), &json!("r-1")));
    }
}
