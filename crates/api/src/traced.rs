//! The span of a request: by its route, so that no path of a stranger becomes a name, and in the trace of a proxy we believe.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request};
use axum::http::{self, HeaderName, StatusCode};
use traces::{Kind, Parent, Span};

use crate::observe::known_method;
use crate::peer::Proxies;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Keeps what a proxy of ours says of the trace it is in; from anyone else it is nothing, or strangers could have all recorded.
pub(crate) fn believe<B>(request: &mut http::Request<B>, proxies: &Proxies, socket: IpAddr) {
    if !traces::is_on() || !proxies.hold(socket.to_canonical()) {
        return;
    }
    let said = request.headers().get(TRACEPARENT).and_then(|value| Parent::read(value.to_str().ok()?));
    if let Some(parent) = said {
        request.extensions_mut().insert(parent);
    }
}

pub(crate) fn begin(request: &Request, id: &str) -> Span {
    if !traces::is_on() {
        return Span::default();
    }
    let parent = request.extensions().get::<Parent>().copied();
    let mut span = Span::continued(Kind::Server, "request", parent);
    let method = known_method(request.method().as_str());
    let route =
        || request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    span.rename(|| format!("{method} {}", route()));
    span.set("http.request.method", || method);
    span.set("http.route", route);
    span.set("rookery.request_id", || id.to_owned());
    span
}

pub(crate) fn answered(span: &mut Span, status: StatusCode) {
    span.set("http.response.status_code", || status.as_u16());
    if status.is_server_error() {
        span.failed();
    }
}
