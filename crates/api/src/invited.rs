//! Coming by an invitation.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::account::Account;
use protocol::entrance::{Accept, Opening, Welcome};
use protocol::workspace::Workspace;
use protocol::{Moment, Written};
use service::{CredentialKind, Done, Freshness, InvitationCode, Newcomer, Who};

use crate::asked::{Body, Keyed, Slip};
use crate::door::{Entered, Handed, device, private};
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(shown)).routes(routes!(accept))
}

/// What it opens, and from whom it is. Changes nothing.
#[utoipa::path(get, path = "/invitations/{code}", tag = "entrance", security(()),
    params(("code" = String, Path)),
    responses((status = 200, body = Opening), Reading))]
async fn shown(State(face): State<Face>, Path(code): Path<String>) -> Result<Json<Opening>, Problem> {
    let found = face.service().invitation(&parsed(&code)?).await?;
    Ok(Json(Opening::of(&found.invitation, &found.place, &found.workspace, &found.maker)))
}

/// Joins the workspace: with the account one is signed in with, or with one made here.
#[utoipa::path(post, path = "/invitations/{code}/accept", tag = "entrance", security((), ("token" = []), ("cookie" = [])),
    request_body = Accept,
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Written<Welcome>), Writing))]
async fn accept(
    State(face): State<Face>,
    entered: Entered,
    Path(code): Path<String>,
    Keyed(key): Keyed,
    headers: HeaderMap,
    Body(body): Slip<Accept>,
) -> Result<Response, Problem> {
    let code = parsed(&code)?;
    if let Some(who) = entered.who()? {
        if who.kind != CredentialKind::Session {
            let message = "a token accepts no invitation; sign in with the password";
            return Err(Problem::not_allowed("session", message));
        }
        let done = face.service().come_in(who.account, key, &code, body.name.as_deref()).await?;
        return Ok(private(None, welcome(&face, &who, &code, &done, None).await?));
    }
    entered.tries_hashing(&face).await?;
    let needed = |field: &'static str, text: Option<String>| {
        text.ok_or_else(|| Problem::invalid(field, "sign in first, or say email, password and name"))
    };
    let newcomer = Newcomer {
        email: needed("email", body.email)?,
        password: needed("password", body.password)?,
        name: needed("name", body.name)?,
    };
    let (session, done) = face.service().sign_up(&code, newcomer, device(&entered, &headers)).await?;
    let handed = Handed::of(&face, &entered, &session);
    let welcome = welcome(&face, &session.who, &code, &done, handed.token.clone()).await?;
    Ok(handed.with(welcome))
}

fn parsed(code: &str) -> Result<InvitationCode, Problem> {
    code.parse().map_err(|()| Problem::from(InvitationCode::unknown()))
}

async fn welcome(
    face: &Face,
    who: &Who,
    code: &InvitationCode,
    done: &Done,
    token: Option<String>,
) -> Result<Written<Welcome>, Problem> {
    let fresh = Freshness::AtLeast(done.epoch, done.position);
    let seen = face.service().workspace(who.in_(code.workspace()), fresh).await?;
    let account = Account::of(&face.service().account(who.account).await?);
    let workspace = Workspace::of(seen.value.slug, &seen.value.itself, &seen.value.member);
    let at = Moment { epoch: seen.epoch, position: seen.position };
    Ok(Written { it: Welcome { account, workspace, token }, at })
}
