//! The caller's workspaces, and each as a whole.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::workspace::{NewWorkspace, Room, Workspace, WorkspacePatch};
use protocol::{List, Moment, Written};
use service::{Home, Seen, WorkspaceChange};

use crate::asked::{Body, Fresh, Inside, Keyed, Paging};
use crate::caller::Caller;
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::etag::tagged;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(rooms, open))
        .routes(routes!(workspace, change))
        .routes(routes!(archive))
        .routes(routes!(restore))
}

/// The caller's workspaces, and what waits in each. Cheap to ask again: send the `ETag` as `If-None-Match`.
#[utoipa::path(get, path = "/workspaces", tag = "workspaces",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = List<Room>),
        (status = 304, description = "as in the answer that had this tag"),
        Reading,
    ))]
async fn rooms(
    State(face): State<Face>,
    Caller(who): Caller,
    page: Paging,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (rooms, next) = face.service().workspaces(&who, page.after()?, page.limit).await?;
    let shown = rooms.into_iter().map(shown_room);
    tagged(&headers, &List { items: shown.collect(), next: next.as_ref().map(cursor) })
}

pub(crate) fn shown_room(room: service::Room) -> Room {
    let Home { slug, itself, member } = room.home;
    Room::of(slug, &itself, &member, room.waiting.map(|waiting| (waiting.unread, waiting.mentions)))
}

fn shown(seen: Seen<Home>) -> Json<Written<Workspace>> {
    let Home { slug, itself, member } = seen.value;
    let at = Moment { epoch: seen.epoch, position: seen.position };
    Json(Written { it: Workspace::of(slug, &itself, &member), at })
}

/// Opens one more; the caller owns it. `general` is made and joined.
#[utoipa::path(post, path = "/workspaces", tag = "workspaces", request_body = NewWorkspace,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Written<Workspace>),
        Writing,
    ))]
async fn open(
    State(face): State<Face>,
    Caller(who): Caller,
    Keyed(key): Keyed,
    Body(new): Body<NewWorkspace>,
) -> Result<Json<Written<Workspace>>, Problem> {
    Ok(shown(face.service().open_workspace(&who, key, new.name, new.slug).await?))
}

/// One workspace, for its members.
#[utoipa::path(get, path = "/workspaces/{w}", tag = "workspaces",
    params(
        ("w" = String, Path),
        ("at_least" = Option<u64>, Query),
        ("epoch" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = Written<Workspace>),
        Reading,
    ))]
async fn workspace(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<Workspace>>, Problem> {
    Ok(shown(face.service().workspace(by, fresh).await?))
}

/// Name and settings, by owners and admins; rights by owners.
#[utoipa::path(patch, path = "/workspaces/{w}", tag = "workspaces", request_body = WorkspacePatch,
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Moment),
        Writing,
    ))]
async fn change(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Body(patch): Body<WorkspacePatch>,
) -> Result<Json<Moment>, Problem> {
    if patch.slug.is_some() {
        return Err(Problem::invalid("slug", "an address stays: links all over the world name it"));
    }
    let settings = patch.settings.unwrap_or_default();
    let change = WorkspaceChange {
        name: patch.name,
        edit_s: settings.edit_s,
        keep_deleted: settings.keep_deleted,
        rights: settings.rights.map(Into::into),
    };
    Ok(moment(&face.service().change_workspace(by, key, change).await?))
}

/// Puts the workspace away: read as before, changed by nobody. By an owner.
#[utoipa::path(post, path = "/workspaces/{w}/archive", tag = "workspaces",
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Moment),
        Writing,
    ))]
async fn archive(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().archive_workspace(by, key, true).await?))
}

/// Takes the workspace out again. By an owner.
#[utoipa::path(post, path = "/workspaces/{w}/restore", tag = "workspaces",
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Moment),
        Writing,
    ))]
async fn restore(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().archive_workspace(by, key, false).await?))
}
