//! Tokens for one's programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use protocol::account::{MadeToken, NewToken, Scope, Token};
use protocol::{List, Moment, Written};
use service::{CredentialKind, Scopes, scopes_of};

use crate::asked::{Body, Keyed, Paging, named};
use crate::caller::InPerson;
use crate::done::moment;
use crate::door::private;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};
use crate::session::paged;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(tokens, make)).routes(routes!(end))
}

/// One's own tokens, newest first; their secrets are never shown again.
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = List<Token>), Reading))]
async fn tokens(
    State(face): State<Face>,
    InPerson(who): InPerson,
    page: Paging,
) -> Result<Json<List<Token>>, Problem> {
    let all = face.service().tokens(who.account).await?;
    let all = all.iter().map(|row| Token::of(row, scopes_of(row).words()));
    Ok(Json(paged(all.collect(), &page, |token| &token.id)?))
}

/// One more, at most 20. The same key shows the same token again.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Written<MadeToken>), Writing))]
async fn make(
    State(face): State<Face>,
    InPerson(who): InPerson,
    Keyed(key): Keyed,
    Body(new): Body<NewToken>,
) -> Result<Response, Problem> {
    let scopes = Scopes::of(new.scopes.into_iter().map(Scope::word)).map_err(Problem::from)?;
    let new = service::NewToken { label: new.label, scopes, expires_s: new.expires_s };
    let (secret, done) = face.service().make_token(who.account, key, new).await?;
    let made: Made = done.reply.read().unwrap_or_default();
    let Json(at) = moment(&done);
    Ok(private(None, Written { it: MadeToken { id: made.id, token: secret.text() }, at }))
}

#[derive(Default, serde::Deserialize)]
struct Made {
    id: String,
}

/// Ends one.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn end(
    State(face): State<Face>,
    InPerson(who): InPerson,
    Path(id): Path<String>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    let done = face.service().end_own(who.account, key, named(&id)?, CredentialKind::Token).await?;
    Ok(moment(&done))
}
