//! What moved while somebody was away, or all that is theirs.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use protocol::changed::Changed;
use protocol::{ChannelId, Epoch, Moment, Position, Written};
use serde::Deserialize;
use service::{Away, Seen};
use utoipa::IntoParams;

use crate::asked::{Fresh, Inside, Paging};
use crate::cursor::cursor;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Reading;
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(changed))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "what `Fresh` and `Paging` read stands in the document once")]
struct Asked {
    /// What is newer than this position of `epoch`; without it, everything.
    since: Option<u64>,
    epoch: Option<String>,
    /// Not older than this position of `epoch`.
    at_least: Option<u64>,
    /// The `more` of the part before.
    cursor: Option<String>,
}

/// What a part hands on: epoch and position of the first, and its own last channel.
type Next = (Epoch, Position, ChannelId);

/// What moved since a position: channels with their unread counts and calls, threads, people, and what is gone.
/// Without a position it is the first load.
#[utoipa::path(get, path = "/workspaces/{w}/changed", tag = "me", params(("w" = String, Path), Asked),
    responses((status = 200, body = Written<Changed>), Reading))]
async fn changed(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Fresh(fresh): Fresh,
    page: Paging,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Written<Changed>>, Problem> {
    let Query(asked) = asked.map_err(|_| Problem::invalid("since", "since is a position: a whole number"))?;
    let since = match asked.since {
        None => None,
        Some(since) => {
            let epoch = asked.epoch.and_then(|epoch| epoch.parse().ok());
            let wrong = || Problem::invalid("epoch", "since goes with the epoch of its position");
            Some((Epoch(epoch.ok_or_else(wrong)?), Position(since.min(i64::MAX as u64))))
        }
    };
    let away = Away { since, after: page.after::<Next>()? };
    let Seen { epoch, position, value } = face.service().changed(by, fresh, away).await?;
    let more = value.part.more.map(|last| cursor(&(epoch, position, last)));
    let it = Changed::of(value.workspace.as_ref(), value.part, more, face.service().now());
    Ok(Json(Written { it, at: Moment { epoch, position } }))
}
