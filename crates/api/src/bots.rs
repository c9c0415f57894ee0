//! Programs among the members.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use protocol::account::Scope;
use protocol::bot::{Bot, BotPatch, MadeBot, NewBot, NewBotToken};
use protocol::{List, Moment, Written};
use service::{Bots, Scopes, Seen};

use crate::asked::{AtLeast, Body, Fresh, Inside, KeyHeader, Keyed, Optional, Page, Paging, named};
use crate::caller::InPerson;
use crate::cursor::cursor;
use crate::done::moment;
use crate::door::private;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(bots, make)).routes(routes!(rename, remove)).routes(routes!(renew))
}

fn scopes(words: Vec<Scope>) -> Result<Scopes, Problem> {
    Ok(Scopes::of(words.into_iter().map(Scope::word))?)
}

/// Bots, for who may make some. A page may be short and yet have a `next`.
#[utoipa::path(get, path = "/workspaces/{w}/bots", tag = "bots",
    params(("w" = String, Path), Page, AtLeast),
    responses((status = 200, body = Written<List<Bot>>), Reading))]
async fn bots(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    page: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<List<Bot>>>, Problem> {
    let service = face.service();
    let seen = service.bots(by, fresh, page.after()?, page.limit).await?;
    let Seen { epoch, position, value: Bots { items, next } } = seen;
    let now = service.now();
    let items = items.iter().map(|bot| {
        let scopes = bot.scopes.map(Scopes::words).unwrap_or_default();
        Bot::of(&bot.member, bot.owner, scopes, now)
    });
    let list = List { items: items.collect(), next: next.as_ref().map(cursor) };
    Ok(Json(Written { it: list, at: Moment { epoch, position } }))
}

/// One more, in no channel yet. Its token works in this workspace alone; the same key shows it again.
#[utoipa::path(post, path = "/workspaces/{w}/bots", tag = "bots", request_body = NewBot,
    params(("w" = String, Path), KeyHeader),
    responses((status = 200, body = Written<MadeBot>), Writing))]
async fn make(
    State(face): State<Face>,
    InPerson(_): InPerson,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Body(new): Body<NewBot>,
) -> Result<Response, Problem> {
    let (account, secret, done) = face.service().make_bot(by, key, &new.name, scopes(new.scopes)?).await?;
    let Json(at) = moment(&done);
    Ok(private(None, Written { it: MadeBot { account, token: secret.text() }, at }))
}

/// Another name: by who made it, or an admin. What it may is its token's.
#[utoipa::path(patch, path = "/workspaces/{w}/bots/{account}", tag = "bots", request_body = BotPatch,
    params(("w" = String, Path), ("account" = String, Path), KeyHeader),
    responses((status = 200, body = Moment), Writing))]
async fn rename(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
    Body(patch): Body<BotPatch>,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().rename_bot(by, key, named(&account)?, &patch.name).await?))
}

/// Sends it away: by who made it, or an admin. What it said stays, its token ends.
#[utoipa::path(delete, path = "/workspaces/{w}/bots/{account}", tag = "bots",
    params(("w" = String, Path), ("account" = String, Path), KeyHeader),
    responses((status = 200, body = Moment), Writing))]
async fn remove(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().remove_bot(by, key, named(&account)?).await?))
}

/// Another token; the one before ends. By who made the bot, or an admin.
#[utoipa::path(post, path = "/workspaces/{w}/bots/{account}/token", tag = "bots",
    request_body = Option<NewBotToken>,
    params(("w" = String, Path), ("account" = String, Path), KeyHeader),
    responses((status = 200, body = Written<MadeBot>), Writing))]
async fn renew(
    State(face): State<Face>,
    InPerson(_): InPerson,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
    Optional(new): Optional<NewBotToken>,
) -> Result<Response, Problem> {
    let account = named(&account)?;
    let wanted = new.scopes.map(scopes).transpose()?;
    let (secret, done) = face.service().renew_bot(by, key, account, wanted).await?;
    let Json(at) = moment(&done);
    Ok(private(None, Written { it: MadeBot { account, token: secret.text() }, at }))
}
