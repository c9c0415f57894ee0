//! Channels as a whole.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use protocol::channel::{Change, Gone, Kind, New, One, Posting, Shown};
use protocol::person::{People, people};
use protocol::{AccountId, By, ChannelId, Key, Listing, Moment, Written};
use serde::Deserialize;
use service::{ChannelChange, ChannelsAsked, Done, ListedChannel, NewChannel, Seen};
use utoipa::{IntoParams, ToSchema};

use crate::asked::{AtLeast, Body, Fresh, Inside, KeyHeader, Keyed, Page, Paging, Words, named};
use crate::cursor::cursor;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(channels, create))
        .routes(routes!(channel, change))
        .routes(routes!(archive))
        .routes(routes!(restore))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those I sit in, or the public ones I do not; absent: both, mine first.
    mine: Option<bool>,
    kind: Option<Kind>,
    /// Of their names.
    #[serde(default)]
    #[param(required = false)]
    prefix: String,
    /// Those put away; otherwise those in use.
    #[serde(default)]
    #[param(required = false)]
    archived: bool,
}

/// My channels, then the directory of public ones. Guests have only their own.
#[utoipa::path(get, path = "/workspaces/{w}/channels", tag = "channels",
    params(("w" = String, Path), Which, Page, AtLeast),
    responses((status = 200, body = Listing<Shown>), Reading))]
async fn channels(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Words(which): Words<Which>,
    paging: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Listing<Shown>>, Problem> {
    let asked = ChannelsAsked {
        mine: which.mine,
        kind: which.kind.map(Kind::of),
        archived: which.archived,
        prefix: which.prefix,
    };
    let Seen { epoch, position, value } =
        face.service().channels(by, fresh, asked, paging.after()?, paging.limit).await?;
    let at = Moment { epoch, position };
    let people = named_in(&face, by, at, &value.items).await?;
    let items = value.items.iter().map(shown).collect();
    Ok(Json(Listing { items, next: value.next.as_ref().map(cursor), people, at }))
}

/// One channel.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), AtLeast),
    responses((status = 200, body = Written<One>), Reading))]
async fn channel(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<One>>, Problem> {
    let Seen { epoch, position, value } = face.service().channel(by, fresh, named(&channel)?).await?;
    one(&face, by, &value, Moment { epoch, position }).await
}

#[derive(Deserialize)]
struct Made {
    id: ChannelId,
}

/// A new channel. A direct one is one by its people: the same people, the same channel again.
#[utoipa::path(post, path = "/workspaces/{w}/channels", tag = "channels",
    params(("w" = String, Path), KeyHeader), request_body = New,
    responses((status = 200, body = Changed), Writing))]
async fn create(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Body(new): Body<New>,
) -> Result<Response, Problem> {
    let done = match new.kind {
        Kind::Direct => face.service().create_direct(by, key, new.members).await?,
        Kind::Public | Kind::Private => {
            let new = NewChannel {
                name: new.name.ok_or_else(|| Problem::invalid("name", "a channel needs a name"))?,
                private: new.kind == Kind::Private,
                topic: new.topic.unwrap_or_default(),
                purpose: new.purpose.unwrap_or_default(),
                members: new.members,
            };
            face.service().create_channel(by, key, new).await?
        }
    };
    let made = done.reply.read().ok_or_else(|| Problem::failed("a new channel's answer does not read back"));
    let Made { id } = made?;
    changed(&face, by, id, &done).await
}

/// What is absent stays as it is.
#[utoipa::path(patch, path = "/workspaces/{w}/channels/{c}", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), KeyHeader), request_body = Change,
    responses((status = 200, body = Changed), Writing))]
async fn change(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Keyed(key): Keyed,
    Body(change): Body<Change>,
) -> Result<Response, Problem> {
    let channel = named(&channel)?;
    let change = ChannelChange {
        name: change.name,
        topic: change.topic,
        purpose: change.purpose,
        admins_post: change.posting.map(|posting| posting == Posting::Admins),
        default: change.default,
        private: change.kind.is_some(),
    };
    let done = face.service().change_channel(by, key, channel, change).await?;
    changed(&face, by, channel, &done).await
}

/// Puts a channel away: readable, not written any more.
#[utoipa::path(post, path = "/workspaces/{w}/channels/{c}/archive", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), KeyHeader),
    responses((status = 200, body = Changed), Writing))]
async fn archive(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Response, Problem> {
    put_away(&face, by, &channel, key, true).await
}

/// Takes it out again.
#[utoipa::path(post, path = "/workspaces/{w}/channels/{c}/restore", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), KeyHeader),
    responses((status = 200, body = Changed), Writing))]
async fn restore(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Response, Problem> {
    put_away(&face, by, &channel, key, false).await
}

async fn put_away(face: &Face, by: By, channel: &str, key: Key, on: bool) -> Result<Response, Problem> {
    let channel = named(channel)?;
    let done = face.service().archive_channel(by, key, channel, on).await?;
    changed(face, by, channel, &done).await
}

/// The channel as it became, or that it is out of sight now.
#[derive(ToSchema)]
#[schema(as = ChannelChanged)]
#[serde(untagged)]
#[allow(dead_code, reason = "only the document names it")]
enum Changed {
    Channel(Box<Written<One>>),
    Gone(Gone),
}

async fn changed(face: &Face, by: By, id: ChannelId, done: &Done) -> Result<Response, Problem> {
    let at = Moment { epoch: done.epoch, position: done.position };
    match face.service().channel_since(by, done, id).await? {
        Some(channel) => Ok(one(face, by, &channel, at).await?.into_response()),
        None => Ok(Json(Gone { id, epoch: at.epoch, position: at.position }).into_response()),
    }
}

fn shown(listed: &ListedChannel) -> Shown {
    let mine = listed.mine.as_ref().map(|mine| (&mine.seat, mine.mentions));
    Shown::of(&listed.channel, &listed.tip, mine)
}

async fn one(face: &Face, by: By, listed: &ListedChannel, at: Moment) -> Result<Json<Written<One>>, Problem> {
    let people = named_in(face, by, at, std::slice::from_ref(listed)).await?;
    Ok(Json(Written { it: One { channel: shown(listed), people }, at }))
}

/// Who the direct ones among them are between.
async fn named_in(face: &Face, by: By, at: Moment, listed: &[ListedChannel]) -> Result<People, Problem> {
    let named: BTreeSet<AccountId> =
        listed.iter().flat_map(|listed| listed.channel.profile.0.direct.iter().copied()).collect();
    let members = face.service().people(by.workspace, (at.epoch, at.position), named).await?;
    Ok(people(&members, face.service().now()))
}
