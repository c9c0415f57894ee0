//! Reactions to messages and replies.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::request::Parts;
use protocol::page::{Reacting, Reactors};
use protocol::{AccountId, By, Key, Moment, person};
use service::Freshness;

use crate::address::{At, of_replies_too};
use crate::asked::{Fresh, Inside, Keyed, Paging};
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(of_replies_too(routes!(reactions))).routes(of_replies_too(routes!(
        reacted_with,
        react,
        take_back
    )))
}

/// `{emoji}` of the path, percent-encoded there.
struct Emoji(String);

impl FromRequestParts<Face> for Emoji {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Emoji, Problem> {
        let params =
            RawPathParams::from_request_parts(parts, face).await.map_err(|_| Problem::not_found())?;
        let emoji = params.iter().find(|(name, _)| *name == "emoji").map(|(_, value)| value.to_owned());
        emoji.map(Emoji).ok_or_else(Problem::not_found)
    }
}

/// Who reacted, and with what.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages/{n}/reactions", tag = "reactions",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("at_least" = Option<u64>, Query), ("epoch" = Option<String>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Reactors), Reading))]
async fn reactions(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Fresh(fresh): Fresh,
    paging: Paging,
) -> Result<Json<Reactors>, Problem> {
    listed(&face, by, at, fresh, None, paging).await
}

/// Who reacted with one emoji.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages/{n}/reactions/{emoji}", tag = "reactions",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1), ("emoji" = String, Path),
        ("at_least" = Option<u64>, Query), ("epoch" = Option<String>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Reactors), Reading))]
async fn reacted_with(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Emoji(emoji): Emoji,
    Fresh(fresh): Fresh,
    paging: Paging,
) -> Result<Json<Reactors>, Problem> {
    listed(&face, by, at, fresh, Some(&emoji), paging).await
}

async fn listed(
    face: &Face,
    by: By,
    at: service::Address,
    fresh: Freshness,
    emoji: Option<&str>,
    paging: Paging,
) -> Result<Json<Reactors>, Problem> {
    let (service, limit) = (face.service(), paging.limit);
    let after = paging.after::<(String, AccountId)>()?;
    let seen = service.reactions(by, fresh, at, emoji, after, limit).await?;
    let who: BTreeSet<_> = seen.value.iter().map(|reaction| reaction.account).collect();
    let members = service.people(by.workspace, (seen.epoch, seen.position), who).await?;
    let last = seen.value.last().filter(|_| seen.value.len() == limit as usize);
    let next = last.map(|last| cursor(&(&last.emoji, last.account)));
    let items = seen.value.into_iter().map(Reacting::of).collect();
    Ok(Json(Reactors { items, next, people: person::people(&members, service.now()) }))
}

/// Reacts. Twice is once.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/messages/{n}/reactions/{emoji}", tag = "reactions",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1), ("emoji" = String, Path),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn react(State(face): State<Face>, change: Change) -> Result<Json<Moment>, Problem> {
    change.made(&face, true).await
}

/// Takes a reaction back.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/messages/{n}/reactions/{emoji}", tag = "reactions",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1), ("emoji" = String, Path),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn take_back(State(face): State<Face>, change: Change) -> Result<Json<Moment>, Problem> {
    change.made(&face, false).await
}

/// Whose reaction, to what, with what.
struct Change {
    by: By,
    at: service::Address,
    emoji: String,
    key: Key,
}

impl FromRequestParts<Face> for Change {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Change, Problem> {
        let Inside { by, .. } = Inside::from_request_parts(parts, face).await?;
        let At(at) = At::from_request_parts(parts, face).await?;
        let Emoji(emoji) = Emoji::from_request_parts(parts, face).await?;
        let Keyed(key) = Keyed::from_request_parts(parts, face).await?;
        Ok(Change { by, at, emoji, key })
    }
}

impl Change {
    async fn made(self, face: &Face, on: bool) -> Result<Json<Moment>, Problem> {
        let Change { by, at, emoji, key } = self;
        Ok(moment(&face.service().react(by, key, at, &emoji, on).await?))
    }
}
