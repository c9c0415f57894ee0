//! `/metrics` in the Prometheus text form. Who renders is not known here.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

/// Writes all metrics as they are now.
pub type Render = Arc<dyn Fn() -> String + Send + Sync>;

pub(crate) fn router(render: Render) -> Router {
    Router::new().route("/metrics", get(text)).with_state(render)
}

async fn text(State(render): State<Render>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], render())
}
