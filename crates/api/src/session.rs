//! Signing in and out, and where one is signed in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::account::{Account, Session};
use protocol::entrance::{Home, NewSession};
use protocol::workspace::Room;
use protocol::{List, Moment, limits};
use service::{CredentialKind, Secret, Who};

use crate::asked::{Body, Keyed, Paging, Slip, named};
use crate::caller::{Caller, InPerson};
use crate::cursor::cursor;
use crate::done::moment;
use crate::door::{Entered, Handed, device, private};
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};
use crate::workspaces::shown_room;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(sign_in, who_am_i, sign_out))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
}

async fn home(face: &Face, who: &Who, token: Option<String>) -> Result<Home, Problem> {
    let account = Account::of(&face.service().account(who.account).await?);
    let (rooms, _) = face.service().workspaces(who, None, limits::PAGE_MAX).await?;
    let workspaces: Vec<Room> = rooms.into_iter().map(shown_room).collect();
    Ok(Home { account, workspaces, token })
}

/// Signs in. A page (its `Origin` named) is given a cookie, a program a token.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = NewSession,
    responses((status = 200, body = Home), Writing))]
async fn sign_in(
    State(face): State<Face>,
    entered: Entered,
    headers: HeaderMap,
    Body(new): Slip<NewSession>,
) -> Result<Response, Problem> {
    entered.tries(&face, &new.email).await?;
    let device = device(&entered, &headers);
    let session = face.service().sign_in(&new.email, &new.password, device).await?;
    let handed = Handed::of(&face, &entered, &session);
    let home = home(&face, &session.who, handed.token.clone()).await?;
    Ok(handed.with(home))
}

/// Who one is. A cookie is given anew, so that who comes every day stays signed in.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = Home), Reading))]
async fn who_am_i(
    State(face): State<Face>,
    Caller(who): Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let held = face.cookies().found(&headers).and_then(|text| text.parse::<Secret>().ok());
    let home = home(&face, &who, None).await?;
    Ok(private(held.map(|secret| face.cookies().given(&secret)), home))
}

/// Signs out here.
#[utoipa::path(delete, path = "/session", tag = "session",
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn sign_out(
    State(face): State<Face>,
    InPerson(who): InPerson,
    Keyed(key): Keyed,
) -> Result<Response, Problem> {
    let done = face.service().end_credential(who.account, key, who.credential).await?;
    let Json(moment) = moment(&done);
    Ok(private(Some(face.cookies().taken_back()), moment))
}

/// Where one is signed in, newest first.
#[utoipa::path(get, path = "/sessions", tag = "session",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = List<Session>), Reading))]
async fn sessions(
    State(face): State<Face>,
    InPerson(who): InPerson,
    page: Paging,
) -> Result<Json<List<Session>>, Problem> {
    let all = face.service().sessions(who.account).await?;
    let all = all.iter().map(|row| Session::of(row, who.credential));
    Ok(Json(paged(all.collect(), &page, |session| &session.id)?))
}

/// Few enough to be read whole; newest first by their ids.
pub(crate) fn paged<T>(all: Vec<T>, page: &Paging, id: fn(&T) -> &String) -> Result<List<T>, Problem> {
    let after: Option<String> = page.after()?;
    let mut items: Vec<T> = all;
    items.retain(|item| after.as_ref().is_none_or(|after| id(item) < after));
    let more = items.len() > page.limit as usize;
    items.truncate(page.limit as usize);
    let next = items.last().filter(|_| more).map(|last| cursor(id(last)));
    Ok(List { items, next })
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn end_session(
    State(face): State<Face>,
    InPerson(who): InPerson,
    Path(id): Path<String>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    let done = face.service().end_own(who.account, key, named(&id)?, CredentialKind::Session).await?;
    Ok(moment(&done))
}
