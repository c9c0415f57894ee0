//! What I was told, and that I have seen it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use protocol::notification::{Notification, Notifications, SeenTo};
use protocol::{Moment, Position, Written};

use crate::asked::{Body, Inside, Paging};
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::face::Face;
use crate::lists::{FAR, dressed, told};
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(notifications)).routes(routes!(seen))
}

/// Messages I was told of because I had not read them, and calls to everyone where I sit; newest first.
#[utoipa::path(get, path = "/workspaces/{w}/notifications", tag = "me",
    params(("w" = String, Path), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Written<Notifications>), Reading))]
async fn notifications(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    page: Paging,
) -> Result<Response, Problem> {
    let before = page.after::<u64>()?.unwrap_or(FAR).min(FAR);
    let seen = face.service().notifications(by, Position(before), page.limit).await?;
    let rows: Vec<_> = seen.value.items.iter().map(|item| &item.message).collect();
    let (messages, people) = dressed(&face, by, &seen, &rows).await?;
    let items = seen.value.items.iter().zip(messages).map(|(item, message)| Notification {
        position: item.position.0,
        kind: item.reason.word(),
        seen: item.seen,
        message,
    });
    let items = items.collect();
    let next = seen.value.next.map(|next| cursor(&next));
    Ok(told(&seen, Notifications { items, next, people }))
}

/// I have seen what I was told up to a position. Twice is once.
#[utoipa::path(put, path = "/workspaces/{w}/notifications/seen", tag = "me", params(("w" = String, Path)),
    request_body = SeenTo, responses((status = 200, body = Moment), Writing))]
async fn seen(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Body(SeenTo { position }): Body<SeenTo>,
) -> Result<Json<Moment>, Problem> {
    if position > FAR {
        return Err(Problem::invalid("position", "a position is a whole number a journal counts to"));
    }
    Ok(moment(&face.service().see_notifications(by, Position(position)).await?))
}
