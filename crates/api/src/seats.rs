//! Who sits in a channel.

use axum::Json;
use axum::extract::{Path, State};
use protocol::person::people;
use protocol::seat::{New, One, Role, Seat};
use protocol::{AccountId, By, Listing, Moment, Written};
use service::{Seats, Seen};

use crate::asked::{AtLeast, Fresh, Inside, KeyHeader, Keyed, Optional, Page, Paging, named};
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(seats)).routes(routes!(sit, leave))
}

/// `me`, or an account.
fn whom(by: By, text: &str) -> Result<AccountId, Problem> {
    if text == "me" { Ok(by.account) } else { named(text) }
}

/// Who sits there, by account.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/members", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), Page, AtLeast),
    responses((status = 200, body = Listing<Seat>), Reading))]
async fn seats(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    paging: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Listing<Seat>>, Problem> {
    let seen = face.service().seats(by, fresh, named(&channel)?, paging.after()?, paging.limit).await?;
    let Seen { epoch, position, value: Seats { items, next } } = seen;
    let members: Vec<_> = items.iter().map(|(_, member)| member.clone()).collect();
    Ok(Json(Listing {
        items: items.iter().map(|(seat, _)| Seat::of(seat)).collect(),
        next: next.as_ref().map(cursor),
        people: people(&members, face.service().now()),
        at: Moment { epoch, position },
    }))
}

/// Brings somebody in; `me` joins. With a role: in that one, also where they sit already.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/members/{account}", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), ("account" = String, Path), KeyHeader),
    request_body = Option<New>,
    responses((status = 200, body = Written<One>), Writing))]
async fn sit(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel, account)): Path<(String, String, String)>,
    Keyed(key): Keyed,
    Optional(New { role }): Optional<New>,
) -> Result<Json<Written<One>>, Problem> {
    let (channel, account) = (named(&channel)?, whom(by, &account)?);
    let manager = role.map(|role| role == Role::Manager);
    let done = face.service().sit(by, key, channel, account, manager).await?;
    let (seat, member) = face.service().seat_since(by, &done, channel, account).await?;
    let people = people(&[member], face.service().now());
    let at = Moment { epoch: done.epoch, position: done.position };
    Ok(Json(Written { it: One { seat: Seat::of(&seat), people }, at }))
}

/// Sends somebody away; `me` leaves. Whoever does not sit there is away already.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/members/{account}", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), ("account" = String, Path), KeyHeader),
    responses((status = 200, body = Moment), Writing))]
async fn leave(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel, account)): Path<(String, String, String)>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    let (channel, account) = (named(&channel)?, whom(by, &account)?);
    Ok(moment(&face.service().remove_from_channel(by, key, channel, account).await?))
}
