//! The parts of a request that every handler reads alike: place, key, freshness, page, body.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use http_body_util::Limited;
use protocol::{By, Epoch, Key, Position, limits};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use service::Freshness;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::errors::Problem;
use crate::face::Face;

/// The workspace of `{w}`, by id or slug, and who asks in it. Whether they may enter is judged with what they ask for.
#[derive(Debug, Clone)]
pub struct Inside {
    pub by: By,
    pub caller: Caller,
}

impl FromRequestParts<Face> for Inside {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Inside, Problem> {
        let caller = Caller::from_request_parts(parts, face).await?;
        let params =
            RawPathParams::from_request_parts(parts, face).await.map_err(|_| Problem::not_found())?;
        let named = params.iter().find(|(name, _)| *name == "w").map(|(_, value)| value.to_owned());
        let named = named.ok_or_else(Problem::not_found)?;
        let workspace = face.service().workspace_named(&named).await?.ok_or_else(Problem::not_found)?;
        if caller.0.workspace.is_some_and(|bound| bound != workspace) {
            return Err(Problem::not_found());
        }
        Ok(Inside { by: caller.0.in_(workspace), caller })
    }
}

/// An id out of the path; one that does not read names nothing.
pub fn named<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The key of a write: the caller's, or one made here.
#[derive(Debug, Clone, Copy)]
pub struct Keyed(pub Key);

impl FromRequestParts<Face> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Keyed, Problem> {
        let Some(text) = parts.headers.get("idempotency-key") else {
            return Ok(Keyed(face.service().new_key()));
        };
        let key = text.to_str().ok().and_then(|text| text.parse().ok());
        key.map(Keyed).ok_or_else(|| {
            Problem::invalid("Idempotency-Key", "a key is a ULID: 26 digits and capitals, time first")
        })
    }
}

/// How fresh an answer must be: `?at_least=&epoch=`.
#[derive(Debug, Clone, Copy)]
pub struct Fresh(pub Freshness);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtLeast {
    /// A position one has seen, so that the answer is no older.
    at_least: Option<u64>,
    /// The epoch of that position.
    epoch: Option<String>,
}

impl FromRequestParts<Face> for Fresh {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Fresh, Problem> {
        let Query(asked) = Query::<AtLeast>::from_request_parts(parts, face)
            .await
            .map_err(|_| Problem::invalid("at_least", "at_least is a position: a whole number"))?;
        let Some(position) = asked.at_least else { return Ok(Fresh(Freshness::MayLag)) };
        let epoch = asked.epoch.and_then(|epoch| epoch.parse().ok());
        let epoch =
            epoch.ok_or_else(|| Problem::invalid("epoch", "at_least goes with the epoch of its position"))?;
        Ok(Fresh(Freshness::AtLeast(Epoch(epoch), Position(position))))
    }
}

/// `?limit=&cursor=`.
#[derive(Debug, Clone)]
pub struct Paging {
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// `next` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

const CURSOR_BYTES_MAX: usize = 400;

impl FromRequestParts<Face> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Paging, Problem> {
        let wrong = || Problem::invalid("limit", format!("a page has 1 to {} items", limits::PAGE_MAX));
        let Query(Page { limit, cursor }) =
            Query::<Page>::from_request_parts(parts, face).await.map_err(|_| wrong())?;
        let limit = limit.unwrap_or(limits::PAGE_USUAL);
        if limit == 0 || limit > limits::PAGE_MAX {
            return Err(wrong());
        }
        if cursor.as_ref().is_some_and(|cursor| cursor.len() > CURSOR_BYTES_MAX) {
            return Err(Problem::invalid("cursor", "take the cursor as the page before gave it"));
        }
        Ok(Paging { limit, cursor })
    }
}

/// What the longest thing one may keep takes where each of its letters is escaped.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
const _: () = assert!(BODY_BYTES_MAX > 6 * limits::DRAFT_BYTES_MAX);

/// Of whoever need not be known: an address, a password and a few names, escaped. It is read before a try is counted.
pub const SLIP_BYTES_MAX: usize = 16 * 1024;

/// A JSON body. Members one does not know are ignored; what does not parse is malformed, a wrong type is invalid.
pub struct Body<T, const BYTES_MAX: usize = BODY_BYTES_MAX>(pub T);

/// A body at the entrance.
pub type Slip<T> = Body<T, SLIP_BYTES_MAX>;

impl<T: DeserializeOwned, const BYTES_MAX: usize> FromRequest<Face> for Body<T, BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_owned());
        if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with(b"application/json")) {
            return Err(Problem::for_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        // Within the limit of every request, which may be set lower.
        let request = request.map(|body| axum::body::Body::new(Limited::new(body, BYTES_MAX)));
        let bytes = Bytes::from_request(request, face).await.map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            if too_large { Problem::too_large() } else { Problem::malformed() }
        })?;
        serde_json::from_slice(&bytes).map(Body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Problem::invalid("body", error.to_string()),
            _ => Problem::malformed(),
        })
    }
}

/// A JSON body one may leave out.
pub struct Optional<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<Face> for Optional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Optional<T>, Problem> {
        use axum::body::HttpBody;
        if request.body().is_end_stream() && !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Optional(T::default()));
        }
        <Body<T>>::from_request(request, face).await.map(|Body(body)| Optional(body))
    }
}

/// Words of a query string; one that does not read is named in the refusal.
pub struct Words<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Face> for Words<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Words<T>, Problem> {
        let read = Query::<T>::from_request_parts(parts, face).await;
        read.map(|Query(words)| Words(words)).map_err(|wrong| Problem::invalid("query", wrong.body_text()))
    }
}

/// The header `Idempotency-Key`, as the document names it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only the document reads it")]
pub struct KeyHeader {
    /// A ULID: the same key answers the same; another command under it is refused.
    #[param(rename = "Idempotency-Key", pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    key: Option<String>,
}
