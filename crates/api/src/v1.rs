//! `/api/v1`: every noun's routes in one list.

use std::sync::LazyLock;

use axum::routing::get;
use axum::{Router, middleware};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::errors::Problem;
use crate::face::Face;
use crate::{
    about, account, bots, changed, channels, door, export, invited, keeping, links, lists, me, members,
    message, messages, pictures, pins, reactions, seats, session, tokens, workspaces,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Rookery", description = "Team chat that scales itself."),
    components(schemas(protocol::Problem)),
    modifiers(&SignIn),
    security(("token" = []), ("cookie" = []))
)]
struct Document;

/// How one shows who one is, and what the scopes of a token open.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let words = "A session's or a token's secret, `rk_…`. A token has scopes: `read` for every GET; `write` for messages, \
                     channels and what is one's own; `admin` for members, invitations, bots, the audit and the workspace itself. \
                     No token makes tokens, changes a password or reads sessions.";
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build();
        let words = "What a sign-in from a page sets (`__Host-rookery` behind TLS). Its writes need the `Origin` of this server.";
        let cookie = ApiKeyValue::with_description("rookery", words);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Described once a process, however many faces it has.
static ROUTES: LazyLock<Router<Face>> = LazyLock::new(|| {
    let (routes, document) = described();
    let text = document.to_json().unwrap_or_default();
    let served = get(move || async move { ([("content-type", "application/json")], text) });
    let routes = routes
        .route("/openapi.json", served)
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    Router::new().nest("/api/v1", routes)
});

pub fn router(face: Face) -> Router {
    let entrance = middleware::from_fn_with_state(face.clone(), door::enter);
    ROUTES.clone().layer(entrance).with_state(face)
}

/// The routes, and the document made of the same list.
pub fn described() -> (Router<Face>, utoipa::openapi::OpenApi) {
    let nouns = OpenApiRouter::new()
        .merge(about::routes())
        .merge(account::routes())
        .merge(bots::routes())
        .merge(changed::routes())
        .merge(channels::routes())
        .merge(export::routes())
        .merge(invited::routes())
        .merge(keeping::routes())
        .merge(links::routes())
        .merge(lists::routes())
        .merge(me::routes())
        .merge(members::routes())
        .merge(message::routes())
        .merge(messages::routes())
        .merge(pictures::routes())
        .merge(pins::routes())
        .merge(reactions::routes())
        .merge(seats::routes())
        .merge(session::routes())
        .merge(tokens::routes())
        .merge(workspaces::routes());
    OpenApiRouter::with_openapi(Document::openapi()).merge(nouns).split_for_parts()
}
