//! What one request may cost: bytes in, time taken. Connections are limited where they are accepted.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::errors::Problem;

#[derive(Clone, Debug)]
pub struct Limits {
    pub body_bytes_max: usize,
    /// A request that took longer is answered `busy`; its work is dropped where dropping loses nothing.
    pub answer_time_max: Duration,
    /// For the head of a request, and for a kept-alive connection without one.
    pub head_time_max: Duration,
    pub head_bytes_max: usize,
    pub headers_max: usize,
    pub connections_max: usize,
    /// Of one address, or of one network of IPv6; a proxy of ours is not counted. 0: no limit of its own.
    pub address_connections_max: usize,
    pub handshake_time_max: Duration,
    /// Requests at once on one connection of HTTP/2.
    pub streams_max: u32,
    /// How often an HTTP/2 caller is asked whether they are still there, and how long the answer may take.
    pub ping_every: Duration,
    pub ping_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes_max: 1024 * 1024,
            answer_time_max: Duration::from_secs(30),
            // Longer than the 60 s most load balancers keep an idle connection: the side that picks requests closes first.
            head_time_max: Duration::from_secs(75),
            head_bytes_max: 16 * 1024,
            headers_max: 64,
            connections_max: 10_000,
            address_connections_max: 1_000,
            handshake_time_max: Duration::from_secs(10),
            streams_max: 100,
            ping_every: Duration::from_secs(30),
            ping_time_max: Duration::from_secs(20),
        }
    }
}

const BUSY_RETRY_AFTER_S: u64 = 2;

pub(crate) async fn hold(limits: Limits, mut request: Request, next: Next) -> Response {
    if announced_bytes(&request).is_some_and(|bytes| bytes > limits.body_bytes_max as u64) {
        return Problem::too_large().into_response();
    }
    DefaultBodyLimit::max(limits.body_bytes_max).apply(&mut request);
    match tokio::time::timeout(limits.answer_time_max, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::busy(BUSY_RETRY_AFTER_S).into_response(),
    }
}

fn announced_bytes(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
