//! One message: reading it, mending it, taking it back, and what one keeps of it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use protocol::page::{NewText, One, Past, Read};
use protocol::{List, Moment};
use service::{Freshness, PrivateKind, ReadMark};

use crate::address::{At, NUMBER_MAX, of_replies_too};
use crate::asked::{Body, Fresh, Inside, Keyed, Paging, named};
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::face::Face;
use crate::messages::one;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new()
        .routes(of_replies_too(routes!(message, edit, delete)))
        .routes(of_replies_too(routes!(history)))
        .routes(of_replies_too(routes!(pin, unpin)))
        .routes(of_replies_too(routes!(save, throw_away)))
        .routes(routes!(follow, unfollow))
        .routes(routes!(read))
}

/// One message, whatever became of it.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages/{n}", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("at_least" = Option<u64>, Query), ("epoch" = Option<String>, Query)),
    responses((status = 200, body = One), Reading))]
async fn message(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Fresh(fresh): Fresh,
) -> Result<Response, Problem> {
    one(&face, by, &face.service().message(by, fresh, at).await?).await
}

/// Mends one's own message, for 15 minutes unless the workspace says otherwise; the earlier text is kept.
#[utoipa::path(patch, path = "/workspaces/{w}/channels/{c}/messages/{n}", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewText, responses((status = 200, body = One), Writing))]
async fn edit(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
    Body(NewText { text }): Body<NewText>,
) -> Result<Response, Problem> {
    let done = face.service().edit(by, key, at, &text).await?;
    let fresh = Freshness::AtLeast(done.epoch, done.position);
    one(&face, by, &face.service().message(by, fresh, at).await?).await
}

/// Takes a message back: its number stays, its text goes. One's own, or any by who looks after the channel.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/messages/{n}", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn delete(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().delete(by, key, at).await?))
}

/// Earlier texts, the latest first: for the author and who looks after the channel; of a deleted message, where the
/// workspace keeps them, for admins.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages/{n}/history", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("at_least" = Option<u64>, Query), ("epoch" = Option<String>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = List<Past>), Reading))]
async fn history(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Fresh(fresh): Fresh,
    paging: Paging,
) -> Result<Json<List<Past>>, Problem> {
    let before = paging.after::<u64>()?.map(|version| version.min(NUMBER_MAX));
    let past = face.service().past(by, fresh, at, before, paging.limit).await?.value;
    let full = past.len() == paging.limit as usize;
    let next = past.last().filter(|_| full).map(|last| cursor(&last.version));
    Ok(Json(List { items: past.into_iter().map(Past::of).collect(), next }))
}

/// Keeps a message in sight of everyone in the channel.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/messages/{n}/pin", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn pin(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().pin(by, key, at, true).await?))
}

/// Takes a pin off.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/messages/{n}/pin", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn unpin(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().pin(by, key, at, false).await?))
}

/// Saves a message for oneself; nobody else learns of it.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/messages/{n}/saved", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1)),
    responses((status = 200, body = Moment), Writing))]
async fn save(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
) -> Result<Json<Moment>, Problem> {
    let value = Some("{}".to_owned());
    Ok(moment(&face.service().keep(by, PrivateKind::Saved, &at.to_string(), value).await?))
}

/// Saves it no longer.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/messages/{n}/saved", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1)),
    responses((status = 200, body = Moment), Writing))]
async fn throw_away(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().keep(by, PrivateKind::Saved, &at.to_string(), None).await?))
}

/// Follows a thread: its replies count as unread until they are read.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/messages/{n}/follow", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn follow(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().follow(by, key, at.channel, at.number, true).await?))
}

/// Leaves a thread alone, also when one is named there.
#[utoipa::path(delete, path = "/workspaces/{w}/channels/{c}/messages/{n}/follow", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn unfollow(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(at): At,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().follow(by, key, at.channel, at.number, false).await?))
}

/// Says how far one has read the channel, or a thread one follows.
#[utoipa::path(put, path = "/workspaces/{w}/channels/{c}/read", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path)),
    request_body = Read, responses((status = 200, body = Moment), Writing))]
async fn read(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    axum::extract::Path((_, channel)): axum::extract::Path<(String, String)>,
    Body(Read { number, thread, back }): Body<Read>,
) -> Result<Json<Moment>, Problem> {
    let thread = thread.unwrap_or(0);
    if thread > NUMBER_MAX {
        return Err(Problem::not_found());
    }
    let at = service::Address { channel: named(&channel)?, thread, number: number.min(NUMBER_MAX) };
    Ok(moment(&face.service().mark(by, ReadMark { at, back }).await?))
}
