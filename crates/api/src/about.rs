//! Before anybody signs in, and the first time.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::account::Account;
use protocol::entrance::{About, SetUp, Welcome};
use protocol::workspace::Workspace;
use protocol::{Moment, Written};
use service::{FirstOwner, Freshness};

use crate::asked::{Body, Slip};
use crate::door::{Entered, Handed, Rule, Whose, device};
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(about)).routes(routes!(set_up))
}

/// What this installation is, for whoever asks.
#[utoipa::path(get, path = "/about", tag = "entrance", security(()),
    responses((status = 200, body = About), Reading))]
async fn about(State(face): State<Face>) -> Result<Json<About>, Problem> {
    let options = face.options();
    Ok(Json(About {
        set_up: face.service().is_set_up().await?,
        name: options.name.clone(),
        version: options.version.to_owned(),
        sign_in: vec!["password"],
        sign_up: "invitation",
    }))
}

/// The first owner and the first workspace, once, by the code the server printed.
#[utoipa::path(post, path = "/setup", tag = "entrance", security(()), request_body = SetUp,
    responses((status = 200, body = Written<Welcome>), Writing))]
async fn set_up(
    State(face): State<Face>,
    entered: Entered,
    headers: HeaderMap,
    Body(new): Slip<SetUp>,
) -> Result<Response, Problem> {
    let tries = Rule { name: "set_up", times: face.rates().set_up };
    entered.takes(tries, Whose::Everyone).await?;
    let service = face.service();
    if !service.is_set_up_code(&new.code) {
        return Err(Problem::not_allowed("code", "this is not the code the server printed at its start"));
    }
    let password = service.passwords().hash("password", &new.password).await?;
    let owner = FirstOwner {
        name: new.name,
        email: new.email,
        password: Some(password.clone()),
        workspace: new.workspace,
        slug: new.slug,
        channels: new.channels.unwrap_or_default(),
    };
    let (making, done) = service.set_up(service.new_key(), owner).await?;
    let device = device(&entered, &headers);
    let session = service.begin_session(making.owner, true, Some(password), device).await?;
    let fresh = Freshness::AtLeast(done.epoch, done.position);
    let seen = service.workspace(session.who.in_(making.workspace), fresh).await?;
    let handed = Handed::of(&face, &entered, &session);
    let welcome = Welcome {
        account: Account::of(&service.account(making.owner).await?),
        workspace: Workspace::of(seen.value.slug, &seen.value.itself, &seen.value.member),
        token: handed.token.clone(),
    };
    Ok(handed.with(Written { it: welcome, at: Moment { epoch: seen.epoch, position: seen.position } }))
}
