//! Lists across channels: what calls me, what I follow, what I saved.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use protocol::lists::{Call, Calls, Saved, Saves, Thread, Threads};
use protocol::{By, Epoch, Message, Moment, People, Position, Written, person};
use serde::{Deserialize, Serialize};
use service::{From, Seen};
use utoipa::IntoParams;

use crate::asked::{Fresh, Inside, Paging};
use crate::cursor::cursor;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Reading;
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(mentions)).routes(routes!(threads)).routes(routes!(saved))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "what `Fresh` and `Paging` read stands in the document once")]
struct Asked {
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    cursor: Option<String>,
    /// Not older than this position of `epoch`.
    at_least: Option<u64>,
    epoch: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// Oldest first, from behind this position: for a program that answers each at least once. With `epoch`, a
    /// position of another history is refused.
    after: Option<u64>,
    #[param(ignore)]
    #[serde(default)]
    epoch: Option<String>,
}

pub(crate) const FAR: u64 = i64::MAX as u64;

/// Messages that name me or call everyone where I sit, newest first. A short page may have a next one.
#[utoipa::path(get, path = "/workspaces/{w}/mentions", tag = "me", params(("w" = String, Path), Asked, After),
    responses((status = 200, body = Written<Calls>), Reading))]
async fn mentions(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Fresh(fresh): Fresh,
    page: Paging,
    asked: Result<Query<After>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(After { after, epoch }) =
        asked.map_err(|_| Problem::invalid("after", "after is a position: a whole number"))?;
    let epoch = epoch.map(|epoch| epoch.parse().map(Epoch)).transpose();
    let epoch =
        epoch.map_err(|_| Problem::invalid("epoch", "an epoch is a number, as the server gave it"))?;
    let next: Option<u64> = page.after()?;
    let far = |position: u64| Position(position.min(FAR));
    let from = match after {
        Some(after) => From::After(far(next.unwrap_or(after))),
        None => From::Before(far(next.unwrap_or(FAR))),
    };
    let seen = face.service().calls(by, fresh, from, epoch, page.limit).await?;
    let rows: Vec<_> = seen.value.items.iter().map(|call| &call.message).collect();
    let (messages, people) = dressed(&face, by, &seen, &rows).await?;
    let calls = seen.value.items.iter().zip(messages);
    let items = calls.map(|(call, message)| Call::of(call.position, call.all, call.seen, message)).collect();
    let next = seen.value.next.map(|next| cursor(&next));
    Ok(told(&seen, Calls { items, next, people }))
}

/// Threads I follow, the one with the newest reply first.
#[utoipa::path(get, path = "/workspaces/{w}/threads", tag = "me", params(("w" = String, Path), Asked),
    responses((status = 200, body = Written<Threads>), Reading))]
async fn threads(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Fresh(fresh): Fresh,
    page: Paging,
) -> Result<Response, Problem> {
    let before: Option<Position> = page.after()?;
    let seen = face.service().threads(by, fresh, before, page.limit).await?;
    let rows: Vec<_> = seen.value.items.iter().flat_map(|thread| [&thread.root, &thread.last]).collect();
    let (messages, people) = dressed(&face, by, &seen, &rows).await?;
    let mut messages = messages.into_iter();
    let items = seen.value.items.iter().filter_map(|thread| {
        let (root, last) = (messages.next()?, messages.next()?);
        let (read, last_number) = (thread.of.read, thread.of.last_number);
        Some(Thread { root, last, read, unread: thread.of.replies.holes.unread(read, last_number) })
    });
    let items = items.collect();
    let next = seen.value.next.map(|next| cursor(&next));
    Ok(told(&seen, Threads { items, next, people }))
}

/// Messages I saved and may still see, the last saved first. A short page may have a next one.
#[utoipa::path(get, path = "/workspaces/{w}/saved", tag = "me",
    params(("w" = String, Path), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Written<Saves>), Reading))]
async fn saved(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    page: Paging,
) -> Result<Response, Problem> {
    let seen = face.service().saved(by, page.after()?, page.limit).await?;
    let rows: Vec<_> = seen.value.items.iter().map(|saved| &saved.message).collect();
    let (messages, people) = dressed(&face, by, &seen, &rows).await?;
    let saves = seen.value.items.iter().zip(messages);
    let items = saves.map(|(saved, message)| Saved::of(&saved.kept, message)).collect();
    let next = seen.value.next.map(|next| cursor(&next));
    Ok(told(&seen, Saves { items, next, people }))
}

pub(crate) fn told<T>(seen: &Seen<T>, it: impl Serialize) -> Response {
    Json(Written { it, at: Moment { epoch: seen.epoch, position: seen.position } }).into_response()
}

/// Messages as the asker sees them, and the people they name.
pub(crate) async fn dressed<'a, T>(
    face: &Face,
    by: By,
    seen: &Seen<T>,
    rows: &[&'a protocol::Row],
) -> Result<(Vec<Message<'a>>, People), Problem> {
    let messages: Vec<_> = rows.iter().map(|row| Message::of(row)).collect();
    let (mut named, mut unsure) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
    for message in &messages {
        message.names(&mut named);
        let mut some = Vec::new();
        message.unsure(by.account, &mut some);
        if !some.is_empty() {
            unsure.entry(message.channel).or_default().extend(some);
        }
    }
    let (members, own) = face.service().people_and_own_anywhere(by, seen, &named, &unsure).await?;
    let none = BTreeSet::new();
    let seen_by = |message: Message<'a>| {
        let own = own.get(&message.channel).unwrap_or(&none);
        message.seen_by(by.account, own)
    };
    let messages = messages.into_iter().map(seen_by).collect();
    Ok((messages, person::people(&members, face.service().now())))
}
