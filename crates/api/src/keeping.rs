//! What those who look after a workspace see of it, and whom they let in.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use protocol::keeping::{Invitation, MadeInvitation, NewInvitation, Noted};
use protocol::person::people;
use protocol::{Key, Listing, Moment, Position, Role, Written};
use service::{NewInvite, Seen};

use crate::asked::{AtLeast, Body, Fresh, Inside, KeyHeader, Keyed, Page, Paging, named};
use crate::cursor::cursor;
use crate::done::moment;
use crate::door::private;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(invitations, invite)).routes(routes!(revoke)).routes(routes!(audit))
}

/// Invitations, newest first, for who may invite. A code is never shown again.
#[utoipa::path(get, path = "/workspaces/{w}/invitations", tag = "invitations",
    params(("w" = String, Path), Page, AtLeast),
    responses((status = 200, body = Listing<Invitation>), Reading))]
async fn invitations(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    page: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Listing<Invitation>>, Problem> {
    let before = page.after::<String>()?.map(|id| id.parse::<Key>());
    let before = before
        .transpose()
        .map_err(|_| Problem::invalid("cursor", "take the cursor as the page before gave it"))?;
    let service = face.service();
    let Seen { epoch, position, value } = service.invitations(by, fresh, before, page.limit).await?;
    let now = service.now();
    Ok(Json(Listing {
        next: value.items.last().filter(|_| value.more).map(|last| cursor(&last.id.to_string())),
        items: value.items.iter().map(|row| Invitation::of(row, by.account, now)).collect(),
        people: people(&value.people, now),
        at: Moment { epoch, position },
    }))
}

/// A link that lets somebody in. The same key shows the same code again.
#[utoipa::path(post, path = "/workspaces/{w}/invitations", tag = "invitations", request_body = NewInvitation,
    params(("w" = String, Path), KeyHeader),
    responses((status = 200, body = Written<MadeInvitation>), Writing))]
async fn invite(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Body(new): Body<NewInvitation>,
) -> Result<Response, Problem> {
    let NewInvitation { role, uses, expires_s, channels } = new;
    let role = role.map_or(Role::Member, Into::into);
    let (code, done) = face.service().invite(by, key, NewInvite { role, uses, expires_s, channels }).await?;
    let Made { id } = done.reply.read().unwrap_or_default();
    let url = face.url(&format!("/invitations/{}", code.text()));
    let Json(at) = moment(&done);
    Ok(private(None, Written { it: MadeInvitation { id, code: code.text(), url }, at }))
}

#[derive(Default, serde::Deserialize)]
struct Made {
    id: String,
}

/// Takes it back: by its maker or an admin.
#[utoipa::path(delete, path = "/workspaces/{w}/invitations/{id}", tag = "invitations",
    params(("w" = String, Path), ("id" = String, Path), KeyHeader),
    responses((status = 200, body = Moment), Writing))]
async fn revoke(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, id)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().revoke_invitation(by, key, named(&id)?).await?))
}

/// What was done to the workspace and its people, newest first, for owners and admins.
#[utoipa::path(get, path = "/workspaces/{w}/audit", tag = "workspaces",
    params(("w" = String, Path), Page, AtLeast),
    responses((status = 200, body = Listing<Noted>), Reading))]
async fn audit(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    page: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Listing<Noted>>, Problem> {
    let before = page.after::<u64>()?.map(Position);
    let service = face.service();
    let Seen { epoch, position, value } = service.audit(by, fresh, before, page.limit).await?;
    Ok(Json(Listing {
        next: value.items.last().filter(|_| value.more).map(|last| cursor(&last.position.0)),
        items: value.items.iter().map(Noted::of).collect(),
        people: people(&value.people, service.now()),
        at: Moment { epoch, position },
    }))
}
