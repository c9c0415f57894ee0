//! `/api/v1`: every noun's routes in one list.

use axum::Router;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::face::Face;
use crate::{changed, channels, me, members, message, messages, reactions, seats, workspaces};

#[derive(OpenApi)]
#[openapi(
    info(title = "Rookery", description = "Team chat that scales itself."),
    components(schemas(protocol::Problem))
)]
struct Document;

pub fn router(face: Face) -> Router {
    let (routes, document) = described();
    let text = document.to_json().unwrap_or_default();
    let served = get(move || async move { ([("content-type", "application/json")], text) });
    Router::new().nest("/api/v1", routes.route("/openapi.json", served)).with_state(face)
}

/// The routes, and the document made of the same list.
pub fn described() -> (Router<Face>, utoipa::openapi::OpenApi) {
    let nouns = OpenApiRouter::new()
        .merge(changed::routes())
        .merge(channels::routes())
        .merge(me::routes())
        .merge(members::routes())
        .merge(message::routes())
        .merge(messages::routes())
        .merge(reactions::routes())
        .merge(seats::routes())
        .merge(workspaces::routes());
    OpenApiRouter::with_openapi(Document::openapi()).merge(nouns).split_for_parts()
}
