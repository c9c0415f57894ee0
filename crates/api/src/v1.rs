//! `/api/v1`: every noun's routes in one list.

use std::sync::LazyLock;

use axum::{Router, middleware};

use crate::errors::Problem;
use crate::face::Face;
use crate::handle::Handles;
use crate::routes::Routes;
use crate::{
    about, account, bots, changed, channels, door, export, invited, keeping, kept, links, lists, me, members,
    message, messages, notifications, pictures, pins, reactions, seats, session, socket, tokens, workspaces,
};

/// Put together once a process, however many faces it has.
static ROUTES: LazyLock<Router<Face>> = LazyLock::new(|| {
    let routes = nouns().into_router().merge(socket::routes());
    under_v1(routes.route("/openapi.json", kept::served()))
});

pub fn router(face: Face) -> Router {
    entered(ROUTES.clone(), face)
}

/// The sockets alone, where another process answers the rest.
pub fn only_sockets(face: Face) -> Router {
    entered(under_v1(socket::routes()), face)
}

fn under_v1(routes: Router<Face>) -> Router<Face> {
    let routes = routes
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    Router::new().nest("/api/v1", routes)
}

/// Nobody comes past the door.
fn entered(routes: Router<Face>, face: Face) -> Router {
    let entrance = middleware::from_fn_with_state(face.clone(), door::enter);
    routes.layer((entrance, Handles)).with_state(face)
}

/// Every noun's own.
pub(crate) fn nouns() -> Routes {
    Routes::new()
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
        .merge(notifications::routes())
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
        .merge(workspaces::routes())
}
