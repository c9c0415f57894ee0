//! A link an operator made: it opens a new password, once.

use axum::Json;
use axum::extract::{Path, State};
use protocol::account::{Link, LinkPassword};
use protocol::{Moment, Written};

use crate::asked::{Body, Slip, named};
use crate::door::Entered;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(shown, opened))
}

/// Whose password it opens. Changes nothing.
#[utoipa::path(get, path = "/links/{code}", tag = "entrance", security(()),
    params(("code" = String, Path)),
    responses((status = 200, body = Link), Reading))]
async fn shown(State(face): State<Face>, Path(code): Path<String>) -> Result<Json<Link>, Problem> {
    Ok(Json(Link::of(&face.service().link(&named(&code)?).await?)))
}

/// Sets the password. Every session ends, and the link with them: sign in.
#[utoipa::path(post, path = "/links/{code}", tag = "entrance", security(()), request_body = LinkPassword,
    params(("code" = String, Path)),
    responses((status = 200, body = Written<Link>), Writing))]
async fn opened(
    State(face): State<Face>,
    entered: Entered,
    Path(code): Path<String>,
    Body(new): Slip<LinkPassword>,
) -> Result<Json<Written<Link>>, Problem> {
    entered.tries_hashing(&face).await?;
    let (account, done) = face.service().open_link(&named(&code)?, &new.password).await?;
    let at = Moment { epoch: done.epoch, position: done.position };
    Ok(Json(Written { it: Link::of(&account), at }))
}
