//! What is mine alone: drafts, stars, mutes, choices.

use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::mine::{Item, Mine, Put, Version};
use protocol::{Epoch, Moment, Written};
use serde::Deserialize;
use service::{Kept, PrivateKind, Seen};

use crate::asked::{Body, Inside};
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(mine)).routes(routes!(put, remove))
}

#[derive(Deserialize)]
struct Since {
    since: Option<u64>,
    epoch: Option<String>,
}

impl Since {
    /// A version means something only in the history it was given in.
    fn read(self) -> Result<Option<(Epoch, u64)>, Problem> {
        let Some(since) = self.since else { return Ok(None) };
        let epoch = self.epoch.and_then(|epoch| epoch.parse().ok());
        let epoch =
            epoch.ok_or_else(|| Problem::invalid("epoch", "since goes with the epoch it was given in"))?;
        Ok(Some((Epoch(epoch), since)))
    }
}

/// My private rows, or what is newer than a version, my marks with it. A removed one has a null value, for 30 days.
#[utoipa::path(get, path = "/workspaces/{w}/me", tag = "me",
    params(("w" = String, Path), ("since" = Option<u64>, Query), ("epoch" = Option<String>, Query)),
    responses((status = 200, body = Written<Mine>), Reading))]
async fn mine(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    asked: Result<Query<Since>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Written<Mine>>, Problem> {
    let Query(asked) = asked.map_err(|_| Problem::invalid("since", "since is a version: a whole number"))?;
    let Seen { epoch, position, value } = face.service().mine(by, asked.read()?).await?;
    let Kept { version, rows, marks, more } = value;
    let items = marks.iter().map(Item::told).chain(rows.into_iter().map(Item::of)).collect();
    Ok(Json(Written { it: Mine { version, items, more }, at: Moment { epoch, position } }))
}

fn kind(word: &str) -> Result<PrivateKind, Problem> {
    word.parse().map_err(|()| Problem::not_found())
}

/// Keeps something under a kind (`draft star mute notify section preference saved`) and a subject. Twice is once.
#[utoipa::path(put, path = "/workspaces/{w}/me/{kind}/{subject}", tag = "me",
    params(("w" = String, Path), ("kind" = String, Path), ("subject" = String, Path)),
    request_body = Put, responses((status = 200, body = Written<Version>), Writing))]
async fn put(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, kind_word, subject)): Path<(String, String, String)>,
    Body(Put { value }): Body<Put>,
) -> Result<Json<Written<Version>>, Problem> {
    let done = face.service().keep(by, kind(&kind_word)?, &subject, Some(value.to_string())).await?;
    written(&done)
}

/// Throws it away; where there was nothing it is so already.
#[utoipa::path(delete, path = "/workspaces/{w}/me/{kind}/{subject}", tag = "me",
    params(("w" = String, Path), ("kind" = String, Path), ("subject" = String, Path)),
    responses((status = 200, body = Written<Version>), Writing))]
async fn remove(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, kind_word, subject)): Path<(String, String, String)>,
) -> Result<Json<Written<Version>>, Problem> {
    let done = face.service().keep(by, kind(&kind_word)?, &subject, None).await?;
    written(&done)
}

fn written(done: &service::Done) -> Result<Json<Written<Version>>, Problem> {
    let it = done.reply.read().ok_or_else(|| Problem::failed("a private answer does not read back"))?;
    Ok(Json(Written { it, at: Moment { epoch: done.epoch, position: done.position } }))
}
