//! What was said: pages of a channel and of its threads, and saying something.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use protocol::page::{NewMessage, NewReply, Page};
use protocol::{By, ChannelId, Epoch, Message, Moment, Position, Stamp, Written, limits, person, time};
use serde::Deserialize;
use service::{Draft, Freshness, Seen, Window};
use utoipa::IntoParams;

use crate::address::{At, NUMBER_MAX};
use crate::asked::{Body, Fresh, Inside, Keyed, named};
use crate::errors::Problem;
use crate::face::Face;
use crate::json::json;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

/// About what a message is in JSON without its text, and what a person is.
const MESSAGE_BYTES: usize = 256;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(page, send)).routes(routes!(replies, reply))
}

/// Which page: one of `before`, `after`, `around`, `at`, or `from` and `to` with `since`; none of them is the newest.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "what `Fresh` reads stands in the document once")]
struct Asked {
    /// Ends before this number.
    before: Option<u64>,
    /// Begins after this number.
    after: Option<u64>,
    /// Half a page each side of a number, or of the first `unread`.
    around: Option<String>,
    /// Around a time: RFC 3339, a day, or a stamp.
    at: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// With `to` and `since`: a run of at most 200 numbers.
    from: Option<u64>,
    to: Option<u64>,
    /// Only what changed after this position of `epoch`.
    since: Option<u64>,
    /// Not older than this position of `epoch`.
    at_least: Option<u64>,
    epoch: Option<String>,
}

/// The window and how many; what is newer than a position is asked of its own history.
struct Which {
    window: Window,
    limit: u32,
    since: Option<(Epoch, Position)>,
}

impl FromRequestParts<Face> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Which, Problem> {
        let asked = Query::<Asked>::from_request_parts(parts, face).await;
        let Query(asked) = asked.map_err(|error| Problem::invalid("query", error.body_text()))?;
        asked.which()
    }
}

impl Asked {
    fn which(self) -> Result<Which, Problem> {
        let limit = self.limit.unwrap_or(limits::PAGE_USUAL);
        if limit == 0 || limit > limits::PAGE_MAX {
            return Err(Problem::invalid("limit", format!("a page has 1 to {} items", limits::PAGE_MAX)));
        }
        let run = self.from.is_some() || self.to.is_some() || self.since.is_some();
        let ways =
            [self.before.is_some(), self.after.is_some(), self.around.is_some(), self.at.is_some(), run];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(Problem::invalid(
                "query",
                "one of before, after, around, at, or from with to and since",
            ));
        }
        if run {
            return self.since(limit);
        }
        let number = |number: u64| number.min(NUMBER_MAX);
        let window = match (self.before, self.after, &self.around, &self.at) {
            (Some(before), ..) => Window::Before(number(before)),
            (_, Some(after), ..) => Window::After(number(after)),
            (_, _, Some(around), _) => self::around(around)?,
            (_, _, _, Some(at)) => Window::At(moment(at)?),
            _ => Window::Newest,
        };
        Ok(Which { window, limit, since: None })
    }

    fn since(self, limit: u32) -> Result<Which, Problem> {
        let (Some(from), Some(to), Some(since)) = (self.from, self.to, self.since) else {
            return Err(Problem::invalid("since", "from, to and since go together"));
        };
        let epoch = self.epoch.and_then(|epoch| epoch.parse().ok()).map(Epoch);
        let epoch =
            epoch.ok_or_else(|| Problem::invalid("epoch", "since goes with the epoch of its position"))?;
        let (from, to) = (from.min(NUMBER_MAX), to.min(NUMBER_MAX));
        if to < from || to - from >= u64::from(limits::PAGE_MAX) {
            let reason = format!("a run has 1 to {} numbers", limits::PAGE_MAX);
            return Err(Problem::invalid("to", reason));
        }
        let since = Position(since.min(NUMBER_MAX));
        let window = Window::Since { from, to, since };
        Ok(Which { window, limit, since: Some((epoch, since)) })
    }
}

fn around(text: &str) -> Result<Window, Problem> {
    match text {
        "unread" => Ok(Window::Unread),
        text => {
            let number = text.parse::<u64>().ok();
            let number = number.ok_or_else(|| Problem::invalid("around", "a number, or unread"))?;
            Ok(Window::Around(number.min(NUMBER_MAX)))
        }
    }
}

fn moment(text: &str) -> Result<Stamp, Problem> {
    let stamp = text.parse().ok().filter(|stamp| *stamp >= 0).map(Stamp);
    stamp.or_else(|| time::read(text)).ok_or_else(|| {
        Problem::invalid("at", "a time as 2026-11-21T13:30:00Z, a day, or a stamp in microseconds")
    })
}

/// A page of the channel's timeline, oldest first.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), Asked),
    responses((status = 200, body = Page), Reading))]
async fn page(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Fresh(fresh): Fresh,
    which: Which,
) -> Result<Response, Problem> {
    shown(&face, by, (named(&channel)?, 0), fresh, which).await
}

/// A page of a thread, oldest first, with its `root`.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}/messages/{n}/replies", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1), Asked),
    responses((status = 200, body = Page), Reading))]
async fn replies(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(root): At,
    Fresh(fresh): Fresh,
    which: Which,
) -> Result<Response, Problem> {
    shown(&face, by, (root.channel, root.number), fresh, which).await
}

async fn shown(
    face: &Face,
    by: By,
    (channel, thread): (ChannelId, u64),
    fresh: Freshness,
    Which { window, limit, since }: Which,
) -> Result<Response, Problem> {
    let service = face.service();
    let seen = service.page(by, at_least(fresh, since), (channel, thread), window, limit).await?;
    let rows = &seen.value;
    let all = rows.messages.iter().chain(&rows.root);
    let mut all: Vec<_> =
        all.map(|shown| Message::of(&shown.message).showing(shown.reply.as_ref())).collect();
    let (mut named, mut unsure) = (BTreeSet::new(), Vec::new());
    for message in &all {
        message.names(&mut named);
        message.unsure(by.account, &mut unsure);
    }
    let (members, own) = service.people_and_own(by, &seen, channel, &named, &unsure).await?;
    all = all.into_iter().map(|message| message.seen_by(by.account, &own)).collect();
    let root = rows.root.as_ref().and_then(|_| all.pop());
    let page = Page {
        epoch: seen.epoch,
        position: seen.position,
        messages: all,
        people: person::people(&members, service.now()),
        first: 1,
        last: rows.last,
        target: rows.target,
        read: rows.read,
        root,
    };
    let texts: usize = page.messages.iter().map(|message| message.text.len()).sum();
    Ok(json(&page, texts + MESSAGE_BYTES * (page.messages.len() + page.people.len() + 1)))
}

/// As fresh as either asks for; both of the same history.
fn at_least(fresh: Freshness, since: Option<(Epoch, Position)>) -> Freshness {
    match (fresh, since) {
        (fresh, None) => fresh,
        (Freshness::AtLeast(_, asked), Some((epoch, since))) => Freshness::AtLeast(epoch, asked.max(since)),
        (_, Some((epoch, since))) => Freshness::AtLeast(epoch, since),
    }
}

/// Says something, in the channel or, with `thread`, as a reply.
#[utoipa::path(post, path = "/workspaces/{w}/channels/{c}/messages", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewMessage, responses((status = 200, body = Written<Message>), Writing))]
async fn send(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Keyed(key): Keyed,
    Body(NewMessage { text, thread, in_channel }): Body<NewMessage>,
) -> Result<Response, Problem> {
    let thread = thread.unwrap_or(0);
    if thread > NUMBER_MAX {
        return Err(Problem::not_found());
    }
    let draft = Draft { channel: named(&channel)?, thread, text, in_channel };
    said(&face, by, key, draft).await
}

/// Replies to a message.
#[utoipa::path(post, path = "/workspaces/{w}/channels/{c}/messages/{n}/replies", tag = "messages",
    params(("w" = String, Path), ("c" = String, Path), ("n" = u64, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewReply, responses((status = 200, body = Written<Message>), Writing))]
async fn reply(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    At(root): At,
    Keyed(key): Keyed,
    Body(NewReply { text, in_channel }): Body<NewReply>,
) -> Result<Response, Problem> {
    let draft = Draft { channel: root.channel, thread: root.number, text, in_channel };
    said(&face, by, key, draft).await
}

async fn said(face: &Face, by: By, key: protocol::Key, draft: Draft) -> Result<Response, Problem> {
    let (done, message) = face.service().say(by, key, draft).await?;
    let at = Moment { epoch: done.epoch, position: done.position };
    let bytes = message.text.len() + 2 * MESSAGE_BYTES;
    Ok(json(&Written { it: Message::of(&message), at }, bytes))
}

/// One message as a reader sees it, with its people.
pub(crate) async fn one(face: &Face, by: By, seen: &Seen<service::Shown>) -> Result<Response, Problem> {
    let message = Message::of(&seen.value.message).showing(seen.value.reply.as_ref());
    let (mut named, mut unsure) = (BTreeSet::new(), Vec::new());
    message.names(&mut named);
    message.unsure(by.account, &mut unsure);
    let channel = message.channel;
    let (members, own) = face.service().people_and_own(by, seen, channel, &named, &unsure).await?;
    let one = protocol::page::One {
        message: message.seen_by(by.account, &own),
        people: person::people(&members, face.service().now()),
        epoch: seen.epoch,
        position: seen.position,
    };
    let bytes = one.message.text.len() + MESSAGE_BYTES * (one.people.len() + 1);
    Ok(json(&one, bytes))
}
