//! The HTTP face of Rookery: what stands on the main listener, and what stands on the one for operators.
//!
//! **Invariant.** No handler knows a backend: it is handed what it asks (a component's health, the rendered metrics) as a closure,
//! and every answer that is not a success has the one error form of `errors`, written in one place.

mod about;
mod account;
mod address;
mod answered;
pub mod asked;
mod bots;
pub mod caller;
mod changed;
mod channels;
pub mod clock;
mod closing;
mod compression;
mod connection;
mod cursor;
mod docs;
#[cfg(feature = "described")]
pub mod document;
mod done;
pub mod door;
pub mod errors;
mod etag;
mod export;
pub mod face;
mod form;
mod handle;
mod headers;
pub mod health;
mod invited;
mod json;
mod keeping;
mod kept;
pub mod limits;
mod links;
mod lists;
mod me;
mod members;
mod message;
mod messages;
pub mod metrics;
mod notifications;
mod observe;
pub mod peer;
mod pictures;
mod pins;
mod reactions;
mod refused;
mod request_id;
mod routes;
mod seats;
pub mod server;
mod session;
mod site;
pub mod socket;
pub mod tls;
mod tokens;
mod traced;
pub mod v1;
pub mod wire;
mod workspaces;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::errors::Problem;
use crate::handle::Handles;
use crate::health::Health;
use crate::limits::Limits;

/// What people and programs reach: `/api/v1`, and health without details.
pub fn main_router(v1: Router, health: Health, limits: &Limits) -> Router {
    let routes = health::summary_router(health).merge(docs::router()).merge(v1);
    dressed(routes.fallback(site::page), limits)
}

/// What a process that only keeps sockets answers: those, and how it is.
pub fn sockets_router(v1: Router, health: Health, limits: &Limits) -> Router {
    let routes = health::summary_router(health).merge(v1);
    dressed(routes.fallback(|| async { Problem::not_found() }), limits)
}

/// What operators reach, on a listener of its own: metrics, and health with its details.
pub fn operator_router(health: Health, render: metrics::Render, limits: &Limits) -> Router {
    let routes = health::detailed_router(health).merge(metrics::router(render));
    dressed(routes.fallback(|| async { Problem::not_found() }), limits)
}

/// Every router wears the same: known errors for unknown paths and methods, limits, counters, a request id, what is said to
/// browsers; outermost what makes an answer smaller.
fn dressed(routes: Router, limits: &Limits) -> Router {
    routes
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer((middleware::from_fn_with_state(limits.clone(), worn), Handles))
        .layer((compression::layer(), Handles))
}

/// One layer, since each is a box and a clone of all within it for every request.
async fn worn(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let held = |request| limits::hold(limits, request, next);
    let counted = |request| observe::count(request, held);
    let told = |request| headers::say(request, counted);
    request_id::stamp(request, told).await
}
