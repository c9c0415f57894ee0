//! What a channel keeps in sight.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use protocol::{ChannelId, Listing, Message, Moment, Stamp, person};

use crate::asked::{AtLeast, Fresh, Inside, Page, Paging, named};
use crate::cursor::cursor;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Reading;
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(pins))
}

/// The pinned messages, the latest pin first.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/pins", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path), Page, AtLeast),
    responses((status = 200, body = Listing<Message>), Reading))]
async fn pins(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    paging: Paging,
    Fresh(fresh): Fresh,
) -> Result<Response, Problem> {
    let (service, channel) = (face.service(), named::<ChannelId>(&channel)?);
    let before = paging.after::<i64>()?.map(Stamp);
    let seen = service.pins(by, fresh, channel, before, paging.limit).await?;
    let messages: Vec<Message> = seen.value.messages.iter().map(Message::of).collect();
    let (mut named, mut unsure) = (BTreeSet::new(), Vec::new());
    for message in &messages {
        message.names(&mut named);
        message.unsure(by.account, &mut unsure);
    }
    let (members, own) = service.people_and_own(by, &seen, channel, &named, &unsure).await?;
    let list = Listing {
        items: messages.into_iter().map(|message| message.seen_by(by.account, &own)).collect(),
        next: seen.value.next.map(|next| cursor(&next.0)),
        people: person::people(&members, service.now()),
        at: Moment { epoch: seen.epoch, position: seen.position },
    };
    Ok(Json(list).into_response())
}
