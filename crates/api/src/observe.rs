//! Counts and times every answer by route, so that no path a stranger makes up becomes a label.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::response::Response;
use metrics::{Counter, Histogram};
use parking_lot::RwLock;
use tokio::time::Instant;

/// What an answer is counted by, found once: to look a metric up by three labels costs more than to count.
static ROUTES: LazyLock<RwLock<HashMap<String, Vec<Asked>>>> = LazyLock::new(RwLock::default);

/// A route by one method.
struct Asked {
    method: &'static str,
    took: Histogram,
    answers: Vec<(StatusCode, Counter)>,
}

pub(crate) async fn count<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = known_method(request.method().as_str());
    let began = Instant::now();
    let response = next(request).await;
    let route = matched.as_ref().map_or("unknown", MatchedPath::as_str);
    counted(route, method, response.status(), began.elapsed().as_secs_f64());
    response
}

fn counted(route: &str, method: &'static str, status: StatusCode, took: f64) {
    let known = ROUTES.read().get(route).is_some_and(|methods| {
        let asked = methods.iter().find(|asked| asked.method == method);
        asked.is_some_and(|asked| asked.count(status, took))
    });
    if known {
        return;
    }
    let mut routes = ROUTES.write();
    let methods = routes.entry(route.to_owned()).or_default();
    let at = methods.iter().position(|asked| asked.method == method).unwrap_or_else(|| {
        methods.push(Asked::of(route, method));
        methods.len() - 1
    });
    methods[at].learn(route, status);
    methods[at].count(status, took);
}

impl Asked {
    fn of(route: &str, method: &'static str) -> Asked {
        let labels = [("method", method.to_owned()), ("endpoint", route.to_owned())];
        Asked {
            method,
            took: metrics::histogram!("http_request_duration_seconds", &labels),
            answers: Vec::new(),
        }
    }

    fn learn(&mut self, route: &str, status: StatusCode) {
        if self.answers.iter().all(|(known, _)| *known != status) {
            let labels = [
                ("method", self.method.to_owned()),
                ("endpoint", route.to_owned()),
                ("status", status.as_str().to_owned()),
            ];
            self.answers.push((status, metrics::counter!("http_requests_total", &labels)));
        }
    }

    /// False, and nothing is counted, where it was never answered so.
    fn count(&self, status: StatusCode, took: f64) -> bool {
        let Some((_, answers)) = self.answers.iter().find(|(known, _)| *known == status) else {
            return false;
        };
        answers.increment(1);
        self.took.record(took);
        true
    }
}

pub(crate) fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}
